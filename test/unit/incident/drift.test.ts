import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { Fact } from "../../../src/incident/fact.ts";
import {
  alice,
  dave,
  known,
  minute,
  over,
  type Story,
  sealed,
  underWay,
  unhurried,
} from "../../support/incident.ts";

const second = 1_000;

/** Somebody changes a part of the room, after so long. */
function changes(told: Story, what: string, afterMs: number): readonly Fact["type"][] {
  told.pass(afterMs);
  const facts = told.see({ type: "drifted", what, by: dave, event: "$drift" });
  return facts.map(({ type }) => type);
}

describe("a change of the room by somebody else", () => {
  test("is recorded with who made it", () => {
    const told = underWay();
    assert.deepEqual(told.see({ type: "drifted", what: "topic", by: dave, event: "$drift" }), [
      { type: "drift", data: { what: "topic", by: dave, event: "$drift" } },
    ]);
  });

  test("made five times within a minute is left alone", () => {
    const told = underWay();
    for (let time = 1; time <= 4; time++) assert.deepEqual(changes(told, "topic", 15 * second), ["drift"]);
    assert.deepEqual(changes(told, "topic", 15 * second), ["drift", "drift-left"]);
    assert.deepEqual(Object.keys(known(told).contested), ["topic"]);
    assert.deepEqual(changes(told, "topic", second), [], "and what follows is not written down each time");
  });

  test("made more slowly is put back every time", () => {
    const told = underWay();
    for (let time = 1; time <= 20; time++) {
      assert.deepEqual(changes(told, "topic", 15 * second + 1), ["drift"]);
    }
  });

  test("is counted for each part of the room", () => {
    const told = underWay();
    for (let time = 1; time <= 4; time++) {
      assert.deepEqual(changes(told, "topic", second), ["drift"]);
      assert.deepEqual(changes(told, "name", second), ["drift"]);
    }
  });
});

describe("what is contested", () => {
  const contested = () => {
    const told = underWay(unhurried);
    for (let time = 1; time <= 5; time++) changes(told, "topic", second);
    return told;
  };

  test("is put back again after ten minutes", () => {
    const told = contested();
    assert.deepEqual(told.pass(10 * minute - 1), []);
    assert.deepEqual(told.pass(1), [{ type: "drift-resumed", data: { what: "topic" } }]);
    assert.deepEqual([known(told).contested, told.timers], [{}, []]);
  });

  test("is counted from the beginning after that", () => {
    const told = contested();
    told.pass(10 * minute);
    for (let time = 1; time <= 4; time++) assert.deepEqual(changes(told, "topic", second), ["drift"]);
    assert.deepEqual(changes(told, "topic", second), ["drift", "drift-left"]);
  });

  test("is contested when it is over too, and no longer once it closes", () => {
    const told = contested().tell(over);
    assert.ok(told.timers.some(({ brings }) => brings.type === "drift-rested"));
    told.tell(...sealed);
    assert.deepEqual(told.timers, []);
  });
});

test("a change by who commands is a change by somebody else", () => {
  const told = underWay();
  assert.deepEqual(told.see({ type: "drifted", what: "name", by: alice, event: "$e" }), [
    { type: "drift", data: { what: "name", by: alice, event: "$e" } },
  ]);
});
