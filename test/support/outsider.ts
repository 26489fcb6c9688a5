import assert from "node:assert/strict";
import { after } from "node:test";
import { commands } from "../../src/chat/commands.ts";
import { pill, type Said } from "../../src/demo/message.ts";
import type { Person } from "../../src/demo/person.ts";
import type { IncidentId } from "../../src/incident/ids.ts";
import { object, text } from "../../src/matrix/event.ts";
import type { EventId, RoomId, UserId } from "../../src/matrix/ids.ts";
import { wholeRoom } from "./incident-room.ts";

/** Everything that `/sync` brings somebody from now on, as it came, until the homeserver goes away. */
export function overhear(person: Person): readonly string[] {
  const brought: string[] = [];
  const filter = encodeURIComponent(JSON.stringify({ room: { timeline: { limit: 1000 } } }));
  let over = false;
  after(() => {
    over = true;
  });
  const listen = async () => {
    let since = "";
    while (!over) {
      const path = `/_matrix/client/v3/sync?timeout=1000&filter=${filter}${since}`;
      const answer = await person.call("GET", path);
      brought.push(JSON.stringify(answer));
      since = `&since=${text(answer, "next_batch")}`;
    }
  };
  void listen().catch(() => {});
  return brought;
}

/**
 * Asks everything about an incident, and gives what the bot has ever sent into the room: all of each event
 * but its own id and time, with the incident's id and those of the questions made the same.
 */
export async function talk(
  person: Person,
  bot: UserId,
  place: RoomId,
  id: IncidentId,
): Promise<readonly string[]> {
  const questions: EventId[] = [];
  for (const { words, said } of questionsAbout(id, bot)) questions.push(await person.say(place, words, said));
  const [first] = questions;
  assert.ok(first !== undefined);
  // In a thread the answer names its question: everything before it has been answered then.
  const last = await person.say(place, `!inc status ${id}`, { thread: first });
  questions.push(last);
  await person.waitFor(
    ({ sender, content }) =>
      sender === bot && object(object(content, "m.relates_to"), "m.in_reply_to")?.event_id === last,
    { what: "the last answer", room: place },
  );
  const spoken = (await wholeRoom(person, place)).filter(({ sender }) => sender === bot);
  return spoken.map(({ type, state_key, content }) =>
    questions.reduce(
      (told, question, n) => told.replaceAll(question, `question ${n}`),
      JSON.stringify({ type, state_key, content }).replaceAll(new RegExp(id, "gi"), "INC-…"),
    ),
  );
}

/** What somebody asks about an incident: every command, and what looks like one. */
function questionsAbout(
  id: IncidentId,
  bot: UserId,
): readonly { readonly words: string; readonly said?: Said }[] {
  return [
    ...commands.map(({ name, example }) => ({
      words: `!inc ${name} ${id} ${example.replace(/^\S+ ?(?:INC-\d+ )?/, "")}`,
    })),
    { words: `!inc sev ${id}` },
    { words: `!inc satus ${id}` },
    { words: id },
    { words: `> <@somebody:cordon.test> !inc status ${id}\n\nshow me that` },
    {
      words: `Cordon: status ${id}`,
      said: { html: `${pill(bot, "Cordon")}: status ${id}`, mentions: [bot] },
    },
  ];
}
