import type { Fact } from "../../src/incident/fact.ts";
import type { RoomId, UserId } from "../../src/incident/ids.ts";
import { bot } from "./incident.ts";

/** Everyone on an incident's roster, one for every kind of standing there is. */
export const insiders = [
  "commander",
  /** Commands only until somebody accepts it, as whoever opened the incident does. */
  "acting",
  "deputy",
  "scribe",
  "comms",
  "ops",
  /** Holds a role of this installation's own, without rights. */
  "liaison",
  /** Holds a role of this installation's own, with the right to invite. */
  "porter",
  /** The same, with the right to give out roles. */
  "usher",
  "responder",
  /** A responder who may neither open incidents nor command. */
  "clerk",
  /** A responder who reported it, and may not command. */
  "reporter",
  "observer",
  /** An observer who is asked to take a role. */
  "asked",
  /** Invited, and not in the room yet. */
  "invited",
  /** An administrator who let themselves in. */
  "entered",
  /** An administrator who was invited to read along. */
  "overseer",
] as const;

/** Everyone who is not on it. */
export const outsiders = [
  /** An administrator. */
  "warden",
  /** Was on it once. */
  "removed",
  /** Never was. */
  "never",
  /** Of another house, and not among those this service is for. */
  "stranger",
] as const;

export const actors = [...insiders, ...outsiders, "bot"] as const;
export type Actor = (typeof actors)[number];

export function idOf(actor: Actor): UserId {
  if (actor === "bot") return bot;
  return actor === "stranger" ? "@stranger:elsewhere.example" : named(actor);
}

/** Others on the roster: those that commands speak of, and one who offers to be of the ops. */
const mentioned = ["bob", "carol", "dave"].map(named);
export const volunteer = named("vera");
/** What the volunteer offers to be, and the asked one is asked to be. */
export const offered = "ops";

function named(name: string): UserId {
  return `@${name}:bank.example`;
}

const mayOpen = actors.filter((actor) => !["clerk", "stranger", "bot"].includes(actor)).map(idOf);
const mayCommand = [...mayOpen.filter((user) => user !== idOf("reporter")), named("bob")];

/** The configuration of their house. */
export const settings = {
  homeserver: { url: "http://127.0.0.1:9", server_name: "bank.example" },
  access: {
    administrators: (["warden", "entered", "overseer"] as const).map(idOf),
    declare: mayOpen,
    commanders: mayCommand,
  },
  roles: { definitions: { liaison: {}, porter: { rights: ["invite"] }, usher: { rights: ["offer-role"] } } },
};

/** How far an incident has come: its states, and the time between the lock of its room and its archive. */
export const stages = ["triage", "active", "mitigated", "over", "cancelled", "closing", "archived"] as const;
export type Stage = (typeof stages)[number];

/** A title that nobody outside the incident's room may ever read. */
export const title = "Canary payments fail";

/** Who commands: somebody who accepted that, or whoever opened it, until somebody does. */
export type Lead = "commander" | "acting";

/** What an incident is like before anything is typed: who opened it, and everything that followed. */
export interface Past {
  readonly openedBy: UserId;
  readonly opening: Fact;
  readonly since: readonly Fact[];
}

/**
 * How an incident came to a stage, with everyone in their place. It has a commander who accepted, or it is
 * led still by whoever opened it.
 */
export function pastOf(stage: Stage, lead: Lead, room: RoomId): Past {
  const [opener, role, missing] =
    lead === "acting"
      ? (["acting", "commander", "commander"] as const)
      : (["reporter", "deputy", "acting"] as const);
  const present = insiders.filter((actor) => actor !== missing);
  const others = present.filter((actor) => actor !== opener);
  return {
    openedBy: idOf(opener),
    opening: { type: "reported", data: { title, role } },
    since: [
      { type: "room-created", data: { room, version: "12" } },
      { type: "joined", data: { user: idOf(opener) } },
      ...[...others.map(idOf), idOf("removed"), ...mentioned, volunteer].flatMap(arrival),
      ...present.flatMap(duty),
      { type: "role-offered", data: { role: offered, user: idOf("asked") } },
      { type: "role-volunteered", data: { role: offered, user: volunteer } },
      { type: "removed", data: { user: idOf("removed"), vacated: [], reason: "not needed any more" } },
      ...[1, 2, 3].flatMap(said),
      ...course[stage],
    ],
  };
}

/** Something on the timeline, and something to be done. */
function said(nth: number): readonly Fact[] {
  return [
    { type: "recorded", data: { kind: "note", text: `note ${nth}` } },
    { type: "task-added", data: { text: `task ${nth}`, owner: { user: idOf("ops") } } },
  ];
}

/** Another incident, under way, in which everybody of the house is. */
export function pastOfOther(room: RoomId): Past {
  const house = actors.filter((actor) => actor !== "stranger" && actor !== "bot").map(idOf);
  return {
    openedBy: idOf("commander"),
    opening: { type: "declared", data: { title, severity: "sev3", role: "commander" } },
    since: [
      { type: "room-created", data: { room, version: "12" } },
      ...house.map((user): Fact => ({ type: "invited", data: { user, role: "responder" } })),
      ...house.map((user): Fact => ({ type: "joined", data: { user } })),
    ],
  };
}

const readers: readonly UserId[] = (["observer", "asked", "overseer"] as const).map(idOf);

function arrival(user: UserId): readonly Fact[] {
  const joined: Fact = { type: "joined", data: { user } };
  if (user === idOf("entered")) {
    const data = { user, role: "responder", reason: "nobody else answers" };
    return [{ type: "entered", data }, joined];
  }
  const role = readers.includes(user) ? "observer" : "responder";
  const invited: Fact = { type: "invited", data: { user, role } };
  return user === idOf("invited") ? [invited] : [invited, joined];
}

/** The role that somebody is called by. */
function duty(actor: Actor): readonly Fact[] {
  const roles: readonly Actor[] = [
    "commander",
    "deputy",
    "scribe",
    "comms",
    "ops",
    "liaison",
    "porter",
    "usher",
  ];
  return roles.includes(actor) ? [{ type: "role-accepted", data: { role: actor, user: idOf(actor) } }] : [];
}

const active: readonly Fact[] = [{ type: "activated", data: { severity: "sev3" } }];
const over: readonly Fact[] = [...active, { type: "over", data: { summary: "rolled back", missing: [] } }];
const closing: readonly Fact[] = [...over, { type: "archiving", data: {} }];

const course: Readonly<Record<Stage, readonly Fact[]>> = {
  triage: [],
  active,
  mitigated: [...active, { type: "mitigated", data: { how: "switched over" } }],
  over,
  cancelled: [...active, { type: "cancelled", data: { reason: "false-alarm" } }],
  closing,
  archived: [
    ...closing,
    { type: "sealed", data: { event: "$seal" } },
    { type: "archived", data: { name: "INC", digest: "ab".repeat(32), events: 40, verdict: "proven" } },
  ],
};
