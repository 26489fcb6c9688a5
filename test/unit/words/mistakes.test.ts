import assert from "node:assert/strict";
import { test } from "node:test";
import type { Misread } from "../../../src/chat/parameter.ts";
import { commandsCalled, type Mistake } from "../../../src/chat/parse.ts";
import { type Doubt, readMoment } from "../../../src/text/moment.ts";
import { mistakeWords } from "../../../src/words/mistakes.ts";
import { bob, carol, noon, view } from "../../support/incident.ts";
import { matchesPage, type Sayings, shown } from "./page.ts";

const [role] = commandsCalled("role");
assert.ok(role !== undefined);

type UnclearTime = Extract<Misread, { misread: "unclear-time" }>;

/** A time for each doubt, and whether it is of what happened or of what is to come. */
const doubtful: Readonly<Record<Doubt, readonly [string, UnclearTime["direction"], string?]>> = {
  "not-a-time": ["soon", "future"],
  "no-clock": ["yesterday", "past"],
  "no-such-clock": ["25:61", "past"],
  "no-such-day": ["2026-02-30 14:05", "past"],
  "which-day": ["3/4 14:05", "past"],
  skipped: ["2026-03-29 02:30", "past", "Europe/Berlin"],
  twice: ["2026-10-25 02:30", "past", "Europe/Berlin"],
  "other-zone": ["14:05 IST", "past"],
  "clock-or-length": ["1h30", "future"],
  "not-yet": ["19:30", "past"],
  "past-already": ["10m ago", "future"],
};

const unclearTimes = Object.entries(doubtful).map(
  ([doubt, [typed, direction, timeZone = "UTC"]]): UnclearTime => {
    const moment = readMoment(typed, { now: noon, timeZone, direction });
    assert.ok("unclear" in moment && moment.unclear === doubt, `${typed}: ${JSON.stringify(moment)}`);
    return { misread: "unclear-time", direction, moment };
  },
);

const misreads: { readonly [M in Misread["misread"]]: readonly Extract<Misread, { misread: M }>[] } = {
  missing: [{ misread: "missing", label: "person" }],
  "no-person": [{ misread: "no-person", typed: "bobby" }],
  "several-people": [{ misread: "several-people", typed: "kim", people: [bob, carol] }],
  "no-role": [
    { misread: "no-role", typed: "scirbe", roles: view.roles },
    { misread: "no-role", typed: "x", roles: view.roles },
  ],
  "no-severity": [{ misread: "no-severity", typed: "5" }],
  "no-number": [{ misread: "no-number", label: "task number", typed: "it" }],
  "no-message": [{ misread: "no-message", typed: "a" }],
  "no-owner": [{ misread: "no-owner" }],
  "unclear-time": unclearTimes,
  "no-reason": [{ misread: "no-reason", typed: "boredom" }],
  "no-incident": [{ misread: "no-incident", typed: "yesterday's" }],
  "too-long": [{ misread: "too-long", label: "text", most: 4_000 }],
};

const mistakes: {
  readonly [M in Mistake["mistake"]]: readonly Extract<Mistake, { mistake: M }>[];
} = {
  "unknown-command": [
    { mistake: "unknown-command", typed: "statsu", meant: "status" },
    { mistake: "unknown-command", typed: "x".repeat(100) },
  ],
  "too-much": [{ mistake: "too-much", command: role, typed: "and\nmore" }],
  misread: Object.values(misreads)
    .flat()
    .map((misread) => ({ mistake: "misread", command: role, misread })),
};

test("every mistake is on the golden page", () => {
  const chapters = Object.entries(mistakes).map(([kind, samples]): [string, Sayings] => [
    kind,
    Object.fromEntries(
      samples.map((mistake) => {
        const { command: _, ...about } = { command: undefined, ...mistake };
        return [JSON.stringify(about), shown(mistakeWords(mistake, view))];
      }),
    ),
  ]);
  matchesPage("mistakes", Object.fromEntries(chapters));
});

test("what was typed too much is not repeated: it may be a title", () => {
  const words = shown(mistakeWords({ mistake: "too-much", command: role, typed: "Payments fail" }, view));
  assert.doesNotMatch(words, /Payments/);
});
