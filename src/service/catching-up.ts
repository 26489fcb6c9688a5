import type { UserId } from "../incident/ids.ts";
import { observe } from "../incident/observe.ts";
import type { StoredIncident } from "../journal/incidents.ts";
import { catchUpWords } from "../words/catchup.ts";
import { messageContent } from "../words/rich.ts";
import { changeIncident } from "./change.ts";
import { directChatFor } from "./direct-chats.ts";
import { momentOf, type Service } from "./service.ts";

/**
 * Tells those who joined late, each in a direct chat, what has been done so far. Where it stands is on the
 * journal, so nobody is told twice and nobody is left out.
 *
 * @returns whether anybody was told
 */
export async function catchUpLate(service: Service, { incident }: StoredIncident): Promise<boolean> {
  const [behind] = (Object.keys(incident.people) as UserId[]).filter(
    (user) => incident.people[user]?.behind === true,
  );
  if (behind === undefined) return false;
  const key = `${incident.id}/catchup/${behind}/${incident.people[behind]?.since}`;
  const roomId = await directChatFor(service, key, behind);
  const occasion = { cause: key, actor: "cordon", eventAt: service.now() } as const;
  await changeIncident(service, incident.id, occasion, (stored) => {
    if (stored === undefined) return { facts: [] };
    const facts = observe(stored.incident, { type: "caught-up", user: behind }, momentOf(service));
    if (facts.length === 0) return { facts };
    return {
      facts,
      answer: (_, view) => [
        {
          key,
          roomId,
          incident: stored.incident.id,
          type: "m.room.message",
          content: messageContent({ text: catchUpWords(stored.incident, undefined, view), tone: "notice" }),
        },
      ],
    };
  });
  return true;
}
