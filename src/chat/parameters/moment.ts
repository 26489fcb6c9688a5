import { findMoment, type momentExamples, readMoment } from "../../text/moment.ts";
import type { Misread, Parameter, Reading, UnclearMoment } from "../parameter.ts";
import type { Words } from "../words.ts";

type Direction = keyof typeof momentExamples;
type Found = NonNullable<ReturnType<typeof findMoment>>;

/** So many words at most make up a time. */
const mostWords = 5;

/**
 * When something happened, in front of what is said of it: `at 14:05`, and without the word what can only be
 * a time, `10m ago` or `yesterday 23:50`.
 */
export function happenedAt(): Parameter<number | undefined> {
  return {
    usage: "[at 14:05]",
    read(words, reading) {
      const isAnnounced = nextIs(words, "at");
      const found = findNext(words, reading, "past", isAnnounced ? 1 : 0);
      // Behind the word it is a time, or else the word begins the text: `at the shop`.
      if (found === undefined || !(isAnnounced || isTimeAlone(words, found))) return undefined;
      if (isAnnounced) words.take();
      return take(words, found, "past");
    },
  };
}

/** Whether nothing but a time begins so: `10m ago`, `an hour ago`, `yesterday 23:50`. */
function isTimeAlone(words: Words, found: Found): boolean {
  const typed = (ahead: number) => words.peek(ahead)?.text.toLowerCase() ?? "";
  if (/^ago[.,:;]?$/.test(typed(found.words - 1))) return true;
  return found.words > 1 && ["yesterday", "today"].includes(typed(0));
}

/** When something is due, in front of what is to be done: `due 10m`, `due at 15:30`, `by 15:30`, or just `10m`. */
export function dueAt(): Parameter<number | undefined> {
  return {
    usage: "[due 10m]",
    read(words, reading) {
      if (nextIs(words, "due")) return dueFor(words, reading);
      const isAnnounced = nextIs(words, "at", "by");
      if (!isAnnounced && !/^(?:\d+(?:m|min|h|d))+$/i.test(words.peek()?.text ?? "")) return undefined;
      const found = findNext(words, reading, "future", isAnnounced ? 1 : 0);
      if (found === undefined) return undefined;
      if (isAnnounced) words.take();
      return take(words, found, "future");
    },
  };
}

/** Behind `due` a time has to follow. */
function dueFor(words: Words, reading: Reading): number | Misread {
  words.take();
  if (nextIs(words, "at", "by")) words.take();
  const typed = words.peek()?.text;
  if (typed === undefined) return { misread: "missing", label: "time" };
  const found = findNext(words, reading, "future") ?? { moment: notATime(typed), words: 1 };
  return take(words, found, "future");
}

/**
 * A moment in the past at the end of a line, behind one of these words.
 *
 * @param names the first is the one that is shown
 */
export function momentAtEnd(...names: readonly [string, ...string[]]): Parameter<number | undefined> {
  return {
    usage: `[${names[0]} 14:05]`,
    fromEnd: true,
    read: (words, reading) => takeFromEnd(words, reading, names, "past"),
  };
}

/** `next 45m`, or `next 15:30`, at the end of a line: how long until then, in milliseconds. */
export function nextAtEnd(): Parameter<number | undefined> {
  return {
    usage: "[next 45m]",
    fromEnd: true,
    read(words, reading) {
      const at = takeFromEnd(words, reading, ["next"], "future");
      return typeof at === "number" ? at - reading.now : at;
    },
  };
}

function takeFromEnd(
  words: Words,
  reading: Reading,
  names: readonly string[],
  direction: Direction,
): number | Misread | undefined {
  const behind = placeFromEnd(words, names);
  if (behind === undefined) return undefined;
  const typed = Array.from({ length: behind }, (_, i) => words.peekBack(behind - 1 - i)?.text ?? "");
  const moment = readMoment(typed.join(" "), standpoint(reading, direction));
  if ("at" in moment) {
    words.takeBack(behind + 1);
    return moment.at;
  }
  // What does not look like a time is text: `from the shop`. A digit was meant for one.
  const isText = moment.unclear === "not-a-time" && !(behind === 1 && /^\d/.test(moment.typed));
  return isText ? undefined : unclear(moment, direction);
}

/** How many words stand behind the last place of one of these, where they could be a time. */
function placeFromEnd(words: Words, names: readonly string[]): number | undefined {
  for (let behind = 1; behind <= mostWords; behind++) {
    if (names.includes(words.peekBack(behind)?.text.toLowerCase() ?? "")) return behind;
  }
  return undefined;
}

function nextIs(words: Words, ...names: readonly string[]): boolean {
  return names.includes(words.peek()?.text.toLowerCase() ?? "");
}

/** What looks like a time among the next words, or those after so many. */
function findNext(words: Words, reading: Reading, direction: Direction, after = 0): Found | undefined {
  const typed = Array.from({ length: mostWords }, (_, i) => words.peek(after + i)?.text ?? "");
  return findMoment(
    typed.filter((word) => word !== ""),
    standpoint(reading, direction),
  );
}

/** Takes the words of a time, and a dash behind them. */
function take(words: Words, { moment, words: count }: Found, direction: Direction): number | Misread {
  if ("unclear" in moment) return unclear(moment, direction);
  words.take(count);
  if (nextIs(words, "-", "–")) words.take();
  return moment.at;
}

function unclear(moment: UnclearMoment, direction: Direction): Misread {
  return { misread: "unclear-time", direction, moment };
}

function notATime(typed: string): UnclearMoment {
  return { unclear: "not-a-time", typed, choices: [] };
}

function standpoint({ now, timeZone }: Reading, direction: Direction) {
  return { now, timeZone, direction };
}
