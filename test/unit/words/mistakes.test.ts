import assert from "node:assert/strict";
import { test } from "node:test";
import type { Misread } from "../../../src/chat/parameter.ts";
import { commandsCalled, type Mistake } from "../../../src/chat/parse.ts";
import { mistakeWords } from "../../../src/words/mistakes.ts";
import { bob, carol, view } from "../../support/incident.ts";
import { matchesPage, type Sayings, shown } from "./page.ts";

const [role] = commandsCalled("role");
assert.ok(role !== undefined);

const misreads: { readonly [M in Misread["misread"]]: readonly Extract<Misread, { misread: M }>[] } = {
  missing: [{ misread: "missing", label: "person" }],
  "no-person": [{ misread: "no-person", typed: "bobby" }],
  "several-people": [{ misread: "several-people", typed: "kim", people: [bob, carol] }],
  "no-role": [
    { misread: "no-role", typed: "scirbe", roles: view.roles },
    { misread: "no-role", typed: "x", roles: view.roles },
  ],
  "no-severity": [{ misread: "no-severity", typed: "5" }],
  "no-duration": [{ misread: "no-duration", typed: "5x" }],
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
