export const dayMs = 86_400_000;

/**
 * The English locales that have abbreviations for time zones: each knows those of its own part of the world
 * (`CET` is British, `EST` American, `IST` Indian), and writes `GMT-5` for the others.
 */
const locales = ["en-GB", "en-US", "en-CA", "en-AU", "en-NZ", "en-IN", "en-IE", "en-ZA", "en-SG", "en-HK"];

/** Making a formatter costs far more than using one, and there are few zones. */
const formatters = new Map<string, Intl.DateTimeFormat>();

function formatter(locale: string, timeZone: string): Intl.DateTimeFormat {
  const key = `${locale} ${timeZone}`;
  const known = formatters.get(key);
  if (known !== undefined) return known;
  const made = new Intl.DateTimeFormat(locale, {
    timeZone,
    calendar: "gregory",
    numberingSystem: "latn",
    hourCycle: "h23",
    year: "numeric",
    month: "numeric",
    day: "numeric",
    hour: "numeric",
    minute: "numeric",
    second: "numeric",
    timeZoneName: "short",
  });
  formatters.set(key, made);
  return made;
}

/** How far a zone's clocks are ahead of UTC at an instant, in milliseconds. */
export function offsetAt(at: number, timeZone: string): number {
  const parts = formatter("en-GB", timeZone).formatToParts(at);
  const part = (type: Intl.DateTimeFormatPartTypes) =>
    Number(parts.find((each) => each.type === type)?.value);
  const shown = Date.UTC(
    part("year"),
    part("month") - 1,
    part("day"),
    part("hour"),
    part("minute"),
    part("second"),
  );
  return shown - Math.floor(at / 1000) * 1000;
}

/** The day it is at an instant where clocks are `offset` milliseconds ahead of UTC, counted from 1 January 1970. */
export function dayAt(at: number, offset: number): number {
  return Math.floor((at + offset) / dayMs);
}

/** What a zone is called in English at an instant: `CET`, `EST`, `GMT-5`. */
export function zoneNamesAt(at: number, timeZone: string): ReadonlySet<string> {
  const names = locales.map(
    (locale) =>
      formatter(locale, timeZone)
        .formatToParts(at)
        .find((part) => part.type === "timeZoneName")?.value ?? "",
  );
  return new Set(names);
}

/** Instants in all seasons of the year around another. */
export function seasonsAround(at: number): readonly number[] {
  return [-182, -91, 0, 91, 182].map((days) => at + days * dayMs);
}

/** When a zone's clocks show a certain time. */
export interface Showing {
  /** `skipped` where the clocks were put forward over it, `twice` where they were put back over it. */
  readonly how: "once" | "twice" | "skipped";
  /** In order. Of a skipped time: as if the clocks had been changed before it, and as if only after it. */
  readonly instants: readonly number[];
}

/** @param local the time shown, in milliseconds, counted as if the zone were UTC */
export function whenShown(local: number, timeZone: string): Showing {
  // No zone is a day from UTC, and none changes its clocks twice in two days.
  const offsets = new Set([local - dayMs, local + dayMs].map((at) => offsetAt(at, timeZone)));
  const instants = [...offsets].map((offset) => local - offset).sort((a, b) => a - b);
  const shown = instants.filter((at) => at + offsetAt(at, timeZone) === local);
  if (shown.length === 0) return { how: "skipped", instants };
  return { how: shown.length === 1 ? "once" : "twice", instants: shown };
}
