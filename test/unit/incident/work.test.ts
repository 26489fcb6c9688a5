import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { isRefusal } from "../../../src/incident/decision.ts";
import type { Owner } from "../../../src/incident/facts/work.ts";
import type { UserId } from "../../../src/incident/ids.ts";
import type { Task } from "../../../src/incident/incident.ts";
import type { Policy } from "../../../src/incident/policy.ts";
import { openTasks, ownersOf } from "../../../src/incident/work.ts";
import {
  after,
  alice,
  bob,
  carol,
  dave,
  gives,
  known,
  led,
  minute,
  noon,
  over,
  type Step,
  Story,
  says,
  underWay,
  unhurried,
} from "../../support/incident.ts";

const text = "compare the queues";
const asks = (owner: Owner, dueAt?: number): Step => [
  alice,
  { type: "add-task", owner, text, ...(dueAt === undefined ? {} : { dueAt }) },
];
const asksBob = asks({ user: bob });
const acknowledges = (user: UserId, task = 1): Step => [user, { type: "acknowledge-task", task }];
const finishes = (user: UserId, task = 1): Step => [user, { type: "finish-task", task }];
const drops = (user: UserId, task = 1): Step => [user, { type: "drop-task", task, reason: "not needed" }];
const passes = (user: UserId, to: UserId, task = 1): Step => [
  user,
  { type: "give-task", task, owner: { user: to } },
];

function task(told: Story, number: number): Task {
  const found = known(told).tasks[number - 1];
  assert.ok(found !== undefined, `there is no task ${number}`);
  return found;
}

/** Whose a task is now. */
function owners(told: Story, number = 1): readonly UserId[] {
  return ownersOf(known(told), task(told, number));
}

describe("a task", () => {
  test("is one person's, or that of the one who holds a role", () => {
    const told = underWay().tell(...led, asksBob, asks({ role: "deputy" }), asks({ role: "scribe" }));
    assert.deepEqual([owners(told, 1), owners(told, 2)], [[bob], [bob]]);
    assert.deepEqual(owners(told, 3), [], "that of a vacant role waits for whoever takes it");
  });

  test("is nobody's where several hold the role, or everybody has it", () => {
    const two = after(...led, ...gives(alice, "ops", carol), ...gives(alice, "ops", bob));
    for (const [role, holders] of [
      ["ops", [carol, bob]],
      ["responder", []],
    ] as const) {
      const decision = says(two, alice, { type: "add-task", owner: { role }, text });
      assert.deepEqual(decision, { refused: "several-owners", role, holders });
    }
  });

  test("is for somebody who is there, and for a role that there is", () => {
    for (const [owner, refusal] of [
      [{ user: dave }, { refused: "not-there", user: dave }],
      [{ role: "wizard" }, { refused: "unknown-role", role: "wizard" }],
    ] as const) {
      assert.deepEqual(says(after(), alice, { type: "add-task", owner, text }), refusal);
      assert.deepEqual(says(after(asksBob), alice, { type: "give-task", task: 1, owner }), refusal);
    }
  });

  test("of a role moves with the role, that of a person stays with the person", () => {
    const told = underWay().tell(...led, asks({ role: "commander" }), asks({ user: alice }));
    told.tell(
      [alice, { type: "handover", user: carol }],
      [{ type: "brief-given", role: "commander", user: carol, brief: "$brief" }],
      [carol, { type: "accept-role" }],
    );
    assert.deepEqual([owners(told, 1), owners(told, 2)], [[carol], [alice]]);
  });

  test("is done by whoever says so, once", () => {
    const told = underWay().tell(asksBob, [carol, { type: "finish-task", task: 1, text: "they are equal" }]);
    const { state, ended } = task(told, 1);
    assert.deepEqual([state, ended], ["done", { at: told.now, by: carol, text: "they are equal" }]);
    for (const step of [finishes(bob), drops(alice), passes(alice, carol), acknowledges(bob)]) {
      assert.deepEqual(told.take(step), { refused: "task-ended", task: 1, state: "done" });
    }
  });

  test("is dropped or passed on by its owner, by commander and deputy, and by nobody else", () => {
    const told = underWay().tell(...led, asks({ user: carol }), asksBob);
    for (const step of [drops(carol, 2), passes(carol, carol, 2)]) {
      assert.deepEqual(told.take(step), { refused: "not-owner", task: 2, owner: { user: bob } });
    }
    told.tell(passes(carol, bob), drops(alice, 1), passes(bob, carol, 2), drops(carol, 2));
    assert.deepEqual(
      known(told).tasks.map(({ state, ended }) => [state, ended?.by, ended?.text]),
      [
        ["dropped", alice, "not needed"],
        ["dropped", carol, "not needed"],
      ],
    );
  });

  test("keeps its number: the next one is counted on", () => {
    const told = underWay().tell(asksBob, finishes(bob), asksBob, drops(alice, 2), asksBob);
    assert.deepEqual(openTasks(known(told)), [3]);
    assert.deepEqual(told.take(finishes(bob, 4)), { refused: "no-task", task: 4, open: [3] });
  });

  test("is nothing for who only reads", () => {
    const incident = after([alice, { type: "invite", users: [dave], role: "observer" }], asksBob);
    const add = says(incident, dave, { type: "add-task", owner: { user: bob }, text });
    assert.ok(isRefusal(add) && add.refused === "not-entitled");
  });
});

describe("an owner", () => {
  test("acknowledges, and nobody does it for them", () => {
    const told = underWay().tell(asksBob);
    assert.deepEqual(told.take(acknowledges(alice)), {
      refused: "not-owner",
      task: 1,
      owner: { user: bob },
    });
    told.tell(acknowledges(bob));
    assert.equal(task(told, 1).acknowledgedAt, told.now);
    assert.deepEqual(told.take(acknowledges(bob)), [], "twice says nothing new");
  });

  test("is whoever holds the role now", () => {
    const told = underWay().tell(...led, asks({ role: "deputy" }));
    const decision = told.take(acknowledges(carol));
    assert.ok(isRefusal(decision) && decision.refused === "not-owner");
    told.tell(acknowledges(bob));
  });

  test("is reminded once after two minutes, then the commander is told, and that is the end of it", () => {
    const told = underWay(unhurried).tell(asksBob);
    assert.deepEqual(told.pass(2 * minute - 1), []);
    assert.deepEqual(told.pass(1), [{ type: "task-reminded", data: { task: 1 } }]);
    assert.deepEqual(told.pass(2 * minute - 1), []);
    assert.deepEqual(told.pass(1), [{ type: "task-unanswered", data: { task: 1 } }]);
    assert.deepEqual(told.pass(600 * minute), []);
  });

  test("is not reminded once they have acknowledged, or it is done, dropped or waived", () => {
    const waives: Step = [alice, { type: "close", summary: "rolled back", anyway: "enough" }];
    for (const step of [acknowledges(bob), finishes(bob), drops(alice), waives]) {
      assert.deepEqual(
        underWay(unhurried)
          .tell(asksBob, step)
          .pass(10 * minute),
        [],
      );
    }
  });

  test("is not asked what they took upon themselves", () => {
    const told = underWay(unhurried).tell(asks({ user: alice }));
    assert.deepEqual(told.pass(10 * minute), []);
  });

  test("who is given it is asked anew", () => {
    const told = underWay(unhurried).tell(asksBob, acknowledges(bob), passes(bob, carol));
    assert.deepEqual(told.pass(2 * minute), [{ type: "task-reminded", data: { task: 1 } }]);
    told.tell(passes(alice, bob));
    assert.deepEqual(
      told.pass(4 * minute).map(({ type }) => type),
      ["task-reminded", "task-unanswered"],
    );
  });
});

describe("what is overdue", () => {
  const due = (after: number) => noon + after * minute;

  test("is said once, when it was due", () => {
    const told = underWay(unhurried).tell(asks({ user: bob }, due(30)), acknowledges(bob));
    assert.deepEqual(told.pass(due(30) - told.now - 1), []);
    assert.deepEqual(told.pass(1), [{ type: "tasks-overdue", data: { tasks: [1] } }]);
    assert.deepEqual(told.pass(600 * minute), []);
  });

  test("at the same time, or during an outage, is said at once", () => {
    const steps = [20, 20, 25, 90].map((at) => asks({ user: alice }, due(at)));
    const there = underWay(unhurried).tell(...steps);
    assert.deepEqual(there.pass(60 * minute), [
      { type: "tasks-overdue", data: { tasks: [1, 2] } },
      { type: "tasks-overdue", data: { tasks: [3] } },
    ]);
    const away = underWay(unhurried).tell(...steps);
    assert.deepEqual(away.outage(60 * minute), [{ type: "tasks-overdue", data: { tasks: [1, 2, 3] } }]);
    assert.deepEqual(away.pass(60 * minute), [{ type: "tasks-overdue", data: { tasks: [4] } }]);
  });

  test("is not what has ended, and what was passed on is not said again", () => {
    const told = underWay(unhurried).tell(
      asks({ user: alice }, due(20)),
      asks({ user: alice }, due(20)),
      finishes(bob, 1),
    );
    assert.deepEqual(told.pass(30 * minute), [{ type: "tasks-overdue", data: { tasks: [2] } }]);
    told.tell(passes(alice, bob, 2), acknowledges(bob, 2));
    assert.deepEqual(told.pass(60 * minute), []);
  });

  test("is waited for under a name of its own each time", () => {
    const told = underWay(unhurried).tell(asks({ user: alice }, due(20)));
    const first = told.timers.map(({ key }) => key);
    told.pass(20 * minute);
    told.tell(asks({ user: alice }, due(20)));
    const second = told.timers.map(({ key }) => key);
    assert.deepEqual([first.length, second.length], [1, 1]);
    assert.notDeepEqual(second, first);
  });
});

describe("open tasks", () => {
  const close = { type: "close", summary: "rolled back" } as const;

  test("block the end, until they are done, dropped, or waived", () => {
    const told = underWay().tell(...led, asksBob, asksBob, asksBob, finishes(bob, 2));
    assert.deepEqual(says(known(told), alice, close), { refused: "tasks-open", tasks: [1, 3] });
    assert.deepEqual(says(known(told), alice, { ...close, anyway: "enough" }), [
      { type: "over", data: { summary: "rolled back", missing: [], anyway: "enough", tasks: [1, 3] } },
    ]);
    told.tell(drops(alice, 1), finishes(bob, 3));
    assert.deepEqual(says(known(told), alice, close), [
      { type: "over", data: { summary: "rolled back", missing: [] } },
    ]);
  });

  test("that were waived are named in the outcome, and are open again once it is reopened", () => {
    const told = underWay(unhurried).tell(asks({ user: alice }, noon + 20 * minute));
    told.tell([alice, { ...close, anyway: "enough" }]);
    assert.deepEqual(known(told).outcome?.tasks, [1]);
    assert.deepEqual(told.pass(25 * minute), [], "nobody is reminded of what is over");
    told.tell([alice, { type: "reopen", reason: "it is back again" }]);
    assert.deepEqual(told.pass(0), [{ type: "tasks-overdue", data: { tasks: [1] } }]);
  });
});

describe("a checklist", () => {
  const house: Policy = {
    ...unhurried,
    playbooks: [
      { name: "first minutes", version: "3", severities: "always", items: ["say who", "say since when"] },
      { name: "big ones", version: "1", severities: ["sev1", "sev2"], items: ["call the board"] },
    ],
  };
  const rises: Step = [alice, { type: "change-severity", to: "sev2", reason: "worse" }];
  const falls: Step = [alice, { type: "change-severity", to: "sev3", reason: "better" }];

  test("of the severity begins with the incident: tasks that nobody has, and nobody is asked about", () => {
    const told = underWay(house);
    assert.deepEqual(known(told).playbooks, { "first minutes": "3" });
    assert.deepEqual(
      known(told).tasks.map(({ number, text: item, owner, playbook }) => [number, item, owner, playbook]),
      [
        [1, "say who", undefined, "first minutes"],
        [2, "say since when", undefined, "first minutes"],
      ],
    );
    assert.deepEqual(told.pass(60 * minute), []);
  });

  test("begins once, and another with a severity that asks for more", () => {
    const told = underWay(house).tell(rises, falls, rises);
    assert.deepEqual(known(told).playbooks, { "first minutes": "3", "big ones": "1" });
    assert.deepEqual(
      known(told).tasks.map(({ playbook }) => playbook),
      ["first minutes", "first minutes", "big ones"],
    );
  });

  test("stays as it was when the configuration changes", () => {
    const [first, big] = house.playbooks;
    assert.ok(first !== undefined && big !== undefined);
    const changed = { ...house, playbooks: [{ ...first, version: "4", items: ["something else"] }, big] };
    const decision = says(known(underWay(house)), alice, rises[1], { policy: changed });
    assert.ok(!isRefusal(decision));
    assert.deepEqual(
      decision.filter(({ type }) => type === "playbook-started"),
      [{ type: "playbook-started", data: { name: "big ones", version: "1", items: ["call the board"] } }],
    );
  });

  test("does not begin before what was reported is declared", () => {
    const told = new Story(house).tell([alice, { type: "report", title: "Slow" }]);
    assert.deepEqual(known(told).tasks, []);
    told.tell([alice, { type: "activate", severity: "sev3", people: [] }]);
    assert.deepEqual(openTasks(known(told)), [1, 2]);
  });

  test("is given away item by item, by commander and deputy, and blocks the end like any task", () => {
    const told = underWay(house);
    assert.deepEqual(told.take(passes(carol, carol)), { refused: "not-owner", task: 1, owner: undefined });
    told.tell(passes(alice, carol), acknowledges(carol), finishes(bob, 2));
    assert.deepEqual([owners(told, 1), task(told, 2).state], [[carol], "done"]);
    assert.deepEqual(told.take(over), { refused: "tasks-open", tasks: [1] });
  });
});
