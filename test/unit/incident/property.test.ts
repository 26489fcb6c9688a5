import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import type { Entry } from "../../../src/incident/entry.ts";
import { evolve, fold } from "../../../src/incident/evolve.ts";
import { updateConcerns } from "../../../src/incident/facts/work.ts";
import type { UserId } from "../../../src/incident/ids.ts";
import { holders, type Incident, isOnRoster, isRunning, rolesOf } from "../../../src/incident/incident.ts";
import { areExclusive, requiredRoles } from "../../../src/incident/policy.ts";
import { highestHuman, planPowerLevels } from "../../../src/room/power-levels.ts";
import { bot, Story } from "../../support/incident.ts";
import { move, play } from "../../support/moves.ts";
import { beginning, house } from "../../support/wishes.ts";

const stories = 10_000;
const mostMoves = 50;
/** Close enough that a minute has room for a loop of changes, in milliseconds. */
const pace = 7_000;

/** Every kind of fact that is still written: what never comes about in all these stories was not looked at. */
const everyFact = `
  declared reported activated room-created room-unusable invited invitation-withdrawn crowd-invited
  invitations-sent entered invite-failed joined left removed intruder-removed role-offered role-volunteered
  handover-begun handover-briefed role-reminded role-accepted role-declined role-lapsed offer-withdrawn
  role-released role-taken-over role-vacant vacancy-reminded vacancy-reported vacancy-ended severity-changed
  updated title-changed impact-stated mitigated relapsed cancelled over reopened drift drift-left
  drift-resumed archiving sealed archived recorded corrected marked unmarked redaction-ordered words-removed
  command-held command-answered caught-up playbook-started task-added task-given task-acknowledged
  task-reminded task-unanswered tasks-overdue task-done task-dropped update-reminded`
  .trim()
  .split(/\s+/);

test(`${stories} stories of what people, rooms and clocks may do leave every incident sound`, (t) => {
  const counted = new Map<string, number>();
  const property = fc.property(
    beginning,
    fc.array(move, { maxLength: mostMoves, size: "max" }),
    (first, moves) => {
      const told = new Story(house, pace).tell(first);
      let looked = look(told, undefined, 0);
      for (const made of moves) {
        const written = told.entries.length;
        play(told, looked, made);
        looked = look(told, looked, written);
      }
      assert.deepEqual(fold(JSON.parse(JSON.stringify(told.entries))), looked, "the journal alone tells all");
      for (const { type } of told.entries) counted.set(type, (counted.get(type) ?? 0) + 1);
    },
  );
  fc.assert(property, { numRuns: stories });
  t.diagnostic([...counted].map(([type, times]) => `${type} ${times}`).join(", "));
  assert.deepEqual([...counted.keys()].toSorted(), everyFact.toSorted());
});

/** Looks at what was written since, entry by entry, and at what has become of the incident by it. */
function look(told: Story, before: Incident | undefined, written: number): Incident {
  let incident = before;
  for (const entry of told.entries.slice(written)) {
    const next = evolve(incident, entry);
    if (incident !== undefined) {
      soundEntry(entry, incident, next);
      soundReminder(entry, incident);
      soundTimeline(incident, next);
      soundTasks(incident, next);
    }
    incident = next;
  }
  assert.ok(incident !== undefined);
  soundIncident(incident, told);
  return incident;
}

/** Every single entry leaves the incident sound, not only every change as a whole. */
function soundEntry(entry: Entry, before: Incident, after: Incident): void {
  for (const { name, holders: how } of house.roles.values()) {
    const held = holders(after, name);
    assert.equal(new Set(held).size, held.length, `${name} is held once by each`);
    if (how === "one") assert.ok(held.length <= 1, `${name} is held by one`);
  }
  if (entry.type !== "role-accepted" && entry.type !== "role-taken-over") return;
  const { role, user, from } = entry.data;
  assert.ok(holders(after, role).includes(user), "who takes a role has it");
  if (from === undefined) return;
  assert.ok(!holders(after, role).includes(from), "who had it loses it by the same entry");
  if (role !== "commander" || entry.type === "role-taken-over") return;
  const handover = before.offers.find((offer) => offer.role === role && offer.user === user);
  const briefed = handover?.kind === "handover" && handover.by === from && handover.brief !== undefined;
  assert.ok(briefed || entry.actor === from, "a commander is replaced by their own doing, after the brief");
}

/** Nobody is reminded too early, nor twice, of what they have done. */
function soundReminder({ type, data, eventAt }: Entry, before: Incident): void {
  switch (type) {
    case "task-reminded":
    case "task-unanswered": {
      const task = before.tasks.find(({ number }) => number === data.task);
      assert.deepEqual([task?.state, task?.acknowledgedAt], ["open", undefined]);
      assert.equal(task?.reminded, type === "task-reminded" ? undefined : "owner");
      assert.ok(eventAt - (task?.askedAt ?? eventAt) >= house.taskAnswerMs, "an owner has time to answer");
      return;
    }
    case "tasks-overdue":
      for (const { number, state, overdue, dueAt } of before.tasks) {
        if (!data.tasks.includes(number)) continue;
        assert.deepEqual([state, overdue], ["open", undefined]);
        assert.ok(dueAt !== undefined && dueAt <= eventAt, "a task is overdue once it was due");
      }
      return;
    case "update-reminded": {
      const { nextUpdateAt, updateReminded: last } = before;
      assert.ok(nextUpdateAt !== undefined && nextUpdateAt <= eventAt, "an update is late once it was due");
      if (last === undefined) return;
      assert.ok(eventAt - last.at >= house.remindAgainMs, "and the next is told after a while");
      assert.ok(updateConcerns.indexOf(data.to) > updateConcerns.indexOf(last.to), "each of them once");
    }
  }
}

/** Lines are added at the end, and keep their numbers. Words that were removed never come back. */
function soundTimeline(before: Incident, { timeline, head }: Incident): void {
  assert.deepEqual(
    timeline.map(({ number }) => number),
    timeline.map((_, index) => index + 1),
  );
  for (const [index, { number, seq, kind, writtenAt, gone }] of before.timeline.entries()) {
    const line = timeline[index];
    assert.deepEqual([line?.number, line?.seq, line?.kind, line?.writtenAt], [number, seq, kind, writtenAt]);
    if (gone === "redacted") assert.deepEqual([line?.text, line?.gone], ["", "redacted"]);
  }
  for (const { seq } of timeline.slice(before.timeline.length)) assert.equal(seq, head.seq);
}

/** Tasks keep their numbers and their words, have one owner at most, and end once. */
function soundTasks(before: Incident, { tasks }: Incident): void {
  for (const [index, { number, owner, state, ended }] of tasks.entries()) {
    assert.equal(number, index + 1);
    assert.ok(owner === undefined || Object.keys(owner).length === 1, "a person or a role");
    assert.equal(ended === undefined, state === "open");
  }
  for (const [index, task] of before.tasks.entries()) {
    assert.equal(tasks[index]?.text, task.text);
    if (task.state !== "open") assert.deepEqual(tasks[index], task, "what has ended is left alone");
  }
}

/** What is true of every incident after every change. */
function soundIncident(incident: Incident, told: Story): void {
  for (const user of Object.keys(incident.people) as readonly UserId[]) soundPerson(incident, user);
  for (const { user } of incident.offers)
    assert.ok(isOnRoster(incident, user), `${user} is asked, and not there`);
  soundLevels(incident);
  soundVacancies(incident, told);
  soundTimers(incident, told);
}

function soundPerson(incident: Incident, user: UserId): void {
  const held = rolesOf(incident, user);
  if (!isOnRoster(incident, user)) {
    assert.deepEqual(held, [], `${user} is not there and has no role`);
    return;
  }
  assert.ok(house.isMember(user), `${user} may be in no incident`);
  assert.ok(held.length > 0, `${user} is there and has a role`);
  if (held.includes("observer")) assert.deepEqual(held, ["observer"], "an observer is nothing else");
  for (const [index, role] of held.entries()) {
    for (const other of held.slice(index + 1)) {
      assert.ok(!areExclusive(house, incident.severity, role, other), `${user} is ${role} and ${other}`);
    }
  }
}

function soundLevels(incident: Incident): void {
  const { users } = planPowerLevels(incident, house, bot, "12");
  for (const [user, level] of Object.entries(users)) {
    assert.ok(level <= highestHuman, `${user} has ${level}`);
    assert.ok(Object.hasOwn(incident.people, user), `${user} has power and is nobody here`);
  }
}

function soundVacancies(incident: Incident, told: Story): void {
  const vacant = isRunning(incident)
    ? requiredRoles(house, incident.severity).filter(({ name }) => holders(incident, name).length === 0)
    : [];
  assert.deepEqual(Object.keys(incident.vacancies).toSorted(), vacant.map(({ name }) => name).toSorted());
  for (const [role, { reported }] of Object.entries(incident.vacancies)) {
    const waits = told.timers.some(({ brings }) => brings.type === "vacancy-due" && brings.role === role);
    assert.ok(reported || waits, `nothing is done about the vacancy of ${role}`);
  }
}

function soundTimers(incident: Incident, { timers }: Story): void {
  assert.equal(new Set(timers.map(({ key }) => key)).size, timers.length, "every wait has a name of its own");
  if (isRunning(incident)) return;
  assert.deepEqual(incident.offers, []);
  const others = ["drift-rested", "held-expired"];
  const left = timers.map(({ brings }) => brings.type).filter((type) => !others.includes(type));
  assert.deepEqual(left, incident.closing === undefined ? ["grace-ended"] : []);
  if (incident.closing !== undefined) assert.deepEqual(timers, []);
}
