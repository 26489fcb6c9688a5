import { join } from "node:path";
import type { Draft } from "../draft.ts";
import { writeJson, writeLines } from "../files/output.ts";
import { redactionsOf } from "../pages/reading.ts";
import { withoutRemoved } from "../pages/told.ts";
import { writeErrors } from "./errors.ts";

/** Writes the data that everything else in `data/` follows from, besides the events and the attachments. */
export async function writePayload(draft: Draft, data: string): Promise<void> {
  const { chronicle, record } = draft;
  await writeLines(join(data, "journal.ndjson"), withoutRemoved(chronicle, record.redactions));
  await writeLines(join(data, "media.ndjson"), draft.attachments.list());
  await writeLines(join(data, "redactions.ndjson"), redactionsOf(draft));
  await writeErrors(draft, data);
  await writeJson(join(data, "completeness.json"), draft.completeness);
  await writeJson(join(data, "server-keys.json"), draft.serverKeys ?? {});
}
