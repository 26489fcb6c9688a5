import type { Person } from "../../src/demo/person.ts";
import type { RoomEvent } from "../../src/matrix/event.ts";
import { isObject, object, text } from "../../src/matrix/event.ts";
import { type EventId, isEventId, type RoomId, type UserId } from "../../src/matrix/ids.ts";

/** Opens an incident as people do, in a direct chat with the bot, and enters its room. */
export async function declare(
  person: Person,
  bot: UserId,
  what: string,
): Promise<{ direct: RoomId; room: RoomId }> {
  const direct = await person.directChatWith(bot);
  await person.waitFor((event) => isJoin(event, bot), { what: "the bot joining", room: direct });
  await person.say(direct, `!inc new ${what}`);
  const room = await person.waitForInvitation({ timeoutMs: 20_000 });
  await person.join(room);
  return { direct, room };
}

/** Types a command and waits for what the bot answers: its ✅, or its words. */
export async function command(person: Person, room: RoomId, bot: UserId, words: string): Promise<string> {
  const typed = await person.say(room, words);
  return answerTo(person, room, bot, typed);
}

/** What the bot answered to a message: `✅`, or its words. */
export async function answerTo(person: Person, room: RoomId, bot: UserId, typed: EventId): Promise<string> {
  const isAnswer = (event: RoomEvent) =>
    event.sender === bot && (isUnder(event, typed) || (event.type === "m.room.message" && !isEdit(event)));
  const event = await person.waitFor(isAnswer, {
    what: `an answer to ${typed}`,
    room,
    after: typed,
    timeoutMs: 15_000,
  });
  return text(object(event.content, "m.relates_to"), "key") ?? text(event.content, "body") ?? "";
}

/** The message of the bot's that has these words in it. */
export function saying(bot: UserId, words: string): (event: RoomEvent) => boolean {
  return (event) =>
    event.sender === bot && !isEdit(event) && (text(event.content, "body") ?? "").includes(words);
}

export function isJoin(event: RoomEvent, user: UserId): boolean {
  return event.type === "m.room.member" && event.state_key === user && event.content.membership === "join";
}

/** Whether an event is a reaction to another. */
export function isUnder(event: RoomEvent, target: EventId): boolean {
  return event.type === "m.reaction" && text(object(event.content, "m.relates_to"), "event_id") === target;
}

function isEdit(event: RoomEvent): boolean {
  return text(object(event.content, "m.relates_to"), "rel_type") === "m.replace";
}

/** How often the bot reacted to each event of a room, asked of the homeserver itself. */
export async function marksOf(
  person: Person,
  room: RoomId,
  bot: UserId,
): Promise<ReadonlyMap<EventId, number>> {
  const marks = new Map<EventId, number>();
  for (const event of await wholeRoom(person, room)) {
    const about = object(object(event, "content"), "m.relates_to")?.event_id;
    if (event.type !== "m.reaction" || event.sender !== bot || !isEventId(about)) continue;
    marks.set(about, (marks.get(about) ?? 0) + 1);
  }
  return marks;
}

/** Every event of a room that a person can see, oldest first, in client format. */
export async function wholeRoom(person: Person, room: RoomId) {
  const events: Readonly<Record<string, unknown>>[] = [];
  let from = "";
  for (;;) {
    const query = `dir=f&limit=500${from === "" ? "" : `&from=${encodeURIComponent(from)}`}`;
    const page = await person.call(
      "GET",
      `/_matrix/client/v3/rooms/${encodeURIComponent(room)}/messages?${query}`,
    );
    if (Array.isArray(page.chunk)) events.push(...page.chunk.filter(isObject));
    const end = text(page, "end");
    if (end === undefined || end === from) return events;
    from = end;
  }
}
