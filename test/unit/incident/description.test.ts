import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { after, alice, minute, noon, says } from "../../support/incident.ts";

describe("what is said about an incident", () => {
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
