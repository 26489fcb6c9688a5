import { object, text } from "../../matrix/event.ts";
import type { Json } from "../../proof/redaction.ts";
import type { Membership } from "../record/people.ts";
import { visible } from "../visible.ts";
import type { NameOf } from "./words.ts";

/**
 * A state event in a few words that follow its sender's name: `set the topic to …`. `before` is the
 * membership that it changes, where it changes one.
 */
export function describeState(pdu: Json, nameOf: NameOf, before?: Membership): string {
  const content = object(pdu, "content");
  const word = (key: string) => visible(text(content, key) ?? "");
  switch (pdu.type) {
    case "m.room.create":
      return "made the room";
    case "m.room.member":
      return describeMembership(pdu, nameOf, before);
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
    case "m.room.avatar":
      return "changed the room's picture";
    case "m.room.server_acl":
      return "set which servers may take part";
    case "m.room.canonical_alias":
      return `set the room's address: ${word("alias")}`;
    case "m.room.pinned_events":
      return "changed what is pinned";
    case "m.room.encryption":
      return "switched encryption on";
    case "m.room.tombstone":
      return "replaced the room by another";
    case "m.call.member":
    case "org.matrix.msc3401.call.member":
      return isEmpty(content) ? "left the call" : "is in the call";
    case "m.beacon_info":
    case "org.matrix.msc3672.beacon_info":
      return content?.live === true ? "began to share where they are" : "stopped sharing where they are";
    case "org.cordon.role":
      return `published who is ${visible(String(pdu.state_key))}: ${namesIn(content, nameOf)}`;
    case "org.cordon.archive-key":
      return `named the key that signs archives: ${word("fingerprint")}`;
    default:
      return describeUnknown(pdu);
  }
}

function namesIn(content: Json | undefined, nameOf: NameOf): string {
  const users = Array.isArray(content?.users) ? content.users : [];
  return (
    users
      .filter((user) => typeof user === "string")
      .map(nameOf)
      .join(", ") || "nobody"
  );
}

/** Who leaves a call takes back what they said of it, device by device. */
function isEmpty(content: Json | undefined): boolean {
  const { memberships, ...rest } = content ?? {};
  return Array.isArray(memberships) ? memberships.length === 0 : Object.keys(rest).length === 0;
}

function describeUnknown({ type, state_key: key }: Json): string {
  const about = typeof key === "string" && key !== "" ? ` for ${visible(key)}` : "";
  return `set ${visible(String(type))}${about}`;
}

function describeMembership(pdu: Json, nameOf: NameOf, before: Membership | undefined): string {
  const user = typeof pdu.state_key === "string" ? pdu.state_key : "";
  const reason = text(pdu.content, "reason");
  const because = reason === undefined ? "" : `: ${visible(reason)}`;
  const isOwn = pdu.sender === user;
  switch (text(pdu.content, "membership")) {
    case "join":
      return before?.membership === "join" ? describeProfile(pdu, before) : "is in the room";
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

/** Who is in the room already has changed how they appear there. */
function describeProfile({ content }: Json, before: Membership): string {
  const name = text(content, "displayname");
  if (name === before.name) return "changed their picture";
  if (name === undefined) return "goes by no name any more";
  return before.name === undefined
    ? `goes by the name “${visible(name)}” now`
    : `was called “${visible(before.name)}” before`;
}
