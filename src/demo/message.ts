import type { JsonObject } from "../matrix/event.ts";
import type { EventId, UserId } from "../matrix/ids.ts";

/** What goes with the words of a message. */
export interface Said {
  /** The same in HTML. */
  readonly html?: string;
  /** Who is mentioned, `m.mentions`. */
  readonly mentions?: readonly UserId[];
  /** The first event of the thread to say it in. */
  readonly thread?: EventId;
  readonly replyTo?: EventId;
  /** `m.text` where not given. */
  readonly msgtype?: "m.text" | "m.notice" | "m.emote";
}

/** A mention as Element writes it into the HTML of a message. */
export function pill(user: UserId, name: string): string {
  return `<a href="https://matrix.to/#/${user}">${name}</a>`;
}

/** The content of an `m.room.message`, as Element writes it (client-server API, "m.room.message", "Threading"). */
export function message(
  words: string,
  { html, mentions, thread, replyTo, msgtype = "m.text" }: Said,
): JsonObject {
  const answered = replyTo ?? thread;
  const relation = {
    ...(thread === undefined
      ? {}
      : { rel_type: "m.thread", event_id: thread, is_falling_back: replyTo === undefined }),
    ...(answered === undefined ? {} : { "m.in_reply_to": { event_id: answered } }),
  };
  return {
    msgtype,
    body: words,
    ...(html === undefined ? {} : { format: "org.matrix.custom.html", formatted_body: html }),
    "m.mentions": mentions === undefined ? {} : { user_ids: mentions },
    ...(answered === undefined ? {} : { "m.relates_to": relation }),
  };
}
