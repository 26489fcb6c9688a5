import type { Person } from "../../src/demo/person.ts";
import { type JsonObject, object } from "../../src/matrix/event.ts";
import type { EventId, RoomId, UserId } from "../../src/matrix/ids.ts";
import { roles } from "./role-room.ts";

/** Everybody who tries: one in each role, one who was in the incident and one who never was. */
export const cast = [...roles, "removed", "never"] as const;
export type Name = (typeof cast)[number];

export const phases = ["active", "over", "archived"] as const;
export type Phase = (typeof phases)[number];

export const leaders = ["commander", "deputy"] as const;
export type Leader = (typeof leaders)[number];

const nobody: readonly Name[] = [];
const pinners: readonly Name[] = [...leaders, "scribe", "comms"];
const posters: readonly Name[] = [...pinners, "ops", "responder"];

/** Who tries, and what there is to try it on. */
export interface Trying {
  readonly person: Person;
  readonly room: RoomId;
  /** A text that nobody else uses: what is already so would not be looked at. */
  readonly unique: string;
  readonly card: EventId;
  /** A message of the person's own that stands, and one to be redacted; somebody else's where they have none. */
  readonly own: EventId;
  readonly slip: EventId;
  readonly foreign: EventId;
  /** Somebody to invite, and somebody to remove. */
  readonly guest: UserId;
  readonly leaver: UserId;
}

interface Row {
  readonly what: string;
  readonly attempt: (trying: Trying) => Promise<unknown>;
  readonly may: Readonly<Record<Phase, readonly Name[]>>;
}

const whilePosting = { active: posters, over: leaders, archived: nobody };
const whilePinning = { active: pinners, over: leaders, archived: nobody };
const whileLeading = { active: leaders, over: leaders, archived: nobody };
const never = { active: nobody, over: nobody, archived: nobody };

function state(type: string, content: (trying: Trying) => JsonObject, key = "") {
  return (trying: Trying) => trying.person.sendState(trying.room, type, key, content(trying));
}

/** What each role can do in the room with nothing but its power level. Everybody else is refused. */
export const table: readonly Row[] = [
  { what: "post", attempt: ({ person, room }) => person.say(room, "hello"), may: whilePosting },
  { what: "edit", attempt: ({ person, room, own }) => person.edit(room, own, "hi"), may: whilePosting },
  {
    what: "react",
    attempt: ({ person, room, card, unique }) => person.react(room, card, unique),
    may: whilePosting,
  },
  {
    what: "reply in a thread",
    attempt: ({ person, room, card }) => person.say(room, "there", { thread: card }),
    may: whilePosting,
  },
  {
    what: "redact one's own",
    attempt: ({ person, room, slip }) => person.redact(room, slip),
    may: whilePosting,
  },
  {
    what: "redact another's",
    attempt: ({ person, room, foreign }) => person.redact(room, foreign),
    may: never,
  },
  {
    what: "join a call",
    attempt: ({ person, room, unique }) =>
      person.sendState(room, "org.matrix.msc3401.call.member", person.userId, { unique }),
    may: whilePosting,
  },
  {
    what: "join a call, by its coming name",
    attempt: ({ person, room, unique }) =>
      person.sendState(room, "m.call.member", `_${person.userId}_PHONE`, { unique }),
    may: whilePosting,
  },
  {
    what: "put somebody else into a call",
    attempt: ({ person, room, leaver }) =>
      person.sendState(room, "org.matrix.msc3401.call.member", leaver, { focus: "here" }),
    may: never,
  },
  {
    what: "pin",
    attempt: state("m.room.pinned_events", ({ card, own, foreign, unique }) => ({
      pinned: [card, foreign, own],
      unique,
    })),
    may: whilePinning,
  },
  { what: "invite", attempt: ({ person, room, guest }) => person.invite(room, guest), may: whileLeading },
  {
    what: "invite by email",
    attempt: ({ person, room, unique }) =>
      person.sendState(room, "m.room.third_party_invite", person.userId.slice(1), { display_name: unique }),
    may: whileLeading,
  },
  { what: "remove", attempt: ({ person, room, leaver }) => person.kick(room, leaver), may: whileLeading },
  {
    what: "ban",
    attempt: ({ person, room, leaver }) =>
      person.call("POST", `/_matrix/client/v3/rooms/${encodeURIComponent(room)}/ban`, { user_id: leaver }),
    may: never,
  },
  { what: "topic", attempt: state("m.room.topic", ({ unique }) => ({ topic: unique })), may: never },
  { what: "name", attempt: state("m.room.name", ({ unique }) => ({ name: unique })), may: never },
  {
    what: "avatar",
    attempt: state("m.room.avatar", ({ unique }) => ({ url: "mxc://cordon.test/a", unique })),
    may: never,
  },
  {
    what: "power levels",
    attempt: async ({ person, room }) => {
      const levels = await person.state(room, "m.room.power_levels");
      const users = { ...object(levels, "users"), [person.userId]: 61 };
      return person.sendState(room, "m.room.power_levels", "", { ...levels, users });
    },
    may: never,
  },
  {
    what: "join rule",
    attempt: state("m.room.join_rules", ({ unique }) => ({ join_rule: "public", unique })),
    may: never,
  },
  {
    what: "history visibility",
    attempt: state("m.room.history_visibility", ({ unique }) => ({
      history_visibility: "world_readable",
      unique,
    })),
    may: never,
  },
  {
    what: "guest access",
    attempt: state("m.room.guest_access", ({ unique }) => ({ guest_access: "can_join", unique })),
    may: never,
  },
  {
    what: "encryption",
    attempt: state("m.room.encryption", () => ({ algorithm: "m.megolm.v1.aes-sha2" })),
    may: never,
  },
  {
    what: "server access list",
    attempt: state("m.room.server_acl", ({ unique }) => ({ allow: ["*"], unique })),
    may: never,
  },
  {
    what: "widget",
    attempt: state("im.vector.modular.widgets", ({ unique }) => ({ type: "customwidget", unique }), "w"),
    may: never,
  },
  {
    what: "main address",
    attempt: state("m.room.canonical_alias", ({ unique }) => ({ unique })),
    may: never,
  },
  {
    what: "replacement room",
    attempt: state("m.room.tombstone", ({ unique }) => ({ body: unique, replacement_room: "!other" })),
    may: never,
  },
  {
    what: "published role",
    attempt: state("org.cordon.role", ({ person }) => ({ users: [person.userId] }), "commander"),
    may: never,
  },
  {
    what: "list in the room directory",
    attempt: ({ person, room }) =>
      person.call("PUT", `/_matrix/client/v3/directory/list/room/${encodeURIComponent(room)}`, {
        visibility: "public",
      }),
    may: never,
  },
];
