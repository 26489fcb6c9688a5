import assert from "node:assert/strict";
import { describe, test } from "node:test";
import {
  after,
  alice,
  archived,
  bob,
  carol,
  known,
  led,
  minute,
  over,
  policy,
  Story,
  says,
  sealed,
} from "../../support/incident.ts";

const closing = after(...led, over, [alice, { type: "archive" }]);

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
