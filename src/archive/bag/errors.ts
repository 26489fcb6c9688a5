import { join } from "node:path";
import type { Draft } from "../draft.ts";
import { Output } from "../files/output.ts";

/**
 * Writes `errors.ndjson`: the events that do not hold, as they were given, and then everything else that a
 * whole record would have and this one has not. It is written when every redaction is known, since what was
 * redacted must not survive here.
 */
export async function writeErrors({ record, completeness }: Draft, data: string): Promise<void> {
  const output = await Output.create(join(data, "errors.ndjson"));
  try {
    for await (const error of record.errors()) await output.line(error);
    for (const gap of completeness.gaps) if (gap.what !== "unsound-event") await output.line(gap);
  } finally {
    await output.close();
  }
}
