import { object, text } from "../matrix/event.ts";
import type { Json } from "../proof/redaction.ts";
import { visible } from "./visible.ts";
import type { NameOf } from "./words.ts";

/** A state event in a few words that follow its sender's name: `changed the topic to …`. */
export function describeState(pdu: Json, nameOf: NameOf): string {
  const content = object(pdu, "content");
  const word = (key: string) => visible(text(content, key) ?? "");
  switch (pdu.type) {
    case "m.room.create":
      return "made the room";
    case "m.room.member":
      return describeMembership(pdu, nameOf);
    case "m.room.name":
      return word("name") === "" ? "removed the room's name" : `named the room “${word("name")}”`;
    case "m.room.topic":
      return word("topic") === "" ? "removed the topic" : `set the topic to “${word("topic")}”`;
    case "m.room.power_levels":
      return "set who may do what in the room";
    case "m.room.join_rules":
      return `set who may join: ${word("join_rule")}`;
    case "m.room.history_visibility":
      return `set who sees the history: ${word("history_visibility")}`;
    case "m.room.guest_access":
      return `set what guests may do: ${word("guest_access")}`;
    case "m.room.canonical_alias":
      return `set the room's address: ${word("alias")}`;
    case "m.room.pinned_events":
      return "changed what is pinned";
    case "m.room.encryption":
      return "switched encryption on";
    case "m.room.tombstone":
      return "replaced the room by another";
    default:
      return describeUnknown(pdu);
  }
}

function describeUnknown({ type, state_key: key }: Json): string {
  const about = typeof key === "string" && key !== "" ? ` for ${visible(key)}` : "";
  return `set ${visible(String(type))}${about}`;
}

function describeMembership(pdu: Json, nameOf: NameOf): string {
  const user = typeof pdu.state_key === "string" ? pdu.state_key : "";
  const reason = text(pdu.content, "reason");
  const because = reason === undefined ? "" : `: ${visible(reason)}`;
  const isOwn = pdu.sender === user;
  switch (text(pdu.content, "membership")) {
    case "join":
      return "is in the room";
    case "invite":
      return `invited ${nameOf(user)}${because}`;
    case "leave":
      return isOwn ? `left${because}` : `removed ${nameOf(user)}${because}`;
    case "ban":
      return `banned ${nameOf(user)}${because}`;
    case "knock":
      return `asked to be let in${because}`;
    default:
      return `changed the membership of ${nameOf(user)}`;
  }
}
