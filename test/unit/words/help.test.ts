import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { Where } from "../../../src/chat/command.ts";
import { commands } from "../../../src/chat/commands.ts";
import type { UserId } from "../../../src/incident/ids.ts";
import type { Incident, State } from "../../../src/incident/incident.ts";
import { commandWords, helpWords, usableCommands } from "../../../src/words/help.ts";
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
  made,
  over,
  policy,
  type Step,
  Story,
  sealed,
  stranger,
  view,
} from "../../support/incident.ts";
import { matchesPage, type Sayings, shown } from "./page.ts";

/** Alice commands, Bob deputises, Carol helps and the clerk reads along. */
const manned: readonly Step[] = [...led, [alice, { type: "invite", users: [clerk], role: "observer" }]];
const cancelled: Step = [alice, { type: "cancel", reason: "superseded" }];
const triage = new Story().tell(
  [alice, { type: "report", title: "Slow" }],
  made,
  [alice, { type: "invite", users: [carol] }],
  ...gives(alice, "deputy", bob),
  [alice, { type: "invite", users: [clerk], role: "observer" }],
).incident;

const incidents: { readonly [S in State]: Incident } = {
  triage: triage ?? assert.fail("a story has an incident"),
  active: after(...manned),
  mitigated: after(...manned, [alice, { type: "mitigate", how: "switched over" }]),
  over: after(...manned, over),
  cancelled: after(...manned, cancelled),
  archived: after(...manned, over, ...sealed, archived),
};
const members: Readonly<Record<string, UserId>> = {
  commander: alice,
  deputy: bob,
  responder: carol,
  observer: clerk,
};
const people = { ...members, "administrator, not in it": dave };
const outside: readonly (readonly [string, Where, UserId])[] = [
  ["in a direct chat", "direct", dave],
  ["in a direct chat, who may not open incidents", "direct", clerk],
  ["in a lobby", "lobby", dave],
  ["in a lobby, who may not open incidents", "lobby", clerk],
];

const short = { all: false };
const all = { all: true };

test("what help says to whom, where and when is on the golden page", () => {
  const inside = (["room", "direct"] as const).flatMap((where) =>
    Object.entries(incidents).map(([state, incident]): [string, Sayings] => [
      `${state}, asked in ${where === "room" ? "its room" : "a direct chat"}`,
      Object.fromEntries(
        Object.entries(where === "room" ? members : people).map(([who, user]) => [
          who,
          shown(helpWords({ user, where, incident }, policy, view, short)),
        ]),
      ),
    ]),
  );
  const elsewhere = outside.map(([who, where, user]): [string, string] => [
    who,
    shown(helpWords({ user, where, incident: undefined }, policy, view, short)),
  ]);
  matchesPage("help", {
    ...Object.fromEntries(inside),
    "without an incident": Object.fromEntries(elsewhere),
    "help all": {
      commander: shown(
        helpWords({ user: alice, where: "room", incident: incidents.active }, policy, view, all),
      ),
      responder: shown(
        helpWords({ user: carol, where: "room", incident: incidents.active }, policy, view, all),
      ),
    },
    "help <command>": Object.fromEntries(
      commands.map((command) => [command.name, shown(commandWords(command, view))]),
    ),
  });
});

describe("help", () => {
  test("fits on one screen", () => {
    for (const incident of Object.values(incidents)) {
      for (const user of Object.values(people)) {
        assert.ok(helpWords({ user, where: "room", incident }, policy, view, short).length <= 6);
      }
    }
  });

  test("of a stranger offers nothing but help itself", () => {
    const nobody = { user: stranger, where: "lobby", incident: undefined } as const;
    assert.deepEqual(
      usableCommands(nobody, policy).map(({ name }) => name),
      ["help"],
    );
  });
});
