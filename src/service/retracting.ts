import type { Incident } from "../incident/incident.ts";
import { type Outgoing, sentAbout } from "../journal/outbox.ts";
import type { Spoken } from "../journal/silencing.ts";
import type { Queries } from "../store/store.ts";
import { cardKey, redactionType } from "./service.ts";

const reason = "What it repeats was removed.";

/**
 * The removals of what the bot itself said of words that were removed: its announcements of those entries,
 * and the edits of the card since then, whose newest is about to be written without them.
 */
export async function retractions(
  db: Queries,
  incident: Incident,
  spoken: readonly Spoken[],
): Promise<readonly Outgoing[]> {
  const roomId = incident.room?.id;
  const [first] = spoken;
  if (roomId === undefined || first === undefined) return [];
  const keys = spoken.map(({ seq }) => `${incident.id}/${seq}`);
  const sent = await sentAbout(db, { keys, edited: cardKey(incident.id), since: first.recordedAt });
  return sent.map(({ key, eventId }) => ({
    key: `${key}/removal`,
    roomId,
    incident: incident.id,
    type: redactionType,
    content: { redacts: eventId, reason },
  }));
}
