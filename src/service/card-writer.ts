import { cardHashOf, noteCard, type StoredIncident } from "../journal/incidents.ts";
import { put } from "../journal/outbox.ts";
import type { Change } from "../store/store.ts";
import { card } from "../words/card.ts";
import { formatted, messageContent, plain } from "../words/rich.ts";
import type { View } from "../words/view.ts";
import { roomMessage } from "./announcing.ts";
import { cardKey, nameInOutbox } from "./service.ts";

/**
 * Puts the card, or its newest edit, into the outbox where what it shows has changed.
 *
 * @returns what it shows now, in short
 */
export async function writeCard(
  change: Change,
  { incident, cardHash: shown }: StoredIncident,
  view: View,
): Promise<string | null> {
  const room = incident.room?.id;
  if (room === undefined) return null;
  const text = card(incident, view);
  const hash = cardHashOf(formatted(text));
  if (hash === shown) return shown;
  const key = cardKey(incident.id);
  const content = messageContent({ text, tone: "notice" });
  if (shown === null) {
    await put(change, [roomMessage(incident, key, room, content)]);
  } else {
    const edit = {
      ...content,
      body: `* ${plain(text)}`,
      "m.new_content": content,
      "m.relates_to": { rel_type: "m.replace" },
    };
    await put(change, [
      {
        ...roomMessage(incident, `${nameInOutbox(incident)}/card/${incident.head.seq}`, room, edit),
        about: key,
      },
    ]);
  }
  await noteCard(change, incident.id, hash);
  return hash;
}
