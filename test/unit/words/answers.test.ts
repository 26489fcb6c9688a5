import assert from "node:assert/strict";
import { test } from "node:test";
import type { Where } from "../../../src/chat/command.ts";
import { type RecordKind, recordKinds } from "../../../src/incident/facts/record.ts";
import type { Owner } from "../../../src/incident/facts/work.ts";
import type { UserId } from "../../../src/incident/ids.ts";
import type { Incident } from "../../../src/incident/incident.ts";
import type { Intent } from "../../../src/incident/intent.ts";
import type { Policy } from "../../../src/incident/policy.ts";
import type { Severity } from "../../../src/incident/severity.ts";
import {
  archivedWords,
  failedWords,
  heldWords,
  openedWords,
  tooLateWords,
} from "../../../src/words/answers.ts";
import { catchUpWords } from "../../../src/words/catchup.ts";
import {
  elsewhere,
  leaving,
  leavingOldest,
  notInvited,
  notKept,
  notSpokenOfHere,
  whichOne,
} from "../../../src/words/places.ts";
import { plain } from "../../../src/words/rich.ts";
import { listWords, peopleWords, rolesWords } from "../../../src/words/shown.ts";
import { tasksWords } from "../../../src/words/tasks.ts";
import { timelineWords } from "../../../src/words/timeline.ts";
import {
  after,
  alice,
  archived,
  bob,
  carol,
  clerk,
  dave,
  known,
  led,
  minute,
  noon,
  over,
  policy,
  type Step,
  Story,
  sealed,
  underWay,
  view,
} from "../../support/incident.ts";
import { everything, matchesPage, shown, shownMessage } from "./page.ts";

const asked = after(...led, [alice, { type: "offer-role", role: "scribe", user: bob }]);
const severe = after([alice, { type: "change-severity", to: "sev1", reason: "all regions" }]);
const offered = after([bob, { type: "volunteer", role: "scribe" }]);
const ended = after(...led, over, ...sealed, archived);

/** Somebody in every standing, and a name that stands for itself. */
const scattered = after(
  ...led,
  [alice, { type: "invite", users: [dave, clerk, "@person:bank.example"] }],
  [{ type: "member-left", user: carol, by: carol }],
  [{ type: "invite-refused", user: "@person:bank.example", reason: "M_FORBIDDEN" }],
);
const checklist: Policy = {
  ...policy,
  playbooks: [{ name: "payments", version: "3", severities: "always", items: ["call the provider"] }],
};
const asksFor = (owner: Owner, text: string, dueAt?: number): Step => [
  alice,
  { type: "add-task", owner, text, ...(dueAt === undefined ? {} : { dueAt }) },
];
const busy = known(
  underWay(checklist).tell(
    asksFor({ user: bob }, "compare\nthe queue depth", noon + 30 * minute),
    asksFor({ role: "scribe" }, "write the summary"),
    asksFor({ user: carol }, "watch the dashboard", noon + minute),
    [{ type: "tasks-due" }],
  ),
);
const idle = after(asksFor({ user: bob }, "compare"), [bob, { type: "finish-task", task: 1 }]);
const notes = (kind: RecordKind, text: string, at?: number): Step => [
  alice,
  { type: "record", kind, text, ...(at === undefined ? {} : { at }) },
];
/** Something of every kind on the timeline: out of order, corrected, removed, taken away again. */
const recorded = after(
  notes("fact", "only payments above 500 fail", noon - 20 * minute),
  notes("decision", "roll back 214"),
  notes("ruledout", "the network:\nall links are clean"),
  [alice, { type: "state-impact", text: "all card payments", until: noon + minute }],
  notes("note", "the provider was called"),
  [alice, { type: "update", text: "rolling back" }],
  [alice, { type: "mark", message: "$seen", sender: bob, text: "the queue is full", sentAt: noon }],
  [alice, { type: "mark", message: "$gone", sender: carol, text: "secret", sentAt: noon }],
  [alice, { type: "mark", message: "$mistake", sender: carol, text: "lunch", sentAt: noon }],
  [alice, { type: "unmark", message: "$mistake" }],
  [{ type: "message-removed", message: "$gone", by: carol, spoken: true }],
  [alice, { type: "correct", line: 2, text: "roll back 213", at: noon - 24 * 60 * minute }],
  asksFor({ user: bob }, "compare the queue depth"),
);
/** More than a catch-up can hold. */
const crowded = after(
  ...recordKinds.flatMap((kind) => Array.from({ length: 9 }, (_, i) => notes(kind, `${kind} ${i + 1}`))),
  ...Array.from({ length: 9 }, (_, i) => asksFor({ user: bob }, `task ${i + 1}`)),
);

/** Here everybody may open incidents, the clerk too, who may not command. */
const open: Policy = { ...policy, mayDeclare: () => true };
const opened = (by: UserId, intent: Intent): Incident =>
  new Story(open).tell([by, intent]).incident ?? assert.fail("a story has an incident");
const declared = (by: UserId, severity: Severity, people: readonly UserId[]): Incident =>
  opened(by, { type: "declare", title: "Payments fail", severity, people });
const reported = opened(alice, { type: "report", title: "Payments fail" });

const inDirectChat = { discreet: false };
const inLobby = { discreet: true };
const places: readonly (readonly Where[])[] = [["room", "direct"], ["direct", "lobby"], ["direct"]];

test("every answer is on the golden page", () => {
  const archive = {
    name: "INC-0042--x",
    digest: "ab".repeat(32),
    statement: "Whole: 40 events, none missing.",
  };
  matchesPage("answers", {
    "whoever opened an incident": {
      "and commands": shown(openedWords(declared(alice, "sev3", []), view, inDirectChat)),
      "with others, and roles to fill": shown(
        openedWords(declared(alice, "sev1", [bob, dave]), view, inDirectChat),
      ),
      "and may not command": shown(openedWords(declared(clerk, "sev3", [bob]), view, inDirectChat)),
      "in a lobby": shown(openedWords(declared(alice, "sev1", [bob, dave]), view, inLobby)),
      "by reporting": shown(openedWords(reported, view, inDirectChat)),
    },
    roles: {
      "one asked": shown(rolesWords(asked, view)),
      "some vacant": shown(rolesWords(severe, view)),
      "one offered": shown(rolesWords(offered, view)),
      archived: shown(rolesWords(ended, view)),
    },
    who: {
      "with roles": shown(peopleWords(asked, view)),
      "in every standing": shown(peopleWords(scattered, view)),
    },
    tasks: {
      none: shown(tasksWords(asked, view)),
      "with a checklist": shown(tasksWords(busy, view)),
      "all done": shown(tasksWords(idle, view)),
    },
    timeline: {
      empty: shown(timelineWords(asked, {}, view)),
      "empty, when it is archived": shown(timelineWords(ended, {}, view)),
      "of one kind, where there is none": shown(timelineWords(asked, { kind: "decision" }, view)),
      all: shown(timelineWords(recorded, {}, view)),
      "the last two": shown(timelineWords(recorded, { most: 2 }, view)),
      "the last two decisions": shown(timelineWords(recorded, { most: 2, kind: "decision" }, view)),
      "since a time": shown(timelineWords(recorded, { since: noon + 8 * minute }, view)),
      "since a time, where there is nothing": shown(
        timelineWords(recorded, { since: noon + 60 * minute }, view),
      ),
    },
    "catch-up": {
      "of nothing": shown(catchUpWords(after(), undefined, view)),
      "of nothing since a time": shown(catchUpWords(after(), noon, view)),
      "of everything": shown(catchUpWords(recorded, undefined, view)),
      "of what is new": shown(catchUpWords(recorded, noon + 9 * minute, view)),
      "where there is much": shown(catchUpWords(crowded, undefined, view)),
    },
    "asked about": {
      late: shown(heldWords({ name: "over", why: "late", by: alice, sentAt: noon }, view)),
      "before the impact": shown(
        heldWords({ name: "note", why: "before-impact", by: alice, sentAt: noon }, view),
      ),
      "and answered too late": shown(tooLateWords(view)),
    },
    list: {
      "of nothing": shown(listWords([], alice, view)),
      "of a member": shown(listWords([asked, severe], bob, view)),
      "of an administrator": shown(listWords([asked, reported], dave, view)),
    },
    "the end": {
      archived: shownMessage(archivedWords(archive)),
      "the service failed": shown(failedWords("7KQ2")),
    },
    "the wrong place": {
      ...Object.fromEntries(places.map((where) => [where.join(" or "), shown(elsewhere(where, view))])),
      "another incident's room": shown(notSpokenOfHere),
      "a direct chat, in several incidents": shown(whichOne("status", ["INC-0042", "INC-0043"], view)),
      "a direct chat, in none": shown(whichOne("status", [], view)),
    },
    "with what reason": {
      ...leaving,
      leavingOldest: leavingOldest(5),
      "somebody is taken out": notInvited,
      "state is blanked": notKept,
    },
  });
});

test("a catch-up has at most 25 lines, and every part of it is heard", () => {
  const { length } = plain(catchUpWords(crowded, undefined, view)).split("\n");
  assert.equal(length, 25);
  const words = shown(catchUpWords(crowded, undefined, view));
  for (const newest of ["fact 9", "ruledout 9", "decision 9", "task 9"]) assert.match(words, RegExp(newest));
  assert.doesNotMatch(words, /note/, "what is only noted is no news");
});

test("outside its room an incident is never called by its title", () => {
  for (const words of [
    listWords([asked, reported], alice, view),
    openedWords(declared(alice, "sev1", [bob]), view, inDirectChat),
    openedWords(reported, view, inDirectChat),
    catchUpWords(recorded, undefined, view),
  ]) {
    assert.doesNotMatch(everything(words), /Payments/);
  }
});

test("in a lobby nobody is named", () => {
  for (const by of [alice, clerk]) {
    const words = everything(openedWords(declared(by, "sev1", [bob, dave]), view, inLobby));
    assert.doesNotMatch(words, /Alice|Bob|Dave|clerk|matrix\.to/);
  }
});
