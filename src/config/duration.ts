import { type Reading, shown } from "./reading.ts";

const unitsMs = { d: 86_400_000, h: 3_600_000, m: 60_000, s: 1_000, ms: 1 } as const;

const written = /^(?:(?<d>\d+)d)?(?:(?<h>\d+)h)?(?:(?<m>\d+)m)?(?:(?<s>\d+)s)?(?:(?<ms>\d+)ms)?$/;

/** How a duration is written, for messages and for the documentation. */
export const durationForm = "write a duration with its unit, such as 90s, 10m, 1h30m or 2d";

/**
 * A duration as people write it, in milliseconds. Units are `d h m s ms`, larger before smaller.
 * A bare number is refused: it would be seconds to one reader and minutes to the next.
 */
export function readDuration(value: unknown): Reading<number> {
  if (typeof value === "number")
    return { wrong: `is the number ${value} without a unit`, meant: `${value}s or ${value}m` };
  if (typeof value !== "string") return { wrong: `is ${shown(value)}, not a duration` };
  const parts = value === "" ? undefined : written.exec(value)?.groups;
  if (parts === undefined) return { wrong: `is ${shown(value)}, which is not a duration` };

  let totalMs = 0;
  for (const [unit, lengthMs] of Object.entries(unitsMs)) totalMs += Number(parts[unit] ?? 0) * lengthMs;
  return Number.isSafeInteger(totalMs)
    ? { value: totalMs }
    : { wrong: `is ${shown(value)}, which is longer than can be counted` };
}

/** Milliseconds as a person would write them in the configuration: `90000` is `1m30s`. */
export function writeDuration(durationMs: number): string {
  let rest = durationMs;
  let text = "";
  for (const [unit, lengthMs] of Object.entries(unitsMs)) {
    const count = Math.floor(rest / lengthMs);
    rest -= count * lengthMs;
    if (count > 0) text += `${count}${unit}`;
  }
  return text === "" ? "0s" : text;
}
