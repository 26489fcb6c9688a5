import type { EventId, RoomId } from "../../incident/ids.ts";
import { isEventId, isRoomId } from "../../matrix/ids.ts";
import type { Parameter } from "../parameter.ts";

/** A message as somebody named it. */
export interface NamedMessage {
  readonly message: EventId;
  /** Its room, where a link says it. */
  readonly room?: RoomId;
}

/** A message of a room: by its link, by its id, or the one that is replied to. */
export function message(): Parameter<NamedMessage> {
  return {
    usage: "<link, or as a reply>",
    read(words, { repliesTo }) {
      const typed = words.peek()?.text ?? "";
      const named = linked(typed) ?? (isEventId(typed) ? { message: typed } : undefined);
      if (named !== undefined) {
        words.take();
        return named;
      }
      return repliesTo === undefined ? { misread: "no-message", typed } : { message: repliesTo };
    },
  };
}

/** What a link names: one of matrix.to (spec, appendices, "matrix.to navigation"), or a client's own. */
function linked(typed: string): NamedMessage | undefined {
  const parts = /^https:\/\/[^#]+\/#\/(?:room\/)?([^/?]+)\/([^?]+)/.exec(typed);
  const [room, event] = (parts ?? []).slice(1).map(decoded);
  if (!isEventId(event)) return undefined;
  return isRoomId(room) ? { message: event, room } : { message: event };
}

function decoded(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return "";
  }
}
