import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { groups } from "../../../src/chat/command.ts";
import { commands } from "../../../src/chat/commands.ts";
import { commandsCalled, isMistake, parseCommand } from "../../../src/chat/parse.ts";
import { permissions } from "../../../src/incident/permissions.ts";
import { reading } from "./reading.ts";

/** Wanted by ✅, ❌ and 📌 alone. */
const byReactionOnly = ["confirm-role", "refuse-role", "acknowledge-task", "mark", "unmark"];

describe("the table of commands", () => {
  for (const command of commands) {
    const { name, aliases, group, who, where, aboutIncident, summary, example } = command;

    test(`${name} is described`, () => {
      assert.match(summary, /^[a-z].*[^.]$/, "a summary stands in the middle of a line");
      assert.ok(groups.includes(group));
      assert.ok(where.length > 0);
      assert.ok(typeof who !== "object" || who.want in permissions);
    });

    test(`the example of ${name} is this very command`, () => {
      const typed = { line: `!inc ${example}`, pills: [] };
      const parsed = parseCommand(typed, ["!inc"], { ...reading, inIncident: aboutIncident });
      assert.ok(!isMistake(parsed), JSON.stringify(parsed));
      assert.equal(parsed.command, command);
      assert.ok(parsed.act.act === "show" || typeof who !== "object" || parsed.act.intent.type === who.want);
    });

    test(`${name} can be told from the others`, () => {
      for (const called of [name, ...aliases]) {
        const same = commandsCalled(called).filter((other) => other.aboutIncident === aboutIncident);
        assert.deepEqual(same, [command], called);
      }
    });
  }

  test("everything that can be wanted can be typed", () => {
    const typed = commands.flatMap(({ who }) => (typeof who === "object" ? [who.want] : []));
    assert.deepEqual([...new Set([...typed, ...byReactionOnly])].sort(), Object.keys(permissions).sort());
  });
});
