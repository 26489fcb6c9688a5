import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { EventId } from "../../../src/incident/ids.ts";
import type { Intent } from "../../../src/incident/intent.ts";
import { heldMs } from "../../../src/incident/policy.ts";
import {
  alice,
  bob,
  known,
  led,
  minute,
  noon,
  over,
  sealed,
  underWay,
  unhurried,
} from "../../support/incident.ts";

const command: EventId = "$typed";
const early = { type: "record", kind: "note", text: "it began", at: noon - minute } as const satisfies Intent;

/** What was typed is asked about, and nobody has answered yet. */
function asked() {
  const told = underWay(unhurried).tell([alice, { type: "state-impact", text: "no cards", from: noon }]);
  told.hold(alice, command, "before-impact");
  return told;
}

/** How a question was answered on the journal. */
function answers(told: ReturnType<typeof asked>): readonly string[] {
  return told.entries.flatMap(({ type, data }) => (type === "command-answered" ? [data.answer] : []));
}

describe("a command that is asked about", () => {
  test("is known with who typed it, and changes nothing yet", () => {
    const told = asked();
    const { by, why, at } = known(told).held[0] ?? {};
    assert.deepEqual([by, why, at], [alice, "before-impact", told.now]);
    assert.equal(known(told).timeline.length, 1);
  });

  test("is done once it is confirmed, for the message it was typed in", () => {
    const told = asked();
    told.answerHeld(command, early);
    const { text, at, message } = known(told).timeline[1] ?? {};
    assert.deepEqual([text, at, message], ["it began", early.at, command]);
    assert.deepEqual([known(told).held, answers(told)], [[], ["confirmed"]]);
  });

  test("is dropped where it is not meant, or not possible any more", () => {
    const left = asked();
    left.answerHeld(command);
    const late = asked();
    late.answerHeld(command, { type: "relapse", reason: "it came back" });
    for (const told of [left, late]) {
      assert.deepEqual([known(told).held, answers(told)], [[], ["dropped"]]);
      assert.equal(known(told).timeline.length, 1);
    }
  });

  test("expires after an hour, once", () => {
    const told = asked();
    assert.deepEqual(told.pass(heldMs - 1), []);
    assert.deepEqual(told.pass(1), [{ type: "command-answered", data: { command, answer: "expired" } }]);
    assert.deepEqual([known(told).held, told.timers], [[], []]);
    assert.deepEqual(told.see({ type: "held-expired", command }), []);
  });

  test("expires once after an outage too", () => {
    const told = asked();
    assert.equal(told.outage(24 * 60 * minute).length, 1);
    assert.deepEqual([answers(told), told.timers], [["expired"], []]);
  });

  test("waits no more once it was answered", () => {
    const told = asked();
    told.answerHeld(command, early);
    assert.deepEqual(told.pass(2 * heldMs), []);
  });

  test("is one of several, each with a clock of its own", () => {
    const told = asked();
    told.pass(minute);
    told.hold(bob, "$other");
    told.answerHeld(command);
    assert.deepEqual(
      known(told).held.map(({ command: each, by }) => [each, by]),
      [["$other", bob]],
    );
    assert.deepEqual(
      told.timers.map(({ dueAt }) => dueAt - told.now),
      [heldMs],
    );
  });

  test("waits for nothing once the incident is archived", () => {
    const told = underWay(unhurried).tell(...led, over);
    told.hold(alice, command);
    told.tell(...sealed);
    assert.deepEqual(told.timers, []);
  });
});
