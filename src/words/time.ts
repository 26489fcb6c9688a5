/** Making a formatter costs far more than using one, and there are few zones. */
const formatters = new Map<string, Intl.DateTimeFormat>();

function formatter(timeZone: string): Intl.DateTimeFormat {
  const known = formatters.get(timeZone);
  if (known !== undefined) return known;
  const made = new Intl.DateTimeFormat("en-GB", {
    timeZone,
    hour: "2-digit",
    minute: "2-digit",
    hourCycle: "h23",
    timeZoneName: "short",
  });
  formatters.set(timeZone, made);
  return made;
}

function partsOf(at: number, timeZone: string): (type: Intl.DateTimeFormatPartTypes) => string {
  const parts = formatter(timeZone).formatToParts(at);
  return (type) => parts.find((each) => each.type === type)?.value ?? "";
}

/** A clock time in a zone, with the zone's name: `13:40 CET`, `13:40 UTC`. */
export function clock(at: number, timeZone: string): string {
  const part = partsOf(at, timeZone);
  return `${part("hour")}:${part("minute")} ${part("timeZoneName")}`;
}

/** The same of something that holds from then on: cut to the minute, it would be too early. */
export function clockFrom(at: number, timeZone: string): string {
  const minuteMs = 60_000;
  return clock(Math.ceil(at / minuteMs) * minuteMs, timeZone);
}

const dates = new Map<string, Intl.DateTimeFormat>();

/** A day of the calendar in a zone: `Fri 20 Nov`. */
export function day(at: number, timeZone: string): string {
  const options = { timeZone, weekday: "short", day: "numeric", month: "short" } as const;
  const format = dates.get(timeZone) ?? new Intl.DateTimeFormat("en-GB", options);
  dates.set(timeZone, format);
  return format.format(at).replace(",", "");
}

/** A length of time in its two largest units: `1 h 47 min`, `12 min`, `40 s`. */
export function duration(ms: number): string {
  const seconds = Math.max(0, Math.round(ms / 1000));
  if (seconds < 60) return `${seconds} s`;
  const minutes = Math.round(seconds / 60);
  if (minutes < 60) return `${minutes} min`;
  const hours = Math.floor(minutes / 60);
  if (hours < 48) return minutes % 60 === 0 ? `${hours} h` : `${hours} h ${minutes % 60} min`;
  const days = Math.floor(hours / 24);
  return hours % 24 === 0 ? `${days} d` : `${days} d ${hours % 24} h`;
}
