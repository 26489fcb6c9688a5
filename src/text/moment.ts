import { type Candidate, type ClockDoubt, placeClock, type Standpoint } from "./calendar.ts";
import { type ClockWords, readTimeWords, type TimeWords } from "./timewords.ts";
import { offsetAt, seasonsAround, zoneNamesAt } from "./zone.ts";

export type { Standpoint };

/** Why it is not clear what was meant. */
export type Doubt =
  | ClockDoubt
  | "not-a-time"
  /** Only a day: `yesterday`. */
  | "no-clock"
  /** `25:61`, `24:00`, `13 pm`. */
  | "no-such-clock"
  /** `1h30` of something to come. */
  | "clock-or-length";

/** What may have been meant, written so that it is read as just that. */
export interface Choice {
  readonly at: number;
  readonly written: string;
}

/** What was typed, as it was understood. */
export type Moment =
  | { readonly at: number }
  | { readonly unclear: Doubt; readonly typed: string; readonly choices: readonly Choice[] };

/** How a moment can be typed: what to show where there are no choices. */
export const momentExamples = {
  past: ["14:05", "yesterday 23:50", "10m ago", "2026-11-20 14:05", "14:05Z"],
  future: ["15:30", "tomorrow 09:00", "in 10m", "2026-11-20 15:30", "15:30Z"],
} as const;

/** No form has more words: `yesterday at 2:30 pm CET`, `in 1 h 30 min`, `1 h 30 min ago`. */
const mostWords = 5;

/** Zones that people name, whatever the organisation's is. Only in capital letters: `eat` is a word. */
const zoneNames = new Set(
  (
    "ACDT ACST ADT AEDT AEST AKDT AKST AST AWST BST CAT CDT CEST CET CST EAT EDT EEST EET EST GMT GST HKT HST " +
    "IST JST KST MDT MSK MST MYT NDT NST NZDT NZST PDT PHT PKT PST SAST SGT TRT WAT WEST WET WIB"
  ).split(" "),
);

/**
 * The moment that `typed` means, or why that is not clear, with what may have been meant.
 * A clock time without a day is today's, or where that does not fit the direction, the one within 12 hours
 * that does. Nothing is guessed, and nothing throws.
 */
export function readMoment(typed: string, standpoint: Standpoint): Moment {
  const reading = read(typed, standpoint);
  if (reading === undefined) return { unclear: "not-a-time", typed, choices: [] };
  if ("at" in reading) return reading;
  return {
    unclear: reading.doubt,
    typed,
    choices: reading.meant.flatMap((each) => choose(each, standpoint)),
  };
}

/**
 * The moment that a list of words begins with, and how many of them belong to it: as many as make a form.
 * `undefined` where they begin with nothing that looks like a moment.
 */
export function findMoment(
  words: readonly string[],
  standpoint: Standpoint,
): { readonly moment: Moment; readonly words: number } | undefined {
  for (let count = Math.min(mostWords, words.length); count > 0; count--) {
    const moment = readMoment(words.slice(0, count).join(" "), standpoint);
    if ("at" in moment || moment.unclear !== "not-a-time") return { moment, words: count };
  }
  return undefined;
}

/** What may have been meant: an instant, or words that say it. */
type Meant = Candidate | string;

type Reading = { readonly at: number } | { readonly doubt: Doubt; readonly meant: readonly Meant[] };

function read(typed: string, standpoint: Standpoint): Reading | undefined {
  const { now, timeZone } = standpoint;
  const words = readTimeWords(typed, (name) => zoneNames.has(name) || isNameOf(timeZone, name, now));
  return words === undefined ? undefined : understand(words, standpoint);
}

function isNameOf(timeZone: string, name: string, now: number): boolean {
  return seasonsAround(now).some((at) => zoneNamesAt(at, timeZone).has(name.toUpperCase()));
}

function understand(words: TimeWords, standpoint: Standpoint): Reading {
  switch (words.form) {
    case "now":
      return { at: standpoint.now };
    case "length":
      return readLength(words, standpoint);
    case "day": {
      const clocks = standpoint.direction === "past" ? ["00:00"] : ["09:00", "17:00"];
      return { doubt: "no-clock", meant: clocks.map((clock) => `${words.written} ${clock}`) };
    }
    case "clock":
      return readClock(words.clock, standpoint);
    case "clock-or-length":
      if (standpoint.direction === "past") return readClock(words.clock, standpoint);
      return {
        doubt: "clock-or-length",
        meant: [`in ${words.written}`, ...near(words.clock, standpoint)],
      };
    case "no-such-clock":
      return { doubt: "no-such-clock", meant: words.near === undefined ? [] : near(words.near, standpoint) };
  }
}

function readLength(
  { ms, written, is }: TimeWords & { form: "length" },
  { now, direction }: Standpoint,
): Reading {
  if (direction === "past")
    return is === "ago" ? { at: now - ms } : { doubt: "not-yet", meant: [`${written} ago`] };
  return is === "ago" ? { doubt: "past-already", meant: [`in ${written}`] } : { at: now + ms };
}

function readClock(clock: ClockWords, standpoint: Standpoint): Reading {
  const place = placeClock(clock, standpoint);
  return "at" in place ? place : { doubt: place.doubt, meant: place.candidates };
}

/** What a clock time would mean, even one that no clock shows: `24:00` is the midnight at the end of the day. */
function near(clock: ClockWords, standpoint: Standpoint): readonly Meant[] {
  const reading = readClock(clock, standpoint);
  return "at" in reading ? [reading] : reading.meant;
}

/** The shortest writing that is read as what is meant; none where nothing is, as it does not fit the direction. */
function choose(meant: Meant, standpoint: Standpoint): readonly Choice[] {
  const writings = typeof meant === "string" ? [meant] : writingsOf(meant, standpoint);
  for (const written of writings) {
    const reading = read(written, standpoint);
    if (reading === undefined || !("at" in reading)) continue;
    if (typeof meant === "string" || meant.at === reading.at) return [{ at: reading.at, written }];
  }
  return [];
}

/** The ways to write an instant, the shortest first. */
function writingsOf({ at, offset }: Candidate, { now, timeZone }: Standpoint): readonly string[] {
  const own = offset ?? offsetAt(at, timeZone);
  const date = writtenDate(at, own);
  const zones = offset === undefined ? ["", writtenOffset(own)] : [writtenOffset(own)];
  const isToday = date === writtenDate(now, offset ?? offsetAt(now, timeZone));
  const days = [...(isToday ? [""] : ["yesterday ", "tomorrow "]), `${date} `];
  const short = zones.flatMap((zone) => days.map((day) => `${day}${writtenClock(at, own)}${zone}`));
  // The offsets of old times, some with seconds, cannot be written.
  return [...short, `${writtenDate(at, 0)} ${writtenClock(at, 0)}Z`];
}

function writtenDate(at: number, offset: number): string {
  return new Date(at + offset).toISOString().slice(0, 10);
}

/** `14:05`, and what is smaller than a minute only where there is some. */
function writtenClock(at: number, offset: number): string {
  return new Date(at + offset)
    .toISOString()
    .slice(11, 23)
    .replace(/(?::00)?\.000$/, "");
}

function writtenOffset(offset: number): string {
  if (offset === 0) return "Z";
  const clock = new Date(Math.abs(offset)).toISOString().slice(11, 16);
  return `${offset < 0 ? "-" : "+"}${clock}`;
}
