import { heldCause } from "../incident/fold/record.ts";
import type { EventId, IncidentId } from "../incident/ids.ts";
import type { Change, Queries } from "../store/store.ts";
import { silenced } from "./words.ts";

/** An entry whose words came from a message. */
export interface Spoken {
  readonly seq: number;
  readonly recordedAt: number;
}

/** The entries of an incident whose words came from a message and are still there. */
export async function spokenIn(db: Queries, id: IncidentId, message: EventId): Promise<readonly Spoken[]> {
  const rows = await worded(db, id, message).select(["seq", "recorded_at"]).execute();
  return rows.map((row) => ({ seq: row.seq, recordedAt: row.recorded_at }));
}

/** Takes the words of a message out of a journal, for good. Its chain still holds. */
export async function silence(change: Change, id: IncidentId, message: EventId): Promise<void> {
  const rows = await worded(change, id, message).select(["seq", "data", "digests"]).execute();
  for (const { seq, data, digests } of rows) {
    const wordless = silenced(JSON.parse(data), { digests: JSON.parse(digests ?? "{}") });
    await change
      .updateTable("entry")
      .set({ data: JSON.stringify(wordless), salt: null })
      .where("incident", "=", id)
      .where("seq", "=", seq)
      .execute();
  }
}

/** What was typed in it, also where it was asked about first, and what 📌 put on the timeline. */
function worded(db: Queries, id: IncidentId, message: EventId) {
  return db
    .selectFrom("entry")
    .where("incident", "=", id)
    .where("salt", "is not", null)
    .where((is) =>
      is.or([
        is("cause", "in", [message, `${heldCause}${message}`]),
        is.and([is("type", "=", "marked"), is("data", "like", `%${JSON.stringify(message)}%`)]),
      ]),
    );
}
