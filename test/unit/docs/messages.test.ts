import assert from "node:assert/strict";
import { test } from "node:test";
import type { Fact } from "../../../src/incident/fact.ts";
import type { Said } from "../../../src/words/announcements.ts";
import { saidAtLast, stories } from "../words/stories.ts";
import { Page } from "./page.ts";

/** What the bot says by itself because of a fact, as the page has it; what is not here gives nothing to say. */
const announced: Readonly<Record<string, readonly Fact["type"][]>> = {
  "Declared, Open again": ["activated", "reopened"],
  "Active again": ["relapsed"],
  "Mitigated, Over, Cancelled, severity, update": [
    "mitigated",
    "over",
    "cancelled",
    "severity-changed",
    "updated",
  ],
  "a question about a role, and what came of it": [
    "role-offered",
    "role-volunteered",
    "handover-briefed",
    "role-reminded",
    "role-declined",
    "role-lapsed",
  ],
  "a brief, who has a role, who has it no longer": ["handover-begun", "role-accepted", "role-released"],
  "who took command over, who came in as administrator": ["role-taken-over", "entered"],
  "that a role is vacant": ["role-vacant", "vacancy-reminded", "vacancy-reported"],
  "a task, and that its owner does not answer": [
    "task-added",
    "task-given",
    "task-reminded",
    "task-unanswered",
  ],
  "what is overdue": ["tasks-overdue"],
  "that an update is late": ["update-reminded"],
  "who could not be invited, who left or was taken out": [
    "room-created",
    "invite-failed",
    "invitations-sent",
    "invitation-withdrawn",
    "left",
    "removed",
    "intruder-removed",
  ],
  "what was changed in the room past its roles": ["drift", "drift-left"],
  "that the homeserver encrypted the room": ["room-unusable"],
  "that a message is removed from the archive": ["redaction-ordered"],
  "that its records were put back to an older state": ["room-found"],
};

/** And what no one fact brings: these wake nobody. */
const others = [
  "the pinned card",
  "a catch-up, in a direct chat",
  "whether you still mean what you typed",
  "what the archive is called",
];

const circles = ["nobody", "whom it names", "everybody", "the administrators"] as const;

function whomItWakes({ to, message: { tone, mentionsRoom } }: Said): (typeof circles)[number] {
  if (tone === "notice") return "nobody";
  if (to !== undefined) return "the administrators";
  return mentionsRoom === true ? "everybody" : "whom it names";
}

/** For each fact that gives something to say in any story, whom that wakes. */
const woken = Map.groupBy(
  Object.values(stories).flatMap((each) =>
    Object.values(each).flatMap((told) =>
      saidAtLast(told).map((said) => {
        const entry = told.story.entries.find(({ seq }) => seq === said.seq);
        return { fact: entry?.type, circle: whomItWakes(said) };
      }),
    ),
  ),
  ({ fact }) => fact,
);

test("everything the bot says by itself is in the table, with whom it wakes", () => {
  const rows = Object.entries(announced).map(([says, facts]) => {
    const wakes = new Set(facts.flatMap((fact) => (woken.get(fact) ?? []).map(({ circle }) => circle)));
    return [says, circles.filter((circle) => wakes.has(circle)).join(", ")];
  });
  const shown = new Page("responders.md").table("It says").map(([says, , wakes]) => [says, wakes]);
  assert.deepEqual(shown, [...rows, ...others.map((says) => [says, "nobody"])]);
});

test("no fact gives something to say that the table does not know, and none in it gives nothing", () => {
  assert.deepEqual(Object.values(announced).flat().toSorted(), [...woken.keys()].toSorted());
});
