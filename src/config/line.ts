import { type Reading, shown } from "./reading.ts";

/** Text in one line that is not empty and has at most `most` characters. */
export function readLine(written: unknown, most = Number.POSITIVE_INFINITY): Reading<string> {
  if (typeof written !== "string") return { wrong: `is ${shown(written)}, not text` };
  if (!/^[^\0\r\n]*\S[^\0\r\n]*$/.test(written))
    return { wrong: `is ${shown(written)}, not one line of text` };
  const { length } = [...written];
  return length > most
    ? { wrong: `is ${shown(written)}, which has ${length} characters` }
    : { value: written };
}
