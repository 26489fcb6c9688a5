import { isObject, object, type RoomEvent, text } from "../matrix/event.ts";
import type { EventId, RoomId, UserId } from "../matrix/ids.ts";
import { HomeserverRefusal } from "./client.ts";
import type { Said } from "./message.ts";
import type { Person } from "./person.ts";
import type { Telling } from "./telling.ts";

/** Somebody in the story. */
export interface Player {
  readonly name: string;
  readonly person: Person;
}

/** Something in the story did not hold. */
export class StoryBroken extends Error {
  override readonly name = "StoryBroken";
}

/** Generous, for a busy machine: what is waited for comes within a second usually. */
const answerMs = 20_000;

/** People and the bot, talking: everything is told as it is said, and every answer is waited for. */
export class Play {
  readonly bot: UserId;
  readonly telling: Telling;

  constructor(bot: UserId, telling: Telling) {
    this.bot = bot;
    this.telling = telling;
  }

  async says(who: Player, room: RoomId, words: string, said: Said = {}): Promise<EventId> {
    this.telling.says(who.name, words);
    return who.person.say(room, words, said);
  }

  /** Types a command and gives the bot's answer: ✅, or its words. */
  async asks(who: Player, room: RoomId, words: string, said: Said = {}): Promise<string> {
    const typed = await this.says(who, room, words, said);
    const isAnswer = (event: RoomEvent) =>
      event.sender === this.bot && (isTick(event, typed) || isSpoken(event));
    const event = await who.person.waitFor(isAnswer, {
      what: `an answer to "${words}"`,
      room,
      after: typed,
      timeoutMs: answerMs,
    });
    const answer = isTick(event, typed) ? "✅" : (text(event.content, "body") ?? "");
    this.telling.says("Cordon", answer);
    return answer;
  }

  /** Types a command that has to be done, and that the bot answers with ✅. */
  async commands(who: Player, room: RoomId, words: string): Promise<EventId> {
    const typed = await this.says(who, room, words);
    await who.person.waitFor((event) => event.sender === this.bot && isTick(event, typed), {
      what: `✅ under "${words}"`,
      room,
      after: typed,
      timeoutMs: answerMs,
    });
    this.telling.says("Cordon", "✅");
    return typed;
  }

  /** Waits until the bot says something with these words in it, and tells it. */
  async hears(who: Player, room: RoomId, words: string, timeoutMs = answerMs): Promise<RoomEvent> {
    const event = await who.person.waitFor(
      (each) =>
        each.sender === this.bot && isSpoken(each) && (text(each.content, "body") ?? "").includes(words),
      { what: `"${words}"`, room, timeoutMs },
    );
    this.telling.says("Cordon", text(event.content, "body") ?? "");
    return event;
  }

  /** Presses ✅ under what the bot asks, once it says something with these words in it. */
  async agrees(who: Player, room: RoomId, words: string): Promise<void> {
    const question = await this.hears(who, room, words);
    await who.person.react(room, question.event_id, "✅");
    this.telling.does(who.name, "presses ✅");
  }

  /** Waits until the room's power levels are as they should be. */
  async levels(
    who: Player,
    room: RoomId,
    what: string,
    areRight: (levels: RoomEvent["content"]) => boolean,
    after?: EventId,
  ): Promise<void> {
    await who.person.waitFor(({ type, content }) => type === "m.room.power_levels" && areRight(content), {
      what,
      room,
      timeoutMs: answerMs,
      ...(after === undefined ? {} : { after }),
    });
    this.telling.holds(what);
  }

  /** Something that must be so. */
  holds(what: string, isSo: boolean): void {
    if (!isSo) throw new StoryBroken(`This does not hold: ${what}.`);
    this.telling.holds(what);
  }

  /** Whether the homeserver itself refuses every one of these attempts. */
  async impossible(what: string, ...attempts: readonly Promise<unknown>[]): Promise<void> {
    for (const result of await Promise.allSettled(attempts)) {
      if (result.status === "fulfilled") throw new StoryBroken(`This does not hold: ${what}.`);
      if (!(result.reason instanceof HomeserverRefusal) || result.reason.status >= 500) throw result.reason;
    }
    this.telling.holds(what);
  }
}

/** The power level of a person as the content of `m.room.power_levels` says it. */
export function levelIn(levels: RoomEvent["content"], user: UserId): unknown {
  return isObject(levels.users) ? levels.users[user] : undefined;
}

function isTick(event: RoomEvent, typed: EventId): boolean {
  const relation = object(event.content, "m.relates_to");
  return (
    event.type === "m.reaction" && text(relation, "event_id") === typed && text(relation, "key") === "✅"
  );
}

/** A message of its own, not an edit of an earlier one. */
function isSpoken(event: RoomEvent): boolean {
  const relation = object(event.content, "m.relates_to");
  return event.type === "m.room.message" && text(relation, "rel_type") !== "m.replace";
}
