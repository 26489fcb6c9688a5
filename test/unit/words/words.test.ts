import assert from "node:assert/strict";
import { join } from "node:path";
import { test } from "node:test";
import { commands } from "../../../src/chat/commands.ts";
import type { Misread } from "../../../src/chat/parameter.ts";
import { findCommand, type Mistake } from "../../../src/chat/parse.ts";
import { fold } from "../../../src/incident/evolve.ts";
import type { Incident } from "../../../src/incident/incident.ts";
import type { IntentType } from "../../../src/incident/intent.ts";
import { permissions } from "../../../src/incident/permissions.ts";
import type { Refusal, RefusalCode } from "../../../src/incident/refusal.ts";
import { announce, archivedWords, openedWords } from "../../../src/words/announcements.ts";
import { roomName, topic } from "../../../src/words/card.ts";
import { mistakeWords } from "../../../src/words/mistakes.ts";
import { refusalWords } from "../../../src/words/refusals.ts";
import { formatted, type Message, plain, type Rich } from "../../../src/words/rich.ts";
import {
  commandWords,
  helpWords,
  isUsable,
  listWords,
  rolesWords,
  statusWords,
} from "../../../src/words/shown.ts";
import { matchesGolden } from "../../support/golden.ts";
import {
  after,
  alice,
  archived,
  bob,
  carol,
  clerk,
  dave,
  gives,
  led,
  minute,
  over,
  policy,
  type Step,
  sealed,
  story,
  stranger,
  view,
} from "../../support/incident.ts";

const intents = Object.keys(permissions) as IntentType[];
const states = ["active", "mitigated", "over", "archived"] as const;

/** One of each kind of refusal, and of those with several wordings each. */
const refusals: { readonly [C in RefusalCode]: readonly Extract<Refusal, { refused: C }>[] } = {
  unseen: [{ refused: "unseen" }],
  "may-not-declare": [{ refused: "may-not-declare" }],
  "not-entitled": intents.map((intent) => ({
    refused: "not-entitled",
    intent,
    who: permissions[intent].who,
    holders: intent === "close" ? [alice] : intent === "archive" ? [] : [alice, bob],
  })),
  "wrong-state": states.flatMap((state) =>
    intents.map((intent) => ({ refused: "wrong-state", intent, state }) as const),
  ),
  closing: [{ refused: "closing" }],
  "room-unusable": [{ refused: "room-unusable", reason: "encrypted" }],
  "unknown-role": [{ refused: "unknown-role", role: "wizard" }],
  "not-eligible": [
    {
      refused: "not-eligible",
      role: "commander",
      user: clerk,
      eligible: ["@*.duty:bank.example", "@alice:bank.example"],
    },
  ],
  outsider: [{ refused: "outsider", user: stranger }],
  excluded: [{ refused: "excluded", role: "ops", user: alice, other: "commander" }],
  "already-holder": [{ refused: "already-holder", role: "scribe", user: bob }],
  "already-offered": [{ refused: "already-offered", role: "scribe", user: bob }],
  "already-there": [{ refused: "already-there", user: bob }],
  "no-offer": [{ refused: "no-offer" }, { refused: "no-offer", role: "scribe" }],
  "several-offers": [{ refused: "several-offers", roles: ["scribe", "comms"] }],
  "same-severity": [{ refused: "same-severity", severity: "sev2" }],
  "roles-missing": [{ refused: "roles-missing", roles: ["deputy", "scribe"] }],
};

const role = findCommand("role") ?? assert.fail("there is no command role");
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
  "too-long": [{ misread: "too-long", label: "text", most: 4_000 }],
};
const mistakes: readonly Mistake[] = [
  { mistake: "unknown-command", typed: "statsu", meant: "status" },
  { mistake: "unknown-command", typed: "x".repeat(100) },
  { mistake: "too-much", command: role, typed: "and\nmore" },
  ...Object.values(misreads).flatMap((each) =>
    each.map((misread) => ({ mistake: "misread", command: role, misread }) as const),
  ),
];

const asked: Step = [alice, { type: "offer-role", role: "scribe", user: bob }];
const due: Step = [{ type: "offer-due", role: "scribe", user: bob }];
/** Stories in which everything happens that the bot says something about. */
const stories: readonly (readonly Step[])[] = [
  [
    ...led,
    ...gives(alice, "commander", carol),
    [{ type: "member-left", user: bob, by: bob }],
    [{ type: "member-joined", user: bob }],
  ],
  [asked, due, due],
  [asked, [bob, { type: "decline-role" }]],
  [
    [{ type: "invite-refused", user: bob, reason: "M_FORBIDDEN" }],
    [{ type: "drifted", what: "name", by: carol, event: "$1" }],
    [{ type: "room-encrypted" }],
  ],
  [[{ type: "member-left", user: alice, by: alice }]],
  [
    ...led,
    [alice, { type: "update", text: "looking at <the> logs", nextMs: 45 * minute }],
    [alice, { type: "note", text: "the provider was called" }],
    [alice, { type: "change-severity", to: "sev4", reason: "one region only" }],
    [alice, { type: "mitigate", how: "switched over" }],
    over,
    ...sealed,
    archived,
  ],
];

function announced(steps: readonly Step[]): readonly string[] {
  const { entries } = story(...steps);
  return entries.flatMap((entry, i) => {
    const said = announce(entry, foldTo(entries, i), policy.graceMs, view);
    return said === undefined
      ? []
      : [`${entry.type}: ${shownMessage(said.message)}${(said.controls ?? []).join(" ")}`];
  });
}

function foldTo(entries: ReturnType<typeof story>["entries"], last: number): Incident {
  return fold(entries.slice(0, last + 1)) ?? assert.fail("a story begins with its declaration");
}

function shownMessage({ text, tone, mentions = [], mentionsRoom = false }: Message): string {
  const whom = [...mentions, ...(mentionsRoom ? ["the room"] : [])];
  return `[${tone}${whom.length === 0 ? "" : ` to ${whom.join(", ")}`}]\n${plain(text)}\n`;
}

const running = after(...led, asked, [alice, { type: "update", text: "looking at <the> logs" }]);
const ended = after(...led, over, ...sealed, archived);

function answers(): Readonly<Record<string, Rich>> {
  const usable = (user: typeof alice, where: "room" | "direct" | "lobby") =>
    helpWords(
      commands.filter((command) =>
        isUsable(command, where, user, where === "room" ? running : undefined, policy),
      ),
      view,
    );
  return {
    "opened by who commands": openedWords(after(), { needed: ["scribe"] }, view),
    "status, in the room": statusWords(running, policy, view, { titled: true }),
    "status, elsewhere": statusWords(running, policy, view, { titled: false }),
    "status, archived": statusWords(ended, policy, view, { titled: true }),
    roles: rolesWords(running, policy, view),
    "list, of nothing": listWords([], alice, "bank.example", view),
    list: listWords([running, ended], alice, "bank.example", view),
    "help for a commander": usable(alice, "room"),
    "help for a responder": usable(carol, "room"),
    "help in a direct chat": usable(dave, "direct"),
    "help in a lobby": usable(dave, "lobby"),
    ...Object.fromEntries(commands.map((command) => [`help ${command.name}`, commandWords(command, view)])),
  };
}

test("every word of the bot's is in the golden file", () => {
  const pages = [
    chapter(
      "Refusals",
      Object.values(refusals)
        .flat()
        .map((refusal) => [JSON.stringify(refusal), plain(refusalWords(refusal, running, view))]),
    ),
    chapter(
      "Mistakes",
      mistakes.map((mistake) => [mistake.mistake, plain(mistakeWords(mistake, view))]),
    ),
    chapter(
      "Announcements",
      stories.flatMap((steps, i) =>
        announced(steps).map((said): [string, string] => [`story ${i + 1}`, said]),
      ),
    ),
    chapter(
      "Answers",
      Object.entries(answers()).map(([name, words]) => [name, plain(words)]),
    ),
    chapter("The room", [
      ["name", roomName(running)],
      ["topic", topic(running, view)],
      [
        "archived",
        shownMessage(
          archivedWords({
            name: "INC-0042--x",
            digest: "ab".repeat(32),
            statement: "Whole: 40 events, none missing.",
          }),
        ),
      ],
    ]),
  ];
  matchesGolden(join(import.meta.dirname, "words.golden.txt"), pages.join("\n"));
});

function chapter(name: string, words: readonly (readonly [string, string])[]): string {
  return [`==== ${name}`, ...words.map(([title, text]) => `\n-- ${title}\n${text.trimEnd()}`), ""].join("\n");
}

test("no refusal and no mistake shouts, begs or blames, and each is short", () => {
  const all = [
    ...Object.values(refusals)
      .flat()
      .map((each) => refusalWords(each, running, view)),
    ...mistakes.map((each) => mistakeWords(each, view)),
  ];
  for (const words of all.map(plain)) {
    assert.doesNotMatch(words.replaceAll("!inc", ""), /!|please|sorry|successfully|invalid|error/i, words);
    assert.ok(words.split("\n").length <= 3, words);
  }
});

test("outside its room an incident is never called by its title", () => {
  for (const words of [
    statusWords(running, policy, view, { titled: false }),
    listWords([running], alice, "bank.example", view),
    openedWords(running, { needed: [] }, view),
  ]) {
    assert.doesNotMatch(plain(words) + formatted(words), /Payments/);
  }
});

test("what people wrote is text in the HTML, never markup", () => {
  const names = { ...view, names: { ...view.names, [alice]: '<img src=x onerror="1">' } };
  const hostile = after([alice, { type: "update", text: "</code><script>1</script>\n<b>" }]);
  const shown = formatted(statusWords(hostile, policy, names, { titled: true }));
  assert.doesNotMatch(shown, /<script|<img|<b>/);
  assert.match(shown, /&lt;script&gt;/);
});

test("who could not be invited before there was a room is named as soon as there is one", () => {
  const { entries } = story();
  const told = entries.find(({ type }) => type === "room-created") ?? assert.fail("the story has a room");
  const incident = after([{ type: "invite-refused", user: bob, reason: "outside" }]);
  const said = announce(told, incident, policy.graceMs, view);
  assert.match(plain(said?.message.text ?? []), /^Bob could not be invited: they are not among/);
  assert.equal(announce(told, after(), policy.graceMs, view), undefined);
});
