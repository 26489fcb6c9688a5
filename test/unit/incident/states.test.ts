import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { fold } from "../../../src/incident/evolve.ts";
import { holders, rolesOf } from "../../../src/incident/incident.ts";
import {
  after,
  alice,
  archived,
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
  says,
  sealed,
  story,
  stranger,
} from "../../support/incident.ts";

const report: Step = [alice, { type: "report", title: "Payments fail" }];
const reported = known(new Story().tell(report));
const mitigate: Step = [bob, { type: "mitigate", how: "switched over" }];
const enter: Step = [dave, { type: "enter", reason: "nobody answers" }];
const closing = after(...led, over, [alice, { type: "archive" }]);

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

describe("cancelling", () => {
  const falseAlarm = { type: "cancel", reason: "false-alarm" } as const;

  test("ends it like over does, with the reason", () => {
    assert.deepEqual(says(after(), alice, falseAlarm), [
      { type: "cancelled", data: { reason: "false-alarm" } },
    ]);
    const cancelled = after([alice, { type: "cancel", reason: "other", text: "a drill" }]);
    assert.equal(cancelled.state, "cancelled");
    assert.deepEqual(cancelled.cancelled, { reason: "other", text: "a drill" });
    assert.notEqual(cancelled.overAt, undefined);
  });

  test("as a duplicate names the other incident, which is another one", () => {
    const duplicate = { type: "cancel", reason: "duplicate", of: "INC-0041" } as const;
    assert.deepEqual(says(after(), alice, duplicate), [
      { type: "cancelled", data: { reason: "duplicate", of: "INC-0041" } },
    ]);
    assert.deepEqual(says(after(), alice, { ...duplicate, of: "INC-0042" }), {
      refused: "duplicate-of-itself",
    });
  });

  test("is for the commander, and in triage for the reporter", () => {
    const triage: readonly Step[] = [report, [alice, { type: "invite", users: [bob, carol] }]];
    const handedOver = new Story().tell(
      ...triage,
      [alice, { type: "handover", role: "commander", user: bob }],
      [{ type: "brief-given", role: "commander", user: bob, brief: "$brief" }],
      [bob, { type: "accept-role" }],
    );
    const cancelled = [{ type: "cancelled", data: { reason: "false-alarm" } }];
    assert.deepEqual(says(known(handedOver), bob, falseAlarm), cancelled, "the commander");
    assert.deepEqual(says(known(handedOver), alice, falseAlarm), cancelled, "the reporter");
    assert.deepEqual(says(known(handedOver), carol, falseAlarm), {
      refused: "not-entitled",
      intent: "cancel",
      roles: ["commander"],
      holders: [bob],
      takeoverFrom: handedOver.now + 20 * minute,
    });

    const active = known(handedOver.tell([bob, { type: "activate", people: [] }]));
    const refusal = says(active, alice, falseAlarm);
    assert.ok("refused" in refusal && refusal.refused === "not-entitled", "once it is declared not any more");
  });

  test("comes too late once it is mitigated", () => {
    assert.deepEqual(says(after(...led, mitigate), alice, falseAlarm), {
      refused: "wrong-state",
      intent: "cancel",
      state: "mitigated",
    });
  });
});

describe("mitigated and back", () => {
  test("by commander or deputy, from active alone", () => {
    const intent = { type: "mitigate", how: "switched over" } as const;
    const nextUpdateAt = noon + 120 * minute;
    for (const who of [alice, bob]) {
      assert.deepEqual(says(after(...led), who, intent), [
        { type: "mitigated", data: { how: "switched over", nextUpdateAt } },
      ]);
    }
    assert.deepEqual(says(after(...led, mitigate), alice, intent), {
      refused: "wrong-state",
      intent: "mitigate",
      state: "mitigated",
    });
  });

  test("a relapse is counted, and it is still the incident that it was", () => {
    const relapse: Step = [bob, { type: "relapse", reason: "it came back" }];
    const again = after(...led, mitigate, relapse, mitigate, relapse);
    assert.deepEqual([again.state, again.relapses, again.mitigatedAt], ["active", 2, undefined]);
    assert.deepEqual([again.declaredAt, again.peak], [noon + minute, "sev3"]);
  });

  test("a relapse needs something to relapse from", () => {
    assert.deepEqual(says(after(...led), bob, { type: "relapse", reason: "still there" }), {
      refused: "wrong-state",
      intent: "relapse",
      state: "active",
    });
  });
});

describe("over", () => {
  const close = { type: "close", summary: "rolled back" } as const;
  const fact = { type: "over", data: { summary: "rolled back", missing: [] } };

  test("is said by the commander, of an active or a mitigated incident", () => {
    assert.deepEqual(says(after(...led), alice, close), [fact]);
    assert.deepEqual(says(after(...led, mitigate), alice, close), [fact]);
  });

  test("is not said by the deputy, who learns from when command can be taken", () => {
    const told = new Story().tell(
      [alice, { type: "declare", title: "x", severity: "sev3", people: [bob] }],
      ...led,
    );
    assert.deepEqual(says(known(told), bob, close, { heard: { [alice]: told.now } }), {
      refused: "not-entitled",
      intent: "close",
      roles: ["commander"],
      holders: [alice],
      takeoverFrom: told.now + 10 * minute,
    });
  });

  test("is said by an administrator who has entered, and by no other administrator", () => {
    assert.deepEqual(says(after(...led, enter), dave, close), [fact]);
    assert.deepEqual(says(after(...led), dave, close), { refused: "enter-first" });
    const invited = says(after(...led, [alice, { type: "invite", users: [dave] }]), dave, close);
    assert.ok("refused" in invited && invited.refused === "not-entitled");
  });

  test("lists the required roles that nobody ever filled, and closes anyway with a reason", () => {
    const severe = after([alice, { type: "change-severity", to: "sev1", reason: "all regions" }]);
    assert.deepEqual(says(severe, alice, close), { refused: "roles-missing", roles: ["deputy", "scribe"] });
    assert.deepEqual(says(severe, alice, { ...close, anyway: "nobody was awake" }), [
      {
        type: "over",
        data: { summary: "rolled back", missing: ["deputy", "scribe"], anyway: "nobody was awake" },
      },
    ]);
  });

  test("is content with roles that were filled once", () => {
    const incident = after(
      [alice, { type: "change-severity", to: "sev2", reason: "worse" }],
      ...gives(alice, "scribe", bob),
      [bob, { type: "release-role" }],
    );
    assert.deepEqual(says(incident, alice, close), [fact]);
  });

  test("ends every question: no offers, no vacancies, no update due", () => {
    const ended = after(
      ...led,
      [alice, { type: "change-severity", to: "sev2", reason: "worse" }],
      [alice, { type: "offer-role", role: "comms", user: carol }],
      [alice, { type: "close", summary: "rolled back", anyway: "no scribe" }],
    );
    assert.deepEqual([ended.offers, ended.vacancies, ended.nextUpdateAt], [[], {}, undefined]);
  });

  test("leaves notes to those who can still write, and nobody a command that drives it", () => {
    const ended = after(...led, over);
    assert.deepEqual(says(ended, bob, { type: "record", kind: "note", text: "one more thing" }), [
      { type: "recorded", data: { kind: "note", text: "one more thing" } },
    ]);
    const note = says(ended, carol, { type: "record", kind: "note", text: "me too" });
    assert.ok("refused" in note && note.refused === "not-entitled");
    assert.deepEqual(says(ended, alice, { type: "update", text: "x" }), {
      refused: "wrong-state",
      intent: "update",
      state: "over",
    });
  });
});

describe("reopening", () => {
  const ended = after(...led, over);

  test("by commander or deputy, with a reason of ten characters", () => {
    for (const who of [alice, bob]) {
      assert.deepEqual(says(ended, who, { type: "reopen", reason: "0123456789" }), [
        { type: "reopened", data: { reason: "0123456789", nextUpdateAt: noon + 60 * minute } },
      ]);
    }
    for (const reason of ["too short", "   blanks   "]) {
      assert.deepEqual(says(ended, alice, { type: "reopen", reason }), {
        refused: "reason-too-short",
        least: 10,
      });
    }
  });

  test("thaws it, while the journal keeps that it was over", () => {
    const { incident, entries } = story(...led, over, [bob, { type: "reopen", reason: "it is back again" }]);
    assert.deepEqual([incident.state, incident.overAt, incident.outcome], ["active", undefined, undefined]);
    assert.ok(entries.some(({ type }) => type === "over"));
  });

  test("finds command vacant when the commander has left meanwhile", () => {
    const reopened = after(
      ...led,
      over,
      [{ type: "member-left", user: alice, by: alice }],
      [bob, { type: "reopen", reason: "it is back again" }],
    );
    assert.deepEqual(Object.keys(reopened.vacancies), ["commander"]);
  });

  test("is not for what was cancelled, nor once the archive is being made", () => {
    const reopen = { type: "reopen", reason: "it is back again" } as const;
    const cancelled = after(...led, [alice, { type: "cancel", reason: "superseded" }]);
    assert.deepEqual(says(cancelled, alice, reopen), {
      refused: "wrong-state",
      intent: "reopen",
      state: "cancelled",
    });
    assert.deepEqual(says(closing, alice, reopen), { refused: "closing" });
  });
});

describe("archiving", () => {
  test("begins at the commander's word, from over and from cancelled", () => {
    for (const end of [over, [alice, { type: "cancel", reason: "superseded" }]] as const) {
      assert.deepEqual(says(after(...led, end), alice, { type: "archive" }), [
        { type: "archiving", data: {} },
      ]);
    }
  });

  test("is refused to the deputy, without the promise of a takeover: it is over", () => {
    assert.deepEqual(says(after(...led, over), bob, { type: "archive" }), {
      refused: "not-entitled",
      intent: "archive",
      roles: ["commander"],
      holders: [alice],
    });
  });

  test("begins by itself when the grace period has ended, and not before", () => {
    const told = new Story().tell(
      [alice, { type: "declare", title: "x", severity: "sev4", people: [] }],
      over,
    );
    assert.deepEqual(told.pass(policy.graceMs - 1), []);
    assert.deepEqual(told.pass(1), [{ type: "archiving", data: {} }]);
    assert.deepEqual(told.timers, []);
  });

  test("the grace period begins anew when it was opened again", () => {
    const told = new Story().tell(
      [alice, { type: "declare", title: "x", severity: "sev4", people: [] }],
      over,
    );
    told.pass(20 * minute);
    told.tell([alice, { type: "reopen", reason: "it is back again" }]);
    assert.deepEqual(told.pass(60 * minute), []);
    told.tell(over);
    assert.deepEqual(told.pass(29 * minute), []);
    assert.deepEqual(told.pass(minute), [{ type: "archiving", data: {} }]);
  });

  test("lets nobody say anything while it is made", () => {
    for (const who of [alice, bob, carol]) {
      assert.deepEqual(says(closing, who, { type: "record", kind: "note", text: "late" }), {
        refused: "closing",
      });
    }
  });

  test("is final", () => {
    assert.deepEqual(
      says(after(...led, over, ...sealed, archived), alice, { type: "record", kind: "note", text: "later" }),
      {
        refused: "wrong-state",
        intent: "record",
        state: "archived",
      },
    );
  });

  test("takes one seal and one archive, in this order", () => {
    const told = new Story().tell(
      [alice, { type: "declare", title: "x", severity: "sev4", people: [] }],
      over,
    );
    assert.deepEqual(told.take(archived), [], "not before it is sealed");
    told.tell(...sealed);
    assert.deepEqual(told.take([{ type: "sealed", event: "$another" }]), []);
    told.tell(archived);
    assert.deepEqual(told.take(archived), []);
    assert.equal(known(told).closing?.seal, "$seal");
  });
});

describe("what is said about it", () => {
  test("another severity has a reason and restarts the clock of updates", () => {
    const worse = { type: "change-severity", to: "sev2", reason: "two regions" } as const;
    assert.deepEqual(says(after(), alice, worse), [
      {
        type: "severity-changed",
        data: { from: "sev3", to: "sev2", reason: "two regions", nextUpdateAt: noon + 30 * minute },
      },
      { type: "role-vacant", data: { role: "scribe" } },
    ]);
    assert.deepEqual(says(after([alice, worse]), alice, worse), {
      refused: "same-severity",
      severity: "sev2",
    });
  });

  test("of severities the worst and the last are both kept", () => {
    const incident = after(
      [alice, { type: "change-severity", to: "sev1", reason: "all regions" }],
      [alice, { type: "change-severity", to: "sev4", reason: "a display error" }],
    );
    assert.deepEqual([incident.peak, incident.severity], ["sev1", "sev4"]);
    const unknown = after([alice, { type: "change-severity", to: "unknown", reason: "we do not know" }]);
    assert.deepEqual([unknown.peak, unknown.severity], ["sev3", "unknown"]);
  });

  test("a title is another one", () => {
    assert.deepEqual(says(after(), alice, { type: "change-title", title: "Cards fail" }), [
      { type: "title-changed", data: { from: "Payments fail", to: "Cards fail" } },
    ]);
    assert.deepEqual(says(after(), alice, { type: "change-title", title: "Payments fail" }), {
      refused: "same-title",
    });
  });

  test("the impact stands on the incident and on its timeline", () => {
    const incident = after([alice, { type: "state-impact", text: "no card payments since 18:40" }]);
    assert.deepEqual(incident.impact, { text: "no card payments since 18:40", line: 1 });
    assert.deepEqual(
      incident.timeline.map(({ kind, by, text }) => [kind, by, text]),
      [["impact", alice, "no card payments since 18:40"]],
    );
  });

  test("an update moves the next one, by the cadence or as it says", () => {
    const update = { type: "update", text: "looking" } as const;
    for (const [intent, minutes] of [
      [update, 60],
      [{ ...update, nextMs: 45 * minute }, 45],
    ] as const) {
      assert.deepEqual(says(after(), alice, intent), [
        { type: "updated", data: { text: "looking", nextUpdateAt: noon + minutes * minute } },
      ]);
    }
  });
});

test("in a room that the homeserver encrypted nothing is possible", () => {
  const blind = after([{ type: "room-encrypted" }]);
  const encrypted = { refused: "room-unusable", reason: "encrypted" };
  assert.deepEqual(says(blind, alice, { type: "record", kind: "note", text: "x" }), encrypted);
  const bornBlind = new Story().tell(
    [alice, { type: "declare", title: "x", severity: "sev3", people: [] }],
    [{ type: "room-created", room: "!room42", version: "12", encrypted: true }],
  );
  assert.deepEqual(says(known(bornBlind), alice, { type: "record", kind: "note", text: "x" }), encrypted);
});

test("an incident has one beginning, and it is a person's", () => {
  const { entries } = story();
  const [declared, invited] = entries;
  assert.ok(declared !== undefined && invited !== undefined);
  assert.throws(() => fold([invited]), /begins with invited/);
  assert.throws(() => fold([{ ...declared, actor: "cordon" }]), /opened by nobody/);
  assert.throws(() => fold([declared, declared]), /opened twice/);
});
