import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { recordKinds } from "../../../src/incident/facts/record.ts";
import type { UserId } from "../../../src/incident/ids.ts";
import type { Incident } from "../../../src/incident/incident.ts";
import { card } from "../../../src/words/card.ts";
import { catchUpWords } from "../../../src/words/catchup.ts";
import { messageContent, type Rich } from "../../../src/words/rich.ts";
import { peopleWords } from "../../../src/words/shown.ts";
import { tasksWords } from "../../../src/words/tasks.ts";
import { timelineWords } from "../../../src/words/timeline.ts";
import type { View } from "../../../src/words/view.ts";
import { alice, bob, joins, known, noon, type Step, underWay, view } from "../../support/incident.ts";

const guests = Array.from({ length: 200 }, (_, i): UserId => `@guest${i}:bank.example`);
const mostText = 4_000;

/** An incident with everything as large as it can be, of letters or of whatever takes more room. */
function largest(letter: string): Incident {
  const text = letter.repeat(mostText / letter.length);
  const ofAll = guests.flatMap((user, i): readonly Step[] => {
    if (i < 100) return [joins(user)];
    return i < 150 ? [[{ type: "member-left", user, by: user }]] : [];
  });
  const story = underWay().tell([alice, { type: "invite", users: guests }], ...ofAll);
  for (const user of guests.slice(0, 40)) {
    story.tell([alice, { type: "offer-role", role: "ops", user }], [user, { type: "accept-role" }]);
  }
  for (let i = 0; i < 60; i++) {
    story.tell([alice, { type: "add-task", owner: { user: bob }, text, dueAt: noon }]);
    for (const kind of recordKinds) story.tell([alice, { type: "record", kind, text }]);
  }
  story.tell(
    [{ type: "tasks-due" }],
    [alice, { type: "change-title", title: letter.repeat(200 / letter.length) }],
    [alice, { type: "state-impact", text, from: noon, until: noon }],
    [alice, { type: "update", text }],
  );
  return known(story);
}

const named = (name: string): View => ({
  ...view,
  names: Object.fromEntries([alice, bob, ...guests].map((user) => [user, name.repeat(300 / name.length)])),
});

/** How much a message's content takes in an event, in bytes. */
function bytesOf(text: Rich): number {
  return Buffer.byteLength(JSON.stringify(messageContent({ text, tone: "notice" })));
}

interface Page {
  readonly words: (incident: Incident, view: View) => Rich;
  /** What it may take where people write letters, and where they write anything, in bytes. */
  readonly ofLetters: number;
  readonly ofAnything: number;
}

/** No event holds more than 65,536 bytes; the card is edited, and an edit says everything twice. */
const pages: Readonly<Record<string, Page>> = {
  card: { words: card, ofLetters: 10_000, ofAnything: 30_000 },
  "catch-up": {
    words: (incident, view) => catchUpWords(incident, undefined, view),
    ofLetters: 20_000,
    ofAnything: 50_000,
  },
  timeline: {
    words: (incident, view) => timelineWords(incident, { most: 1_000 }, view),
    ofLetters: 40_000,
    ofAnything: 50_000,
  },
  who: { words: peopleWords, ofLetters: 40_000, ofAnything: 50_000 },
  tasks: { words: tasksWords, ofLetters: 40_000, ofAnything: 50_000 },
};

describe("what is said fits into an event, whatever was written", () => {
  const letters = largest("x");
  const signs = largest("🚨");
  const markup = largest("&");
  for (const [name, { words, ofLetters, ofAnything }] of Object.entries(pages)) {
    test(name, () => {
      assert.ok(bytesOf(words(letters, named("x"))) < ofLetters);
      assert.ok(bytesOf(words(signs, named("🚨"))) < ofAnything);
      assert.ok(bytesOf(words(markup, named("&"))) < ofAnything);
    });
  }
});
