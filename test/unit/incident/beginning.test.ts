import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { fold } from "../../../src/incident/evolve.ts";
import { holders, rolesOf } from "../../../src/incident/incident.ts";
import {
  after,
  alice,
  bob,
  clerk,
  known,
  minute,
  noon,
  policy,
  type Step,
  Story,
  says,
  story,
  stranger,
} from "../../support/incident.ts";

const report: Step = [alice, { type: "report", title: "Payments fail" }];
const reported = known(new Story().tell(report));

describe("declaring", () => {
  const intent = {
    type: "declare",
    title: "Payments fail",
    severity: "sev3",
    people: [bob, stranger, bob, alice],
  } as const;

  test("makes who declares acting commander, invites the people once, and names who cannot be invited", () => {
    const nextUpdateAt = noon + 60 * minute;
    assert.deepEqual(says(undefined, alice, intent), [
      {
        type: "declared",
        data: { title: "Payments fail", severity: "sev3", role: "commander", nextUpdateAt },
      },
      { type: "invited", data: { user: bob, role: "responder" } },
      { type: "invite-failed", data: { user: stranger, reason: "outside" } },
    ]);
    assert.deepEqual(after().roles.commander, [{ user: alice, since: noon + minute, acting: true }]);
  });

  test("is for those in access.declare", () => {
    for (const who of [clerk, stranger]) {
      assert.deepEqual(says(undefined, who, intent), { refused: "may-not-declare" });
    }
  });

  test("by who cannot command leaves command vacant from the first second, and who declares stands in", () => {
    const open = { ...policy, mayDeclare: () => true };
    const told = new Story(open).tell([clerk, { ...intent, people: [bob] }]);
    assert.deepEqual(rolesOf(known(told), clerk), ["deputy"]);
    assert.deepEqual(told.entries.at(-1)?.type, "role-vacant");
    assert.deepEqual(told.timers[0]?.brings, { type: "vacancy-due", role: "commander" });

    told.tell([bob, { type: "volunteer", role: "commander" }]);
    assert.deepEqual(holders(known(told), "commander"), [bob]);
    assert.deepEqual(rolesOf(known(told), clerk), ["responder"], "whoever stood in has done so");
  });

  test("of unknown severity is like sev2; the severity says which roles are missing and when to update", () => {
    for (const [severity, minutes, vacant] of [
      ["unknown", 30, ["scribe"]],
      ["sev1", 15, ["deputy", "scribe"]],
      ["sev2", 30, ["scribe"]],
      ["sev4", undefined, []],
    ] as const) {
      const due = minutes === undefined ? {} : { nextUpdateAt: noon + minutes * minute };
      assert.deepEqual(says(undefined, alice, { ...intent, severity, people: [] }), [
        { type: "declared", data: { title: "Payments fail", severity, role: "commander", ...due } },
        ...vacant.map((role) => ({ type: "role-vacant", data: { role } })),
      ]);
    }
  });

  test("comes before everything else", () => {
    assert.deepEqual(says(undefined, alice, { type: "record", kind: "note", text: "hello" }), {
      refused: "unseen",
    });
  });
});

describe("reporting", () => {
  test("opens a small room with the reporter alone, who is acting commander", () => {
    assert.equal(reported.state, "triage");
    assert.deepEqual(Object.keys(reported.people), [alice]);
    assert.deepEqual(reported.roles.commander, [{ user: alice, since: noon + minute, acting: true }]);
  });

  test("is for those in access.declare", () => {
    const intent = { type: "report", title: "Payments fail" } as const;
    assert.deepEqual(says(undefined, clerk, intent), { refused: "may-not-declare" });
  });

  test("promises no update: nobody has said yet that it is an incident", () => {
    assert.equal(reported.nextUpdateAt, undefined);
  });

  test("is followed by declaring it, with people and a severity", () => {
    const intent = { type: "activate", severity: "sev3", people: [alice, bob, stranger] } as const;
    assert.deepEqual(says(reported, alice, intent), [
      { type: "activated", data: { severity: "sev3", nextUpdateAt: noon + 60 * minute } },
      { type: "invited", data: { user: bob, role: "responder" } },
      { type: "invite-failed", data: { user: stranger, reason: "outside" } },
      { type: "vacancy-ended", data: { role: "scribe" } },
    ]);
    assert.deepEqual(says(after(), alice, intent), {
      refused: "wrong-state",
      intent: "activate",
      state: "active",
    });
  });

  test("is declared by anyone in it who may declare; the severity stays unknown until somebody says", () => {
    const joined = known(new Story().tell(report, [alice, { type: "invite", users: [bob, clerk] }]));
    const intent = { type: "activate", people: [] } as const;
    assert.deepEqual(says(joined, bob, intent), [
      { type: "activated", data: { severity: "unknown", nextUpdateAt: noon + 30 * minute } },
    ]);
    assert.deepEqual(says(joined, clerk, intent), {
      refused: "not-entitled",
      intent: "activate",
      roles: [],
      holders: [],
    });
  });
});

test("an incident has one beginning, and it is a person's", () => {
  const { entries } = story();
  const [declared, invited] = entries;
  assert.ok(declared !== undefined && invited !== undefined);
  assert.throws(() => fold([invited]), /begins with invited/);
  assert.throws(() => fold([{ ...declared, actor: "cordon" }]), /opened by nobody/);
  assert.throws(() => fold([declared, declared]), /opened twice/);
});
