const days = ["Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"] as const;
const months = [
  "January",
  "February",
  "March",
  "April",
  "May",
  "June",
  "July",
  "August",
  "September",
  "October",
  "November",
  "December",
] as const;

/** The largest time that a date can have, in milliseconds. A homeserver may claim more. */
const latest = 8.64e15;

function dateOf(ms: number): Date | undefined {
  return Math.abs(ms) <= latest ? new Date(ms) : undefined;
}

/** What was written last: a line tells the same moment in several ways, and to write it takes longer than the rest. */
let last = { ms: Number.NaN, written: "" };

/** A moment as ISO 8601 has it, `undefined` where no calendar has it. */
function writtenOf(ms: number): string | undefined {
  if (ms !== last.ms) last = { ms, written: dateOf(ms)?.toISOString() ?? "" };
  return last.written === "" ? undefined : last.written;
}

/** A moment in UTC, `2026-11-20T19:04:11.000Z`. Moments are milliseconds since the epoch throughout. */
export function iso(ms: number): string {
  return writtenOf(ms) ?? "out of range";
}

/** The day in UTC, `2026-11-20`. */
export function dayOf(ms: number): string {
  return writtenOf(ms)?.split("T", 1)[0] ?? "out of range";
}

/** The time of day in UTC, `19:04:11`. */
export function timeOf(ms: number): string {
  return writtenOf(ms)?.slice(-13, -5) ?? "–";
}

/** Day and time in UTC for people, `2026-11-20 19:04:11Z`. */
export function moment(ms: number): string {
  return dayAndTime(ms, "Z");
}

/** Day and time, and what stands behind them: which zone they are of. */
function dayAndTime(ms: number, zone: string): string {
  const written = writtenOf(ms);
  return written === undefined ? "out of range" : `${written.slice(0, -5).replace("T", " ")}${zone}`;
}

/** The day in words, `Friday 20 November 2026`. English whatever the machine's language: same input, same bytes. */
export function dayInWords(ms: number): string {
  const date = dateOf(ms);
  if (date === undefined) return "A day out of range";
  return `${days[date.getUTCDay()]} ${date.getUTCDate()} ${months[date.getUTCMonth()]} ${date.getUTCFullYear()}`;
}

/** A length of time in words, `1 h 47 min`, at most two units. */
export function duration(ms: number): string {
  const seconds = Math.max(0, Math.round(ms / 1000));
  if (seconds < 60) return `${seconds} s`;
  const minutes = Math.round(seconds / 60);
  if (minutes < 60) return `${minutes} min`;
  const hours = Math.floor(minutes / 60);
  if (hours < 48) return minutes % 60 === 0 ? `${hours} h` : `${hours} h ${minutes % 60} min`;
  return `${Math.floor(hours / 24)} days ${hours % 24} h`;
}

/** Tells the time in a zone, `2026-11-20 20:04:11 Europe/Zurich`. */
export interface LocalClock {
  (ms: number): string;
  /** The zone, as an IANA name. */
  readonly zone: string;
}

/** A clock of the organisation's zone. A zone that is not known gives UTC. */
export function localClock(timeZone: string): LocalClock {
  const offsetAt = offsetsOf(timeZone);
  if (offsetAt === undefined) return Object.assign((ms: number) => moment(ms), { zone: "UTC" });
  const tell = (ms: number) =>
    dateOf(ms) === undefined ? "out of range" : dayAndTime(ms + offsetAt(ms), ` ${timeZone}`);
  return Object.assign(tell, { zone: timeZone });
}

/** Zones change their offset from UTC at a quarter of an hour at the finest. */
const quarterHour = 15 * 60_000;

/** Tells how far a zone is ahead of UTC at a moment, in milliseconds; `undefined` for a zone that is not known. */
function offsetsOf(timeZone: string): ((ms: number) => number) | undefined {
  const format = formatOf(timeZone);
  if (format === undefined) return undefined;
  // To ask the calendar takes as long as all else that is done to show a line, and lines lie close together.
  const known = { quarter: Number.NaN, offset: 0 };
  return (ms) => {
    const quarter = Math.floor(ms / quarterHour);
    if (quarter !== known.quarter) {
      const at = quarter * quarterHour;
      Object.assign(known, { quarter, offset: wallClock(format, at) - at });
    }
    return known.offset;
  };
}

/** What a clock on the wall shows at a moment, as if the wall stood where UTC is. */
function wallClock(format: Intl.DateTimeFormat, ms: number): number {
  const parts = format.formatToParts(dateOf(ms) ?? 0);
  const part = (type: Intl.DateTimeFormatPartTypes) =>
    Number(parts.find((found) => found.type === type)?.value ?? 0);
  return Date.UTC(part("year"), part("month") - 1, part("day"), part("hour"), part("minute"), part("second"));
}

function formatOf(timeZone: string): Intl.DateTimeFormat | undefined {
  try {
    // Locale and calendar are fixed, or the text would depend on the machine.
    return new Intl.DateTimeFormat("en-GB-u-ca-gregory-nu-latn", {
      timeZone,
      hourCycle: "h23",
      year: "numeric",
      month: "2-digit",
      day: "2-digit",
      hour: "2-digit",
      minute: "2-digit",
      second: "2-digit",
    });
  } catch {
    return undefined;
  }
}
