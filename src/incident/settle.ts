import type { Actor } from "./entry.ts";
import { project } from "./evolve.ts";
import type { Fact } from "./fact.ts";
import type { UserId } from "./ids.ts";
import { holders, type Incident, isRunning, rolesOf } from "./incident.ts";
import { areExclusive, crowdFrom, holdsIn, type Policy, type RoleName, requiredRoles } from "./policy.ts";

/** When and by whom the facts came about. */
interface Moment {
  readonly actor: Actor;
  readonly at: number;
  readonly policy: Policy;
}

/**
 * The facts and what follows from them by itself: of two roles that may not be held together the lesser is
 * given up, required roles that nobody holds are vacant from this moment on, checklists begin, what was asked
 * about ends with the incident, and many who are invited at once are a crowd.
 */
export function settled(
  incident: Incident | undefined,
  facts: readonly Fact[],
  moment: Moment,
): readonly Fact[] {
  if (facts.length === 0) return facts;
  const given = [...facts, ...conflicts(project(incident, facts, moment), moment.policy)];
  const after = project(incident, given, moment);
  return [
    ...given,
    ...vacancies(after, moment.policy),
    ...checklists(after, moment.policy),
    ...unanswered(incident, after),
    ...crowd(facts),
  ];
}

/** What was asked about and not answered before the incident ended is left. */
function unanswered(before: Incident | undefined, after: Incident | undefined): readonly Fact[] {
  if (before === undefined || after === undefined || isRunning(after) || !isRunning(before)) return [];
  return before.held.map(({ command }) => ({
    type: "command-answered",
    data: { command, answer: "expired" },
  }));
}

/** The checklists of this severity begin as the configuration has them now, and stay so. */
function checklists(incident: Incident | undefined, policy: Policy): readonly Fact[] {
  if (incident === undefined || incident.state === "triage" || !isRunning(incident)) return [];
  return policy.playbooks
    .filter(
      ({ name, severities }) =>
        holdsIn(severities, incident.severity) && !Object.hasOwn(incident.playbooks, name),
    )
    .map(({ name, version, items }) => ({ type: "playbook-started", data: { name, version, items } }));
}

/** Of many invited at once one summary is told in the end. */
function crowd(facts: readonly Fact[]): readonly Fact[] {
  const people = facts.filter((fact) => fact.type === "invited").length;
  return people < crowdFrom ? [] : [{ type: "crowd-invited", data: { people } }];
}

/** Roles that somebody holds beside one that excludes them: a severity has risen, or command was taken. */
function conflicts(incident: Incident | undefined, policy: Policy): readonly Fact[] {
  if (incident === undefined) return [];
  const people = new Set(Object.values(incident.roles).flatMap((held) => held.map(({ user }) => user)));
  return [...people].flatMap((user) => lesserRoles(incident, user, policy));
}

function lesserRoles(incident: Incident, user: UserId, policy: Policy): readonly Fact[] {
  const levelOf = (role: RoleName) => policy.roles.get(role)?.level ?? 0;
  const held = [...rolesOf(incident, user)].sort((a, b) => levelOf(b) - levelOf(a));
  const kept: RoleName[] = [];
  return held.flatMap((role): readonly Fact[] => {
    const excludedBy = kept.find((other) => areExclusive(policy, incident.severity, other, role));
    if (excludedBy !== undefined) return [{ type: "role-released", data: { role, user, excludedBy } }];
    kept.push(role);
    return [];
  });
}

function vacancies(incident: Incident | undefined, policy: Policy): readonly Fact[] {
  if (incident === undefined || !isRunning(incident)) return [];
  const needed = requiredRoles(policy, incident.severity)
    .map((role) => role.name)
    .filter((role) => holders(incident, role).length === 0);
  const known = Object.keys(incident.vacancies);
  return [
    ...needed
      .filter((role) => !known.includes(role))
      .map((role): Fact => ({ type: "role-vacant", data: { role } })),
    ...known
      .filter((role) => !needed.includes(role))
      .map((role): Fact => ({ type: "vacancy-ended", data: { role } })),
  ];
}
