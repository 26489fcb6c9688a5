import { type Reading, shown } from "./reading.ts";

const unitBytes: ReadonlyMap<string, number> = new Map([
  ["B", 1],
  ["kB", 1e3],
  ["MB", 1e6],
  ["GB", 1e9],
  ["KiB", 2 ** 10],
  ["MiB", 2 ** 20],
  ["GiB", 2 ** 30],
]);

/** How a size is written, for messages and for the documentation. */
export const sizeForm = "write a size with its unit, such as 500kB, 50MB or 1GiB";

/** A size as people write it, in bytes. `MB` counts in thousands, `MiB` in steps of 1024. */
export function readSize(value: unknown): Reading<number> {
  if (typeof value === "number")
    return { wrong: `is the number ${value} without a unit`, meant: `${value}MB` };
  if (typeof value !== "string") return { wrong: `is ${shown(value)}, not a size` };
  const [, count, unit] = /^(\d{1,15})([A-Za-z]+)$/.exec(value) ?? [];
  if (count === undefined || unit === undefined) return { wrong: `is ${shown(value)}, which is not a size` };

  const bytes = unitBytes.get(unit);
  if (bytes === undefined)
    return { wrong: `is ${shown(value)}, whose unit is not known`, meant: withKnownUnit(count, unit) };
  const total = Number(count) * bytes;
  return Number.isSafeInteger(total)
    ? { value: total }
    : { wrong: `is ${shown(value)}, which is more than can be counted` };
}

/** Bytes as a person would write them: the largest unit that needs no fraction. */
export function writeSize(bytes: number): string {
  const [unit, factor] = [...unitBytes]
    .filter(([, factor]) => bytes >= factor && bytes % factor === 0)
    .reduce((largest, next) => (next[1] > largest[1] ? next : largest), ["B", 1]);
  return `${bytes / factor}${unit}`;
}

/** `50M`, `50mb` and `50Mb` are all likely to mean `50MB`. */
function withKnownUnit(count: string, unit: string): string | undefined {
  const typed = unit.toLowerCase();
  const meant = [...unitBytes.keys()].find((known) =>
    [known.toLowerCase(), known.slice(0, -1).toLowerCase()].includes(typed),
  );
  return meant === undefined ? undefined : `${count}${meant}`;
}
