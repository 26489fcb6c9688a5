import assert from "node:assert/strict";
import { test } from "node:test";
import type { Owner } from "../../../src/incident/facts/work.ts";
import type { Incident, State } from "../../../src/incident/incident.ts";
import { card, roomName, topic } from "../../../src/words/card.ts";
import { formatted } from "../../../src/words/rich.ts";
import {
  after,
  alice,
  archived,
  bob,
  carol,
  gives,
  led,
  made,
  minute,
  noon,
  over,
  type Step,
  Story,
  sealed,
  view,
} from "../../support/incident.ts";
import { everything, matchesPage, type Sayings, shown } from "./page.ts";

const reported = (...steps: readonly Step[]): Incident =>
  new Story().tell([alice, { type: "report", title: "Slow" }], made, ...steps).incident ??
  assert.fail("a story has an incident");
const severe: Step = [alice, { type: "change-severity", to: "sev1", reason: "all regions" }];
const mitigated: Step = [alice, { type: "mitigate", how: "switched over" }];
const relapsed: Step = [alice, { type: "relapse", reason: "the queue grows" }];
const crowd: Step = [
  alice,
  { type: "invite", users: Array.from({ length: 10 }, (_, i) => `@person${i}:bank.example` as const) },
];
const impact: Step = [alice, { type: "state-impact", text: "all card payments since 13:40" }];

const tasks = (count: number, text: string, owner: Owner = { user: bob }): readonly Step[] =>
  Array.from({ length: count }, () => [alice, { type: "add-task", owner, text }]);

/** An incident in every state, and in every shape that its card and its topic show. */
const shapes: { readonly [S in State]: Readonly<Record<string, Incident>> } = {
  triage: {
    "just reported": reported(),
    "abandoned by the reporter": reported([{ type: "member-left", user: alice, by: alice }]),
  },
  active: {
    "with an acting commander": after(),
    led: after(...led),
    "with vacant roles": after(severe),
    "of unknown severity": reported([alice, { type: "activate", people: [bob] }]),
    "where somebody is asked": after(severe, [alice, { type: "offer-role", role: "scribe", user: bob }]),
    "where somebody offers": after([bob, { type: "volunteer", role: "scribe" }]),
    "being handed over": after(...led, [alice, { type: "handover", role: "commander", user: carol }]),
    "without a commander": after([{ type: "member-left", user: alice, by: alice }]),
    "with a crowd": after(crowd),
    "with several in one role": after(...gives(alice, "ops", bob), ...gives(alice, "ops", carol)),
    "with impact and updates": after(impact, [
      alice,
      { type: "update", text: "rolled back 214", nextMs: 45 * minute },
    ]),
    "with impact from and until": after([
      alice,
      { type: "state-impact", text: "all shops", from: noon - 20 * minute, until: noon - minute },
    ]),
    "with impact that began": after([
      alice,
      { type: "state-impact", text: "all shops", from: noon - 20 * minute },
    ]),
    "with impact that ended": after([alice, { type: "state-impact", text: "all shops", until: noon }]),
    "with tasks": after(
      [alice, { type: "add-task", owner: { user: bob }, text: "compare", dueAt: noon + 30 * minute }],
      [alice, { type: "add-task", owner: { role: "scribe" }, text: "write\nit up" }],
      [alice, { type: "add-task", owner: { user: carol }, text: "done soon" }],
      [carol, { type: "finish-task", task: 3 }],
    ),
    "with many tasks": after(...tasks(9, "watch")),
    "that came back": after(mitigated, relapsed),
    "that came back twice": after(mitigated, relapsed, mitigated, relapsed),
  },
  mitigated: { "": after(...led, impact, mitigated) },
  over: {
    "": after(...led, over),
    "with something missing": after(severe, [
      alice,
      { type: "close", summary: "nobody was left", anyway: "nobody was left" },
    ]),
    "being archived": after(...led, over, ...sealed),
  },
  cancelled: {
    "as a duplicate": after([alice, { type: "cancel", reason: "duplicate", of: "INC-0041" }]),
    "as a false alarm": after([alice, { type: "cancel", reason: "false-alarm", text: "a test ran" }]),
    "as superseded": after([alice, { type: "cancel", reason: "superseded" }]),
    "for another reason": after([alice, { type: "cancel", reason: "other", text: "opened by mistake" }]),
  },
  archived: {
    over: after(...led, over, ...sealed, archived),
    cancelled: after([alice, { type: "cancel", reason: "superseded" }], ...sealed, archived),
  },
};

test("card and topic of every state are on the golden page", () => {
  const chapters = Object.entries(shapes).map(([state, each]): [string, Sayings] => {
    for (const incident of Object.values(each)) assert.equal(incident.state, state);
    return [
      state,
      Object.fromEntries(
        Object.entries(each).map(([name, incident]) => [
          name || state,
          [`topic: ${topic(incident, view)}`, shown(card(incident, view))].join("\n"),
        ]),
      ),
    ];
  });
  matchesPage("card", { ...Object.fromEntries(chapters), name: { "": roomName(after()) } });
});

test("outside its room the card has no title and no impact", () => {
  const words = everything(card(after(impact), view, { inRoom: false }));
  assert.doesNotMatch(words, /Payments|card payments/);
});

test("what people wrote is text in the HTML, never markup", () => {
  const names = { ...view, names: { ...view.names, [alice]: '<img src=x onerror="1">' } };
  const hostile = after([alice, { type: "update", text: "</code><script>1</script>\n<b>" }]);
  const html = formatted(card(hostile, names));
  assert.doesNotMatch(html, /<script|<img|<b>/);
  assert.match(html, /&lt;script&gt;/);
});
