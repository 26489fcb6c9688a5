import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { holders } from "../../../src/incident/incident.ts";
import { loopOf } from "../../../src/incident/policy.ts";
import {
  alice,
  bob,
  carol,
  clerk,
  dave,
  gives,
  known,
  led,
  minute,
  noon,
  over,
  policy,
  type Step,
  Story,
  underWay,
  unhurried,
} from "../../support/incident.ts";

const asked: Step = [alice, { type: "offer-role", role: "scribe", user: bob }];
const aliceLeaves: Step = [{ type: "member-left", user: alice, by: alice }];
const ofScribe = { role: "scribe", user: bob };
const ofCommand = { role: "commander" };
const reminded = { type: "vacancy-reminded", data: ofCommand };
const reported = { type: "vacancy-reported", data: ofCommand };

describe("an offer that nobody answers", () => {
  test("is made once more after five minutes, and lapses after five more", () => {
    const told = underWay(unhurried).tell(asked);
    assert.deepEqual(told.pass(5 * minute - 1), []);
    assert.deepEqual(told.pass(1), [{ type: "role-reminded", data: ofScribe }]);
    assert.deepEqual(told.pass(5 * minute - 1), []);
    assert.deepEqual(told.pass(1), [{ type: "role-lapsed", data: ofScribe }]);
    assert.deepEqual([known(told).offers, told.timers], [[], []]);
  });

  test("has a clock of its own for each person and each role", () => {
    const told = underWay(unhurried).tell(asked, [
      alice,
      { type: "offer-role", role: "scribe", user: carol },
    ]);
    told.tell([alice, { type: "offer-role", role: "comms", user: bob }]);
    assert.deepEqual(
      told.timers.map(({ dueAt }) => dueAt - told.now),
      [3 * minute, 4 * minute, 5 * minute],
    );
    assert.equal(new Set(told.timers.map(({ key }) => key)).size, 3);
  });

  test("waits for a handover's answer from the brief on", () => {
    const told = underWay(unhurried).tell([alice, { type: "handover", role: "commander", user: bob }]);
    told.tell([{ type: "brief-given", role: "commander", user: bob, brief: "$brief" }]);
    assert.equal(told.timers[0]?.dueAt, told.now + policy.acceptWithinMs);
    told.pass(10 * minute);
    assert.deepEqual([known(told).offers, holders(known(told), "commander")], [[], [alice]]);
  });

  test("of a handover is not repeated without its brief, and lapses after an hour", () => {
    const told = underWay(unhurried).tell([alice, { type: "handover", role: "commander", user: bob }]);
    assert.deepEqual(told.pass(60 * minute - 1), []);
    assert.deepEqual(told.pass(1), [{ type: "role-lapsed", data: { role: "commander", user: bob } }]);
    assert.deepEqual(holders(known(told), "commander"), [alice]);
  });

  test("by a volunteer lapses like a question to one, and says that it was offered", () => {
    const told = underWay(unhurried).tell([bob, { type: "volunteer", role: "scribe" }]);
    assert.deepEqual(told.pass(10 * minute), [
      { type: "role-reminded", data: ofScribe },
      { type: "role-lapsed", data: { ...ofScribe, volunteered: true } },
    ]);
  });

  test("waits for nothing any more once it is answered, or the person has left, or it is over", () => {
    for (const end of [
      [bob, { type: "accept-role" }],
      [bob, { type: "decline-role" }],
      [{ type: "member-left", user: bob, by: bob }],
      [alice, { type: "remove", user: bob, reason: "wrong Bob" }],
    ] as const) {
      assert.deepEqual(underWay(unhurried).tell(asked, end).timers, []);
    }
    assert.deepEqual(
      underWay(unhurried)
        .tell(asked, over)
        .timers.map(({ brings }) => brings),
      [{ type: "grace-ended" }],
    );
  });

  test("may be asked again later", () => {
    const told = underWay(unhurried).tell(asked);
    told.pass(10 * minute);
    told.tell(asked);
    assert.deepEqual(told.pass(5 * minute), [{ type: "role-reminded", data: ofScribe }]);
  });
});

describe("a required role that nobody holds", () => {
  test("is said after 2 minutes, then every 5, at most 5 times, then the administrators are told", () => {
    const told = underWay(unhurried).tell(aliceLeaves);
    for (const minutes of [2, 5, 5, 5, 5]) {
      assert.deepEqual(told.pass(minutes * minute - 1), []);
      assert.deepEqual(told.pass(1), [reminded]);
    }
    assert.deepEqual(told.pass(5 * minute), [reported]);
    assert.deepEqual(told.pass(600 * minute), [], "and that is the end of it");
  });

  test("is not vacant any more once somebody takes it", () => {
    const told = underWay(unhurried).tell(aliceLeaves);
    told.pass(2 * minute);
    told.tell([bob, { type: "volunteer", role: "commander" }]);
    assert.deepEqual([known(told).vacancies, told.timers], [{}, []]);
  });

  test("is not spoken of while somebody is asked, and is once the question has lapsed", () => {
    const told = underWay(unhurried).tell(...led, aliceLeaves);
    told.tell([bob, { type: "offer-role", role: "commander", user: carol }]);
    const aboutCarol = { role: "commander", user: carol };
    assert.deepEqual(told.pass(9 * minute), [{ type: "role-reminded", data: aboutCarol }]);
    assert.deepEqual(told.pass(minute), [{ type: "role-lapsed", data: aboutCarol }, reminded]);
  });

  test("is known by the severity, and forgotten with it", () => {
    const told = underWay(unhurried).tell([
      alice,
      { type: "change-severity", to: "unknown", reason: "not sure" },
    ]);
    assert.deepEqual(told.pass(2 * minute), [{ type: "vacancy-reminded", data: { role: "scribe" } }]);
    told.tell([alice, { type: "change-severity", to: "sev3", reason: "one branch" }]);
    assert.deepEqual([known(told).vacancies, told.timers], [{}, []]);
  });

  test("is vacant again when it is given back, and counted from the beginning", () => {
    const told = underWay(unhurried).tell([alice, { type: "change-severity", to: "sev2", reason: "worse" }]);
    told.pass(12 * minute);
    told.tell(...gives(alice, "scribe", bob), [bob, { type: "release-role" }]);
    assert.equal(known(told).vacancies.scribe?.reminders, 0);
    assert.equal(told.timers[0]?.dueAt, told.now + policy.vacancyFirstMs);
  });

  test("is vacant from the first second where who declares may not command", () => {
    const open = { ...unhurried, mayDeclare: () => true };
    const told = new Story(open).tell([clerk, { type: "declare", title: "x", severity: "sev3", people: [] }]);
    assert.deepEqual(told.pass(2 * minute), [reminded]);
  });
});

describe("after an outage longer than every wait", () => {
  test("each matter is spoken of once, and goes on from there", () => {
    const told = underWay(unhurried).tell(
      ...led,
      [alice, { type: "change-severity", to: "sev2", reason: "worse" }],
      [alice, { type: "offer-role", role: "comms", user: carol }],
      [alice, { type: "invite", users: [dave] }],
      aliceLeaves,
    );
    assert.deepEqual(
      told.outage(24 * 60 * minute).toSorted((a, b) => a.type.localeCompare(b.type)),
      [
        { type: "role-reminded", data: { role: "comms", user: carol } },
        { type: "vacancy-reminded", data: { role: "scribe" } },
        reminded,
      ],
    );
    assert.deepEqual(told.pass(5 * minute - 1), []);
    assert.equal(told.pass(1).length, 3, "the next waits are as long as ever");
  });

  test("the archive that was due is begun once", () => {
    const told = underWay(unhurried).tell(over);
    assert.deepEqual(told.outage(24 * 60 * minute), [{ type: "archiving", data: {} }]);
  });
});

test("a restart forgets no wait: the same timers, with the same names", () => {
  const told = underWay(unhurried).tell(...led, asked, aliceLeaves);
  const before = told.timers;
  told.restart();
  assert.deepEqual(told.timers, before);
  assert.equal(before.length, 2);
});

describe("a restart in the middle of any reminder", () => {
  /** A story in which everything there is to wait for is waited for. */
  const busy = () => {
    const told = underWay({ ...policy, graceMs: 10 * 60 * minute }).tell(
      ...led,
      [alice, { type: "change-severity", to: "sev2", reason: "worse" }],
      [alice, { type: "offer-role", role: "comms", user: carol }],
      [alice, { type: "add-task", owner: { user: bob }, text: "compare", dueAt: noon + 40 * minute }],
      [alice, { type: "add-task", owner: { role: "scribe" }, text: "write", dueAt: noon + 90 * minute }],
    );
    told.hold(carol, "$late");
    for (let time = 0; time < loopOf.changes; time++) {
      told.see({ type: "drifted", what: "topic", by: dave, event: "$drift" });
    }
    return told;
  };
  const hours = 3 * 60 * minute;
  const since = ({ entries }: Story, begun: number) =>
    entries.slice(begun).map(({ type, data, eventAt }) => ({ type, data, eventAt }));

  test("neither loses nor doubles it", () => {
    const [whole, torn] = [busy(), busy()];
    const begun = whole.entries.length;
    whole.pass(hours);
    const until = torn.now + hours;
    for (let [next] = torn.timers; next !== undefined && next.dueAt <= until; [next] = torn.timers) {
      torn.now = Math.max(torn.now, next.dueAt);
      torn.restart();
      assert.notDeepEqual(torn.outage(0), [], `${next.key} has come due, and is still to be said`);
      torn.restart();
      assert.deepEqual(torn.outage(0), [], `${next.key} was said`);
    }
    assert.deepEqual(since(torn, begun), since(whole, begun));
    const said = new Set(since(whole, begun).map(({ type }) => type));
    assert.deepEqual([...said].toSorted(), [
      "command-answered",
      "drift-resumed",
      "role-lapsed",
      "role-reminded",
      "task-reminded",
      "task-unanswered",
      "tasks-overdue",
      "update-reminded",
      "vacancy-reminded",
      "vacancy-reported",
    ]);
  });

  test("finds each wait under a name that no other had", () => {
    const told = busy();
    const names: string[] = [];
    for (let [next] = told.timers; next !== undefined && next.dueAt <= noon + hours; [next] = told.timers) {
      names.push(next.key);
      told.now = Math.max(told.now, next.dueAt);
      told.see(next.brings);
    }
    assert.equal(new Set(names).size, names.length);
  });
});

test("what comes due twice, or too late, means nothing", () => {
  const told = underWay(unhurried).tell(...led);
  const vacant = underWay(unhurried).tell(aliceLeaves);
  vacant.pass(60 * minute);
  assert.deepEqual(vacant.take([{ type: "vacancy-due", role: "commander" }]), [], "the administrators know");
  for (const seen of [
    { type: "offer-due", role: "scribe", user: bob },
    { type: "vacancy-due", role: "commander" },
    { type: "grace-ended" },
    { type: "drift-rested", what: "topic" },
    { type: "task-unanswered", task: 1 },
    { type: "tasks-due" },
    { type: "held-expired", command: "$late" },
  ] as const) {
    assert.deepEqual(told.take([seen]), []);
  }
});
