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

/** A moment in UTC, `2026-11-20T19:04:11.000Z`. Moments are milliseconds since the epoch throughout. */
export function iso(ms: number): string {
  return dateOf(ms)?.toISOString() ?? "out of range";
}

/** The day in UTC, `2026-11-20`. */
export function dayOf(ms: number): string {
  return dateOf(ms)?.toISOString().replace(/T.*$/, "") ?? "out of range";
}

/** The time of day in UTC, `19:04:11`. */
export function timeOf(ms: number): string {
  return dateOf(ms)?.toISOString().replace(/^.*T/, "").slice(0, 8) ?? "–";
}

/** Day and time in UTC for people, `2026-11-20 19:04:11Z`. */
export function moment(ms: number): string {
  return dateOf(ms) === undefined ? "out of range" : `${dayOf(ms)} ${timeOf(ms)}Z`;
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
export type LocalClock = (ms: number) => string;

/** A clock of the organisation's zone. A zone that is not known gives UTC. */
export function localClock(timeZone: string): LocalClock {
  const format = formatOf(timeZone);
  if (format === undefined) return moment;
  return (ms) => {
    const date = dateOf(ms);
    if (date === undefined) return "out of range";
    const part = Object.fromEntries(format.formatToParts(date).map(({ type, value }) => [type, value]));
    return `${part.year}-${part.month}-${part.day} ${part.hour}:${part.minute}:${part.second} ${timeZone}`;
  };
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
