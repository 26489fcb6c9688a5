import { object, text } from "../../matrix/event.ts";
import type { Json } from "../../proof/redaction.ts";
import { visible } from "../visible.ts";
import { snippet } from "./prose.ts";

/**
 * An event that is neither a message nor state, in a few words that follow its sender's name. What this
 * version does not know is told by its type, and by its words where it has some.
 */
export function describeHappening({ type, content }: Json): string {
  switch (type) {
    case "m.call.invite":
      return isVideo(content) ? "called with video" : "called";
    case "m.call.answer":
      return "answered the call";
    case "m.call.reject":
      return "declined the call";
    case "m.call.hangup":
      return "ended the call";
    case "m.call.candidates":
    case "m.call.negotiate":
    case "m.call.select_answer":
    case "m.call.sdp_stream_metadata_changed":
      return "exchanged technical data of the call";
    case "m.call.notify":
    case "org.matrix.msc4075.call.notify":
    case "org.matrix.msc4075.rtc.notification":
      return "rang for a call";
    case "m.beacon":
    case "org.matrix.msc3672.beacon":
      return "shared where they were";
    case "m.room.encrypted":
      return "sent something encrypted, which nobody but its readers can read";
    default:
      return describeUnknown(type, content);
  }
}

function describeUnknown(type: unknown, content: unknown): string {
  const said = visible(snippet(text(content, "body") ?? ""));
  return `sent ${visible(String(type))}${said === "" ? "" : `: ${said}`}`;
}

/** A call's session description names its media (RFC 8866, section 5.14). */
function isVideo(content: unknown): boolean {
  return /^m=video /m.test(text(object(content, "offer"), "sdp") ?? "");
}
