import type { CalendarDay, ClockWords } from "./timewords.ts";
import { dayAt, dayMs, offsetAt, type Showing, seasonsAround, whenShown, zoneNamesAt } from "./zone.ts";

/** When and where something is typed, and whether it is about what was or about what is to come. */
export interface Standpoint {
  /** Milliseconds since 1970, as all instants here. */
  readonly now: number;
  /** The zone of the organisation (IANA name): what is typed without a zone is meant in it. */
  readonly timeZone: string;
  readonly direction: "past" | "future";
}

/** Why it is not clear when a clock shows what was typed. */
export type ClockDoubt =
  /** 31 November; 29 February of a year that has none. */
  | "no-such-day"
  /** `3/4` is two days, and so is `yesterday 23:00Z` where UTC has another yesterday. */
  | "which-day"
  /** The clocks were put forward over it. */
  | "skipped"
  /** The clocks were put back over it. */
  | "twice"
  /** An abbreviation that the organisation's zone does not go by, or not then. */
  | "other-zone"
  /** Of the past, and still to come. */
  | "not-yet"
  /** Of the future, and over. */
  | "past-already";

/** An instant that may have been meant, and how far ahead of UTC to write it, where it was meant elsewhere. */
export interface Candidate {
  readonly at: number;
  readonly offset?: number;
}

/** How far from now a clock time without a day can be on another day than today. */
const withoutDayMs = dayMs / 2;

/** When the clock shows what was typed, or why that is not clear, with what may have been meant. */
export function placeClock(
  clock: ClockWords,
  standpoint: Standpoint,
): { readonly at: number } | { readonly doubt: ClockDoubt; readonly candidates: readonly Candidate[] } {
  const days = daysMeant(clock, standpoint);
  if (days.length === 0) return { doubt: "no-such-day", candidates: besideNoDay(clock, standpoint) };
  const [sight, another] = sightings(clock, days, standpoint);
  if (sight === undefined) {
    const doubt = standpoint.direction === "past" ? "not-yet" : "past-already";
    return { doubt, candidates: onFittingDay(clock, standpoint) };
  }
  if (another !== undefined)
    return { doubt: "which-day", candidates: [sight, another].flatMap(candidatesOf) };
  const [at, orAt] = sight.instants;
  const { how } = sight;
  if (how === "once" || how === "by-offset" || (how === "twice" && orAt === undefined)) return { at };
  return { doubt: how, candidates: candidatesOf(sight) };
}

/** The clock on one day: the instants that fit the direction, at least one. */
interface Sighting {
  readonly how: Showing["how"] | "by-offset" | "other-zone";
  readonly instants: readonly [number, ...number[]];
  /** What it shows, as if it were UTC. */
  readonly local: number;
}

function sightings(clock: ClockWords, days: readonly number[], standpoint: Standpoint): readonly Sighting[] {
  const { now, direction } = standpoint;
  return days.flatMap((day) => {
    const local = day * dayMs + clock.ofDay;
    const { how, instants } = whenMeant(local, clock.zone, standpoint);
    const [first, ...others] = instants.filter((at) => (direction === "past" ? at <= now : at >= now));
    return first === undefined ? [] : [{ how, local, instants: [first, ...others] }];
  });
}

function whenMeant(
  local: number,
  zone: ClockWords["zone"],
  { timeZone }: Standpoint,
): { readonly how: Sighting["how"]; readonly instants: readonly number[] } {
  if (typeof zone === "number") return { how: "by-offset", instants: [local - zone] };
  const shown = whenShown(local, timeZone);
  if (zone === undefined || shown.how === "skipped") return shown;
  const called = shown.instants.filter((at) => zoneNamesAt(at, timeZone).has(zone));
  if (called.length > 0) return { how: called.length === 1 ? "once" : "twice", instants: called };
  const elsewhere = offsetsCalled(zone, local, timeZone).map((offset) => local - offset);
  return { how: "other-zone", instants: [...new Set([...shown.instants, ...elsewhere])] };
}

/** The offsets for which an abbreviation stands in another season. */
function offsetsCalled(name: string, around: number, timeZone: string): readonly number[] {
  if (name === "GMT") return [0];
  return seasonsAround(around)
    .filter((at) => zoneNamesAt(at, timeZone).has(name))
    .map((at) => offsetAt(at, timeZone));
}

function candidatesOf({ how, instants, local }: Sighting): readonly Candidate[] {
  const isElsewhere = how === "by-offset" || how === "other-zone";
  return instants.map((at) => (isElsewhere ? { at, offset: local - at } : { at }));
}

/** The days that can be meant, counted from 1 January 1970. None where what was typed is no day. */
function daysMeant(clock: ClockWords, standpoint: Standpoint): readonly number[] {
  const { day, zone } = clock;
  if (day === undefined) return [dayLeftOut(clock, standpoint)];
  if ("fromToday" in day) {
    const todays = new Set([today(standpoint), today(standpoint, zone)]);
    return [...todays].map((each) => each + day.fromToday);
  }
  return day.dates.flatMap((date) => dayNumber(date, standpoint) ?? []);
}

/** Today where the clock is, unless only the day beside it fits and is near enough to go without saying. */
function dayLeftOut(clock: ClockWords, standpoint: Standpoint): number {
  const here = today(standpoint, clock.zone);
  const beside = here + backOrOn(standpoint);
  const isNear = (at: number) => Math.abs(at - standpoint.now) <= withoutDayMs;
  if (sightings(clock, [here], standpoint).length > 0) return here;
  return sightings(clock, [beside], standpoint).some(({ instants }) => instants.some(isNear)) ? beside : here;
}

function today({ now, timeZone }: Standpoint, zone?: ClockWords["zone"]): number {
  return dayAt(now, typeof zone === "number" ? zone : offsetAt(now, timeZone));
}

function backOrOn({ direction }: Standpoint): -1 | 1 {
  return direction === "past" ? -1 : 1;
}

function thisYear(standpoint: Standpoint): number {
  return new Date(today(standpoint) * dayMs).getUTCFullYear();
}

function dayNumber(date: CalendarDay, standpoint: Standpoint): number | undefined {
  const at = new Date(Date.UTC(date.year ?? thisYear(standpoint), date.month - 1, date.day));
  const exists = at.getUTCMonth() === date.month - 1 && at.getUTCDate() === date.day;
  return exists ? at.getTime() / dayMs : undefined;
}

/** The last day of a month that has not so many, and the first of the next. */
function besideNoDay(clock: ClockWords, standpoint: Standpoint): readonly Candidate[] {
  if (clock.day === undefined || "fromToday" in clock.day) return [];
  const days = clock.day.dates.flatMap((date) => {
    const { year = thisYear(standpoint), month, day } = date;
    if (month < 1 || month > 12 || day < 1 || day > 31) return [];
    const next = Date.UTC(year, month, 1) / dayMs;
    return [next - 1, next];
  });
  return sightings(clock, days, standpoint).flatMap(candidatesOf);
}

/** The same clock on the nearest day that fits: of a date, the same in the year before or after. */
function onFittingDay(clock: ClockWords, standpoint: Standpoint): readonly Candidate[] {
  const step = backOrOn(standpoint);
  const { day, zone } = clock;
  if (day !== undefined && "dates" in day) {
    const otherYear = day.dates.map((date) => ({
      ...date,
      year: (date.year ?? thisYear(standpoint)) + step,
    }));
    const days = otherYear.flatMap((date) => dayNumber(date, standpoint) ?? []);
    return sightings(clock, days, standpoint).flatMap(candidatesOf);
  }
  const here = today(standpoint, zone);
  return sightings(clock, [here, here + step], standpoint)
    .slice(0, 1)
    .flatMap(candidatesOf);
}
