import { defaultRoles, resolveRoles } from "../../src/config/role.ts";
import { type Decision, decide, isRefusal } from "../../src/incident/decide.ts";
import type { Actor, Entry } from "../../src/incident/entry.ts";
import { fold } from "../../src/incident/evolve.ts";
import type { Fact } from "../../src/incident/fact.ts";
import type { UserId } from "../../src/incident/ids.ts";
import type { Incident } from "../../src/incident/incident.ts";
import type { Intent, Observation } from "../../src/incident/intent.ts";
import { observe } from "../../src/incident/observe.ts";
import type { Policy } from "../../src/incident/policy.ts";
import { chain, genesis } from "../../src/journal/chain.ts";
import type { View } from "../../src/words/view.ts";

export const alice: UserId = "@alice:bank.example";
export const bob: UserId = "@bob:bank.example";
export const carol: UserId = "@carol:bank.example";
export const dave: UserId = "@dave:bank.example";
/** Of the house, but neither allowed to open incidents nor to command. */
export const clerk: UserId = "@clerk:bank.example";
/** Of another house. */
export const stranger: UserId = "@eve:elsewhere.example";
export const bot: UserId = "@cordon:bank.example";

/** When everything in these stories begins: 20 November 2026, 19:00 UTC. */
export const noon = Date.UTC(2026, 10, 20, 19);
export const minute = 60_000;

/** The default roles, in a house where everybody but the clerk may open incidents and command. */
export const policy: Policy = {
  roles: resolveRoles(defaultRoles, { members: ["@*:bank.example"], commanders: ["@*:bank.example"] }),
  acceptWithinMs: 5 * minute,
  updateEveryMs: { sev1: 15 * minute, sev2: 30 * minute, sev3: 60 * minute },
  graceMs: 30 * minute,
  isMember: (user) => user.endsWith(":bank.example") && user !== bot,
  mayDeclare: (user) => user.endsWith(":bank.example") && user !== bot && user !== clerk,
  mayHold: (role, user) =>
    user.endsWith(":bank.example") &&
    user !== bot &&
    (user !== clerk || (role !== "commander" && role !== "deputy")),
  isAdministrator: (user) => user === dave,
};

export const view: View = {
  prefix: "!inc",
  bot,
  timeZone: "UTC",
  names: { [alice]: "Alice", [bob]: "Bob", [carol]: "Carol", [dave]: "Dave" },
  roles: [...policy.roles.values()].sort((a, b) => b.level - a.level).map((role) => role.name),
};

/** What somebody said, or the service saw, a minute after what came before. */
export type Step = readonly [UserId, Intent] | readonly [Observation];

/** An incident as it grows: every step that is not refused becomes entries of a journal. */
export class Story {
  readonly entries: Entry[] = [];
  incident: Incident | undefined;
  #at = noon;

  /** Takes a step. A refusal changes nothing, and is given back. */
  take(step: Step): Decision {
    this.#at += minute;
    if (step.length === 1) return this.#see(step[0]);
    const [actor, intent] = step;
    const decision = decide(this.incident, intent, { actor, at: this.#at, policy });
    if (!isRefusal(decision)) this.write(actor, decision);
    return decision;
  }

  /** Adds facts as one change of the journal. */
  write(actor: Actor, facts: readonly Fact[]): void {
    for (const fact of facts) {
      const head = this.entries.at(-1) ?? genesis;
      const circumstances = {
        actor,
        actorRoles: [],
        eventAt: this.#at,
        recordedAt: this.#at,
        cause: `$${this.#at}`,
      };
      this.entries.push(chain("INC-0042", head, fact, circumstances));
    }
    this.incident = fold(this.entries);
  }

  #see(seen: Observation): readonly Fact[] {
    if (this.incident === undefined) return [];
    const facts = observe(this.incident, seen, policy);
    this.write("cordon", facts);
    return facts;
  }
}

export const room = "!room42";
const declareIt: Step = [
  alice,
  { type: "declare", title: "Payments fail", severity: "sev3", people: [bob, carol] },
];

/**
 * An incident opened by Alice with Bob and Carol, everyone in its room, after these steps besides.
 * Errors: where a step is refused, since then it is not the story that was meant.
 */
export function after(...steps: readonly Step[]): Incident {
  return story(...steps).incident;
}

/** The same, with its journal. */
export function story(...steps: readonly Step[]): {
  readonly incident: Incident;
  readonly entries: readonly Entry[];
} {
  const told = new Story();
  const inRoom: readonly Step[] = [alice, bob, carol].map((user) => [{ type: "member-joined", user }]);
  const made: Step = [{ type: "room-created", room, version: "12", encrypted: false }];
  for (const step of [declareIt, made, ...inRoom, ...steps]) {
    const decision = told.take(step);
    if (isRefusal(decision)) throw new Error(`${JSON.stringify(step)} was refused: ${decision.refused}`);
  }
  if (told.incident === undefined) throw new Error("The story has no beginning.");
  return { incident: told.incident, entries: told.entries };
}

/** Somebody is asked to take a role, and takes it. */
export function gives(by: UserId, role: string, user: UserId): readonly Step[] {
  return [
    [by, { type: "offer-role", role, user }],
    [user, { type: "accept-role", role }],
  ];
}

/** Alice keeps command; Bob becomes deputy, Carol reads along. */
export const led: readonly Step[] = [[alice, { type: "accept-role" }], ...gives(alice, "deputy", bob)];

export const over: Step = [alice, { type: "close", summary: "rolled back" }];
export const sealed: readonly Step[] = [[alice, { type: "archive" }], [{ type: "sealed", event: "$seal" }]];
export const archived: Step = [
  {
    type: "archived",
    name: "INC-0042--2026-11-20T190411Z",
    digest: "ab".repeat(32),
    events: 40,
    verdict: "proven",
  },
];
