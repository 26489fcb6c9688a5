import assert from "node:assert/strict";
import { describe, test } from "node:test";
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
  story,
} from "../../support/incident.ts";

const report: Step = [alice, { type: "report", title: "Payments fail" }];
const mitigate: Step = [bob, { type: "mitigate", how: "switched over" }];
const enter: Step = [dave, { type: "enter", reason: "nobody answers" }];
const closing = after(...led, over, [alice, { type: "archive" }]);

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
