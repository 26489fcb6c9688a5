import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { suite, test } from "node:test";
import { load, smallest, top } from "./written.ts";

const minuteMs = 60_000;

suite("the cadence of updates once the impact has ended", () => {
  const table = [
    ["is twice what it was", "update_every: 20m", 20, 40],
    ["is what is said", "update_every_mitigated: 20m", 15, 20],
    ["is none where none is said", "update_every_mitigated: none", 15, undefined],
    ["is none where there was none", "update_every: none", undefined, undefined],
    ["can begin then", "{ update_every: none, update_every_mitigated: 1h }", undefined, 60],
  ] as const;
  for (const [name, said, before, after] of table) {
    test(name, async () => {
      const { severities } = await load(`${smallest}severities:\n  sev1:\n    ${said}\n`);
      assert.deepEqual(severities.sev1, {
        updateEveryMs: before && before * minuteMs,
        updateEveryMitigatedMs: after && after * minuteMs,
      });
    });
  }
});

test("reminders and what is too late for a command have the units of all durations", async () => {
  const { reminders, commands } = await load(
    `${smallest}reminders:\n  again: 90s\n  task_answer: 1s\ncommands:\n  stale_after: 1d\n`,
  );
  assert.deepEqual(reminders, { againMs: 90_000, taskAnswerMs: 1_000 });
  assert.equal(commands.staleAfterMs, 1_440 * minuteMs);
});

suite("playbooks", () => {
  test("keep the order of the file and are for every incident where nothing else is said", async () => {
    const { playbooks } = await load(
      `${smallest}playbooks:\n  zero:\n    version: 7\n    items: [Look.]\n  all:\n    version: "1.10"\n    severities: []\n    items: [Look., Ask.]\n`,
    );
    assert.deepEqual(playbooks, [
      { name: "zero", version: "7", severities: "always", items: ["Look."] },
      { name: "all", version: "1.10", severities: [], items: ["Look.", "Ask."] },
    ]);
  });

  test("may have 50 items of 200 characters, whatever these are", async () => {
    const items = Array.from({ length: 50 }, (_, index) => `${index + 10}${"🔎".repeat(198)}`);
    const { playbooks } = await load(
      `${smallest}playbooks:\n  long:\n    version: 1\n    items: ${JSON.stringify(items)}\n`,
    );
    assert.deepEqual(playbooks[0]?.items, items);
  });

  test("can be begun from the one in the sample", async () => {
    const sample = readFileSync(join(top, "config/cordon.yaml"), "utf8");
    const [example = ""] = /^playbooks:\n(?: {2}# .*\n)+/m.exec(sample) ?? [];
    const { playbooks } = await load(`${smallest}${example.replaceAll("  # ", "  ")}`);
    assert.deepEqual(
      playbooks.map(({ name, severities, items }) => [name, severities, items.length]),
      [["payments", ["sev1", "sev2"], 2]],
    );
  });
});
