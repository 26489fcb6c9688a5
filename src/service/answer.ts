import type { Outgoing } from "../journal/outbox.ts";
import type { RoomEvent } from "../matrix/event.ts";
import { object, text } from "../matrix/event.ts";
import { failedWords } from "../words/answers.ts";
import { messageContent, type Rich } from "../words/rich.ts";

/** The words with which a typed line is answered, in the room and the thread it came from. */
export function answerTo(
  event: RoomEvent,
  words: Rich,
  extra: Readonly<Record<string, unknown>> = {},
): Outgoing {
  return {
    key: `${event.event_id}/answer`,
    roomId: event.room_id,
    type: "m.room.message",
    content: { ...messageContent({ text: words, tone: "notice" }), ...threadOf(event), ...extra },
  };
}

/** ✅ under what was typed, where no words are needed. */
export function tick(event: RoomEvent): Outgoing {
  return mark(event, "✅");
}

/** A reaction of the bot's under its answer to a message, to be pressed. */
export function underAnswer(event: RoomEvent, emoji: string): Outgoing {
  const about = `${event.event_id}/answer`;
  return {
    key: `${about}/${emoji}`,
    roomId: event.room_id,
    type: "m.reaction",
    content: { "m.relates_to": { rel_type: "m.annotation", key: emoji } },
    about,
  };
}

/** The command that a message of the outbox answers, by the message's key. */
export function commandAnswered(key: string): string | undefined {
  return /^(\$.+)\/(?:answer|✅)$/u.exec(key)?.[1];
}

/** 💥 and words, where the service itself failed and nothing was changed. */
export function burst(event: RoomEvent, reference: string): readonly Outgoing[] {
  return [mark(event, "💥"), answerTo(event, failedWords(reference))];
}

function mark(event: RoomEvent, emoji: string): Outgoing {
  return {
    key: `${event.event_id}/${emoji}`,
    roomId: event.room_id,
    type: "m.reaction",
    content: { "m.relates_to": { rel_type: "m.annotation", event_id: event.event_id, key: emoji } },
  };
}

/** The thread a message stands in, so that its answer stands there too (spec, "Threading"). */
function threadOf(event: RoomEvent): Readonly<Record<string, unknown>> {
  const relation = object(event.content, "m.relates_to");
  const root = text(relation, "event_id");
  if (relation?.rel_type !== "m.thread" || root === undefined) return {};
  return {
    "m.relates_to": {
      rel_type: "m.thread",
      event_id: root,
      is_falling_back: true,
      "m.in_reply_to": { event_id: event.event_id },
    },
  };
}
