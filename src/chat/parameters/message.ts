import type { EventId } from "../../incident/ids.ts";
import { isEventId } from "../../matrix/ids.ts";
import type { Parameter } from "../parameter.ts";

/** A message of the room: by its link, by its id, or the one that is replied to. */
export function message(): Parameter<EventId> {
  return {
    usage: "<link, or as a reply>",
    read(words, { repliesTo }) {
      const typed = words.peek()?.text ?? "";
      const named = eventOf(typed);
      if (named !== undefined) {
        words.take();
        return named;
      }
      return repliesTo ?? { misread: "no-message", typed };
    },
  };
}

function eventOf(typed: string): EventId | undefined {
  const linked = /^https:\/\/matrix\.to\/#\/[^/]+\/([^?]+)/.exec(typed)?.[1];
  const id = linked === undefined ? typed : decoded(linked);
  return isEventId(id) ? id : undefined;
}

function decoded(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return "";
  }
}
