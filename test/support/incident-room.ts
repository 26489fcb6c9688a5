import { openDirectChat } from "../../src/demo/direct-chat.ts";
import type { Person } from "../../src/demo/person.ts";
import type { RoomEvent } from "../../src/matrix/event.ts";
import { isObject, object, text } from "../../src/matrix/event.ts";
import { type EventId, isEventId, isUserId, type RoomId, type UserId } from "../../src/matrix/ids.ts";

/** Opens an incident as people do, in a direct chat with the bot, and enters its room. */
export async function declare(
  person: Person,
  bot: UserId,
  what: string,
): Promise<{ direct: RoomId; room: RoomId }> {
  const direct = await openDirectChat(person, bot);
  const room = await openIncident(person, direct, `new ${what}`);
  return { direct, room };
}

/** Types the command that opens an incident, `new` or `report`, and enters the incident's room. */
export async function openIncident(person: Person, direct: RoomId, words: string): Promise<RoomId> {
  await person.say(direct, `!inc ${words}`);
  const room = await person.waitForInvitation();
  await person.join(room);
  // From here on the next invitation is that of the next incident.
  await person.waitFor((event) => isJoin(event, person.userId), { what: "the own join", room });
  return room;
}

/** Waits for the invitations of people to a room, and has them accept. */
export async function enter(room: RoomId, ...people: readonly Person[]): Promise<void> {
  await Promise.all(
    people.map(async (person) => {
      await person.waitForInvitation({ room });
      await person.join(room);
    }),
  );
}

/** Types a command and waits for what the bot answers: its ✅, or its words. */
export async function command(person: Person, room: RoomId, bot: UserId, words: string): Promise<string> {
  const typed = await person.say(room, words);
  return answerTo(person, room, bot, typed);
}

/** Types a command and waits until the bot has put its ✅ under it, whatever else it says. */
export async function carryOut(person: Person, room: RoomId, bot: UserId, words: string): Promise<void> {
  const typed = await person.say(room, words);
  await person.waitFor((event) => event.sender === bot && isUnder(event, typed), {
    what: `the ✅ under "${words}"`,
    room,
  });
}

/** What the bot answered to a message: `✅`, or its words. */
export async function answerTo(person: Person, room: RoomId, bot: UserId, typed: EventId): Promise<string> {
  const { content } = await answerEvent(person, room, bot, typed);
  return text(object(content, "m.relates_to"), "key") ?? text(content, "body") ?? "";
}

/** The event with which the bot answered to a message: a reaction or a message. */
export async function answerEvent(
  person: Person,
  room: RoomId,
  bot: UserId,
  typed: EventId,
): Promise<RoomEvent> {
  const isAnswer = (event: RoomEvent) =>
    event.sender === bot && (isUnder(event, typed) || (event.type === "m.room.message" && !isEdit(event)));
  return person.waitFor(isAnswer, {
    what: `an answer to ${typed}`,
    room,
    after: typed,
  });
}

/** The message of the bot's that has these words in it. */
export function saying(bot: UserId, words: string): (event: RoomEvent) => boolean {
  return (event) =>
    event.sender === bot && !isEdit(event) && (text(event.content, "body") ?? "").includes(words);
}

/** Waits until the room is told that its incident is archived. */
export async function untilArchived(person: Person, room: RoomId, bot: UserId): Promise<RoomEvent> {
  const what = "the archive";
  return person.waitFor(saying(bot, "Archived and read again"), { what, room });
}

export function isJoin(event: RoomEvent, user: UserId): boolean {
  return event.type === "m.room.member" && event.state_key === user && event.content.membership === "join";
}

/** Whether an event is a reaction to another. */
export function isUnder(event: RoomEvent, target: EventId): boolean {
  return event.type === "m.reaction" && text(object(event.content, "m.relates_to"), "event_id") === target;
}

/** The power level that an `m.room.power_levels` gives each person it names. */
export function levelsIn(content: unknown): Readonly<Record<UserId, number>> {
  return Object.fromEntries(
    Object.entries(object(content, "users") ?? {}).filter(
      (entry): entry is [UserId, number] => isUserId(entry[0]) && typeof entry[1] === "number",
    ),
  );
}

/** Whether an event only gives new words to an earlier one. */
export function isEdit(event: { readonly content?: unknown }): boolean {
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
