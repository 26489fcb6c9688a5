import { dayMs } from "./zone.ts";

const minuteMs = 60_000;
const hourMs = 60 * minuteMs;

/** A day of the calendar. */
export interface CalendarDay {
  /** This year where none was typed. */
  readonly year?: number;
  /** From 1. */
  readonly month: number;
  readonly day: number;
}

/** A day as it was typed: so many days from today, or the dates that can be meant: `3/4` is two. */
export type DayWords = { readonly fromToday: number } | { readonly dates: readonly CalendarDay[] };

/** A time of day as it was typed, and the day it was typed with. */
export interface ClockWords {
  /** Milliseconds since midnight. */
  readonly ofDay: number;
  /** How far ahead of UTC, in milliseconds, or an abbreviation in capital letters, such as `CET`. */
  readonly zone?: number | string;
  readonly day?: DayWords;
}

/** What was typed for a moment, taken apart, but not yet put on the calendar. */
export type TimeWords =
  | { readonly form: "now" }
  /** `written` is the length without `in` and `ago`. */
  | { readonly form: "length"; readonly ms: number; readonly written: string; readonly is?: "ahead" | "ago" }
  | { readonly form: "day"; readonly written: string }
  | { readonly form: "clock"; readonly clock: ClockWords }
  /** No clock shows it. `near` is what may have been meant. */
  | { readonly form: "no-such-clock"; readonly near?: ClockWords }
  /** `1h30`: `written` is the length with all its units. */
  | { readonly form: "clock-or-length"; readonly clock: ClockWords; readonly written: string };

const datePattern =
  String.raw`(?<year>(?:19|20)\d\d)[-/.](?<month>\d\d?)[-/.](?<date>\d\d?)` +
  String.raw`|(?<left>\d\d?)(?<mark>[./])(?<right>\d\d?)(?:\.|\k<mark>(?<lastYear>(?:19|20)\d\d))?`;
const dayPattern = `(?<word>today|yesterday|tomorrow)|${datePattern}`;
const halfPattern = String.raw` ?(?<half>[ap])\.?m\.?`;
const clockPattern =
  String.raw`(?<hour>\d\d?)[:.h](?<minute>\d\d)(?::(?<second>\d\d)(?:[.,](?<fraction>\d{1,9}))?)?(?:${halfPattern})?` +
  String.raw`|(?<hour>\d\d?)${halfPattern}`;
// No zone has another offset today. So most spans, such as `14:05-14:20`, are not taken for one.
const zonePattern =
  String.raw` ?(?:utc|gmt)(?<offset>[+-](?:0?\d|1[0-4])(?::[0-5]\d)?)` +
  String.raw`| ?(?<offset>(?:\+(?:0\d|1[0-4])|-(?:0\d|1[0-2])):?(?:00|15|30|45))` +
  "| ?(?<name>[a-z]{1,5})";

const clockForm = new RegExp(
  `^(?:(?:${dayPattern})(?: at |[ t]))?(?:${clockPattern})(?:${zonePattern})?$`,
  "i",
);
const dayForm = new RegExp(String.raw`^(?:today|yesterday|tomorrow|(?=.*\d{4})(?:${datePattern}))$`, "i");
const lengthForm = new RegExp(
  "^(?<ahead>in )?(?<written>" +
    String.raw`(?:(?<d>\d{1,4}) ?d(?:ays?)? ?)?` +
    String.raw`(?:(?<h>\d{1,4}) ?h(?:(?:ou)?rs?)? ?)?` +
    // In `1h30` the last unit goes without saying.
    String.raw`(?:(?<m>\d{1,4})(?: ?m(?:in(?:ute)?s?)?|(?<=\dh\d\d)) ?)?` +
    String.raw`(?:(?<s>\d{1,4}) ?s(?:ec(?:ond)?s?)?)?` +
    ")(?<ago> ?ago)?$",
  "i",
);

/** No form is longer. */
const mostCharacters = 60;

type Groups = Readonly<Record<string, string | undefined>>;

/**
 * Takes apart what was typed for a moment; `undefined` where it has none of the forms.
 * @param isZoneName whether letters behind a clock time are meant for a zone
 */
export function readTimeWords(typed: string, isZoneName: (name: string) => boolean): TimeWords | undefined {
  if (typed.length > mostCharacters) return undefined;
  const text = plain(typed);
  if (/^(?:right )?now$/i.test(text)) return { form: "now" };
  if (dayForm.test(text)) return { form: "day", written: text };
  return readClock(text, isZoneName) ?? readLength(text);
}

/** One kind of blank and of dash, no punctuation behind, the day in front, and a digit for `an`. */
function plain(typed: string): string {
  return typed
    .trim()
    .replace(/\s+/g, " ")
    .replace(/[‐-―−]/g, "-")
    .replace(/[.,:;]$/, "")
    .replace(/^(in )?an? (?=[hm])/i, (_, ahead = "") => `${ahead}1 `)
    .replace(/^(.+) (today|yesterday|tomorrow)$/i, "$2 $1");
}

function readLength(text: string): TimeWords | undefined {
  const groups: Groups | undefined = lengthForm.exec(text)?.groups;
  const written = groups?.written?.trim() ?? "";
  if (groups === undefined || written === "") return undefined;
  if (groups.ahead !== undefined && groups.ago !== undefined) return undefined;
  const count = (unit: string) => Number(groups[unit] ?? 0);
  const ms = count("d") * dayMs + count("h") * hourMs + count("m") * minuteMs + count("s") * 1000;
  const length = { form: "length", ms, written } as const;
  if (groups.ahead !== undefined) return { ...length, is: "ahead" };
  return groups.ago === undefined ? length : { ...length, is: "ago" };
}

function readClock(text: string, isZoneName: (name: string) => boolean): TimeWords | undefined {
  const groups: Groups | undefined = clockForm.exec(text)?.groups;
  if (groups === undefined) return undefined;
  if (groups.name !== undefined && !isUtc(groups.name) && !isZoneName(groups.name)) return undefined;
  const { ofDay, exists } = readOfDay(groups);
  if (ofDay === undefined) return { form: "no-such-clock" };
  const [day, zone] = [readDay(groups), readZone(groups)];
  const clock = { ofDay, ...(day === undefined ? {} : { day }), ...(zone === undefined ? {} : { zone }) };
  if (!exists) return { form: "no-such-clock", near: clock };
  if (/^\d\d?h\d\d$/i.test(text)) return { form: "clock-or-length", clock, written: `${text}m` };
  return { form: "clock", clock };
}

/** What does not exist and is near to nothing has no `ofDay`. */
function readOfDay(groups: Groups): { readonly ofDay?: number; readonly exists: boolean } {
  const hour = Number(groups.hour);
  const [minute, second] = [Number(groups.minute ?? 0), Number(groups.second ?? 0)];
  if (hour > 24 || minute > 59 || second > 59) return { exists: false };
  const fractionMs = Math.floor(Number(`0.${groups.fraction ?? 0}`) * 1000);
  const ofDay = hour * hourMs + minute * minuteMs + second * 1000 + fractionMs;
  if (groups.half === undefined) return { ofDay, exists: hour < 24 };
  if (hour === 0 || hour > 12) return { ofDay, exists: false };
  const noon = 12 * hourMs;
  return { ofDay: (ofDay % noon) + (groups.half.toLowerCase() === "p" ? noon : 0), exists: true };
}

function readDay(groups: Groups): DayWords | undefined {
  const { word, year, month, date, left, mark, right, lastYear } = groups;
  if (word !== undefined)
    return { fromToday: ["yesterday", "today", "tomorrow"].indexOf(word.toLowerCase()) - 1 };
  if (year !== undefined) return { dates: [{ year: Number(year), month: Number(month), day: Number(date) }] };
  if (left === undefined) return undefined;
  const inYear = lastYear === undefined ? {} : { year: Number(lastYear) };
  const dayFirst = { ...inYear, month: Number(right), day: Number(left) };
  // With dots the day comes first wherever dates are written so; with slashes it depends on who writes.
  const isSure = mark === "." || left === right;
  return { dates: isSure ? [dayFirst] : [dayFirst, { ...inYear, month: Number(left), day: Number(right) }] };
}

function isUtc(name: string): boolean {
  return ["Z", "UTC"].includes(name.toUpperCase());
}

function readZone({ offset, name }: Groups): number | string | undefined {
  if (name !== undefined) return isUtc(name) ? 0 : name.toUpperCase();
  if (offset === undefined) return undefined;
  const [, sign, hours, minutes] = /([+-])(\d\d?):?(\d\d)?/.exec(offset) ?? [];
  const ahead = Number(hours) * hourMs + Number(minutes ?? 0) * minuteMs;
  return sign === "-" ? -ahead : ahead;
}
