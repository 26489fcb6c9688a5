import { defaultRoles, resolveRoles } from "../../src/config/role.ts";
import { decide } from "../../src/incident/decide.ts";
import { type Context, type Decision, isRefusal } from "../../src/incident/decision.ts";
import type { Actor, Entry } from "../../src/incident/entry.ts";
import { evolve, fold } from "../../src/incident/evolve.ts";
import type { Fact } from "../../src/incident/fact.ts";
import { heldCause } from "../../src/incident/fold/record.ts";
import type { EventId, UserId } from "../../src/incident/ids.ts";
import type { Incident } from "../../src/incident/incident.ts";
import type { Intent, Observation } from "../../src/incident/intent.ts";
import { observe } from "../../src/incident/observe.ts";
import type { Policy } from "../../src/incident/policy.ts";
import { type Timer, timersOf } from "../../src/incident/timers.ts";
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
  silentAfterMs: 10 * minute,
  vacancyFirstMs: 2 * minute,
  vacancyAgainMs: 5 * minute,
  updateEveryMs: { sev1: 15 * minute, sev2: 30 * minute, sev3: 60 * minute },
  updateEveryMitigatedMs: { sev1: 30 * minute, sev2: 60 * minute, sev3: 120 * minute },
  remindAgainMs: 5 * minute,
  taskAnswerMs: 2 * minute,
  playbooks: [],
  graceMs: 30 * minute,
  isMember: (user) => user.endsWith(":bank.example") && user !== bot,
  mayDeclare: (user) => user.endsWith(":bank.example") && user !== bot && user !== clerk,
  mayHold: (role, user) =>
    user.endsWith(":bank.example") &&
    user !== bot &&
    (user !== clerk || (role !== "commander" && role !== "deputy")),
  isAdministrator: (user) => user === dave,
};

/** The same house, where nobody waits for updates: for stories of other waits. */
export const unhurried: Policy = { ...policy, updateEveryMs: {}, updateEveryMitigatedMs: {} };

export const view: View = {
  prefix: "!inc",
  bot,
  timeZone: "UTC",
  names: { [alice]: "Alice", [bob]: "Bob", [carol]: "Carol", [dave]: "Dave" },
  roles: [...policy.roles.values()].sort((a, b) => b.level - a.level).map((role) => role.name),
  server: "bank.example",
  administratorsHear: true,
};

/** What somebody said, or the service saw. */
export type Step = readonly [UserId, Intent] | readonly [Observation];

/**
 * An incident as it grows: every step that is not refused becomes entries of a journal. It has a clock of its
 * own, on which its timers come due.
 */
export class Story {
  readonly entries: Entry[] = [];
  incident: Incident | undefined;
  /** Milliseconds since the epoch. */
  now = noon;
  readonly #heard: Record<UserId, number> = {};
  readonly #house: Policy;
  readonly #pace: number;

  /** @param pace how long after what came before a step is taken, in milliseconds */
  constructor(house: Policy = policy, pace: number = minute) {
    this.#house = house;
    this.#pace = pace;
  }

  /** Takes a step. A refusal changes nothing, and is given back. */
  take(step: Step): Decision {
    this.now += this.#pace;
    return step.length === 1 ? this.see(step[0]) : this.#say(...step);
  }

  /** Takes steps. Errors: where one is refused, since then it is not the story that was meant. */
  tell(...steps: readonly Step[]): this {
    for (const step of steps) {
      const decision = this.take(step);
      if (isRefusal(decision)) throw new Error(`${JSON.stringify(step)} was refused: ${decision.refused}`);
    }
    return this;
  }

  /** Lets time pass. Every timer that comes due in it is taken at its moment. */
  pass(ms: number): readonly Fact[] {
    return this.#keepTime(this.now, this.now + ms);
  }

  /** The service is down for so long: what came due meanwhile is taken when it is back. */
  outage(ms: number): readonly Fact[] {
    const back = this.now + ms;
    return this.#keepTime(back, back);
  }

  /** The service starts again, and knows nothing but the journal. */
  restart(): void {
    this.incident = fold(JSON.parse(JSON.stringify(this.entries)));
  }

  /** Somebody is asked whether what they typed is still meant. */
  hold(actor: UserId, command: EventId, why: "late" | "before-impact" = "late"): void {
    const asked = { command, name: "note", why, sentAt: this.now };
    this.write(actor, [{ type: "command-held", data: asked }]);
  }

  /**
   * They answer: what is still meant is decided as things are now, and what is not is dropped. The question
   * is answered on the journal either way.
   *
   * @param intent what was typed, where they say that it is meant
   */
  answerHeld(command: EventId, intent?: Intent): Decision {
    const actor = this.incident?.held.find((held) => held.command === command)?.by ?? alice;
    const decision = intent === undefined ? [] : this.#decide(actor, intent, { confirmed: true });
    const isDone = intent !== undefined && !isRefusal(decision);
    const answered = { command, answer: isDone ? "confirmed" : "dropped" } as const;
    const facts = isRefusal(decision) ? [] : decision;
    this.write(actor, [{ type: "command-answered", data: answered }, ...facts], heldCause + command);
    return decision;
  }

  /** Adds facts as one change of the journal. */
  write(actor: Actor, facts: readonly Fact[], cause = `$${this.now}`): void {
    for (const fact of facts) {
      const circumstances = {
        actor,
        actorRoles: [],
        eventAt: this.now,
        recordedAt: this.now,
        cause,
      };
      const entry = chain("INC-0042", this.entries.at(-1) ?? genesis, fact, circumstances);
      this.entries.push(entry);
      this.incident = evolve(this.incident, entry);
    }
  }

  /** The timers that run now, the first to come due first. */
  get timers(): readonly Timer[] {
    if (this.incident === undefined) return [];
    return timersOf(this.incident, this.#house).toSorted((a, b) => a.dueAt - b.dueAt);
  }

  #say(actor: UserId, intent: Intent): Decision {
    const decision = this.#decide(actor, intent);
    this.#heard[actor] = this.now;
    if (!isRefusal(decision)) this.write(actor, decision);
    return decision;
  }

  #decide(actor: UserId, intent: Intent, more: { readonly confirmed?: boolean } = {}): Decision {
    const context = { actor, at: this.now, policy: this.#house, heard: this.#heard, ...more };
    return decide(this.incident, intent, context);
  }

  /** What the service sees at this moment. */
  see(seen: Observation): readonly Fact[] {
    if (this.incident === undefined) return [];
    const facts = observe(this.incident, seen, { at: this.now, policy: this.#house });
    this.write("cordon", facts);
    return facts;
  }

  #keepTime(from: number, until: number): readonly Fact[] {
    const facts: Fact[] = [];
    for (let [next] = this.timers; next !== undefined && next.dueAt <= until; [next] = this.timers) {
      this.now = Math.max(from, next.dueAt);
      facts.push(...this.see(next.brings));
    }
    this.now = until;
    return facts;
  }
}

export const room = "!room42";
const declareIt: Step = [
  alice,
  { type: "declare", title: "Payments fail", severity: "sev3", people: [bob, carol] },
];
export const made: Step = [{ type: "room-created", room, version: "12", encrypted: false }];
export const joins = (user: UserId): Step => [{ type: "member-joined", user }];

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
  const told = underWay().tell(...steps);
  return { incident: known(told), entries: told.entries };
}

/** The same, to be told on. */
export function underWay(house?: Policy): Story {
  return new Story(house).tell(declareIt, made, ...[alice, bob, carol].map(joins));
}

/** The incident of a story that has begun. */
export function known({ incident }: Story): Incident {
  if (incident === undefined) throw new Error("The story has no beginning.");
  return incident;
}

/** What would follow if somebody said this, at noon unless said otherwise. Nothing is changed. */
export function says(
  incident: Incident | undefined,
  actor: UserId,
  intent: Intent,
  circumstances: Partial<Omit<Context, "actor">> = {},
): Decision {
  return decide(incident, intent, { actor, at: noon, policy, ...circumstances });
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
export const removedLater: Step = [
  { type: "message-removed", message: "$said", by: alice, spoken: false, sealed: true },
];
export const revised: Step = [
  {
    type: "revised",
    name: "INC-0042--2026-11-20T190411Z-r2",
    digest: "cd".repeat(32),
    events: 40,
    verdict: "proven",
    upTo: 1,
  },
];
