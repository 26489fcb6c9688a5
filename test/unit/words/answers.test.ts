import assert from "node:assert/strict";
import { test } from "node:test";
import type { Where } from "../../../src/chat/command.ts";
import type { UserId } from "../../../src/incident/ids.ts";
import type { Incident } from "../../../src/incident/incident.ts";
import type { Intent } from "../../../src/incident/intent.ts";
import type { Policy } from "../../../src/incident/policy.ts";
import type { Severity } from "../../../src/incident/severity.ts";
import { archivedWords, failedWords, openedWords } from "../../../src/words/answers.ts";
import {
  elsewhere,
  leaving,
  leavingOldest,
  notInvited,
  notKept,
  notSpokenOfHere,
  whichOne,
} from "../../../src/words/places.ts";
import { listWords, rolesWords } from "../../../src/words/shown.ts";
import {
  after,
  alice,
  archived,
  bob,
  clerk,
  dave,
  led,
  over,
  policy,
  Story,
  sealed,
  view,
} from "../../support/incident.ts";
import { everything, matchesPage, shown, shownMessage } from "./page.ts";

const asked = after(...led, [alice, { type: "offer-role", role: "scribe", user: bob }]);
const severe = after([alice, { type: "change-severity", to: "sev1", reason: "all regions" }]);
const offered = after([bob, { type: "volunteer", role: "scribe" }]);
const ended = after(...led, over, ...sealed, archived);

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
    list: {
      "of nothing": shown(listWords([], alice, "bank.example", view)),
      "of a member": shown(listWords([asked, severe], bob, "bank.example", view)),
      "of an administrator": shown(listWords([asked, reported], dave, "bank.example", view)),
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

test("outside its room an incident is never called by its title", () => {
  for (const words of [
    listWords([asked, reported], alice, "bank.example", view),
    openedWords(declared(alice, "sev1", [bob]), view, inDirectChat),
    openedWords(reported, view, inDirectChat),
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
