import assert from "node:assert/strict";
import fc from "fast-check";
import { isMistake, type Parsed, parseCommand } from "../../../src/chat/parse.ts";
import { People } from "../../../src/chat/people.ts";
import { type Typed, typedIn } from "../../../src/chat/typed.ts";
import { decide } from "../../../src/incident/decide.ts";
import { isRefusal } from "../../../src/incident/decision.ts";
import type { Fact } from "../../../src/incident/fact.ts";
import type { UserId } from "../../../src/incident/ids.ts";
import type { Incident } from "../../../src/incident/incident.ts";
import type { Intent } from "../../../src/incident/intent.ts";
import { timersOf } from "../../../src/incident/timers.ts";
import { announce } from "../../../src/words/announcements.ts";
import { card } from "../../../src/words/card.ts";
import { mistakeWords } from "../../../src/words/mistakes.ts";
import { refusalWords } from "../../../src/words/refusals.ts";
import { messageContent, type Rich } from "../../../src/words/rich.ts";
import { noon, policy } from "../../support/incident.ts";
import { fuzzed } from "../fuzz.ts";
import { assertInert } from "../inert.ts";
import { after, everyone, hostileView, scenes } from "../scene.ts";
import { message } from "../typing.ts";

const prefixes = ["!incident", "!inc"];
const people = new People(
  hostileView.server,
  everyone.map((user) => ({ user, name: hostileView.names[user] ?? "" })),
);

/** What somebody types, through to what becomes of an incident by it and what is said of that. */
export const commands = fuzzed({
  name: "commands",
  share: 300,
  inputs: fc.record({
    content: message,
    scene: fc.nat(scenes.length),
    // Half of it by the commander, who may do most.
    actor: fc.oneof(fc.constant(0), fc.nat(everyone.length - 1)),
    timeZone: fc.constantFrom("UTC", "Europe/Zurich", "Asia/Kathmandu", "America/St_Johns"),
  }),
  begin: async () => (input) => {
    const typed = typedIn(input.content);
    if (typed === undefined) return;
    // Beside the incidents: a place where there is none.
    const incident = scenes[input.scene];
    const parsed = parseCommand(typed, prefixes, {
      people,
      roles: hostileView.roles,
      inIncident: incident !== undefined,
      now: noon,
      timeZone: input.timeZone,
      ...(typed.repliesTo === undefined ? {} : { repliesTo: typed.repliesTo }),
    });
    if (isMistake(parsed)) say(mistakeWords(parsed, hostileView));
    else carryOut(incident, everyone[input.actor] ?? "@:", typed, parsed);
  },
});

function carryOut(incident: Incident | undefined, actor: UserId, typed: Typed, parsed: Parsed): void {
  if (parsed.act.act !== "want") return;
  assertMeant(typed, parsed);
  want(incident, actor, parsed.act.intent);
}

/** What is only nearly a command changes nothing: whatever is wanted was called by its own name. */
function assertMeant({ line, pills }: Typed, { command }: Parsed): void {
  const typed = line.replace(/^(?:!incident|!inc|\/incident)(?=\s|$)/i, "").replace(/^[\s,:;]+/, "");
  const [word = ""] = typed.toLowerCase().split(/\s/, 1);
  const isNamed = [command.name, ...command.aliases].some((name) =>
    // A pill ends a word too.
    pills.length === 0 ? word === name : word.startsWith(name),
  );
  assert.ok(isNamed, `"${typed}" is taken for ${command.name}`);
}

function want(incident: Incident | undefined, actor: UserId, intent: Intent): void {
  // What opens an incident is decided without one, wherever it was typed.
  const about = intent.type === "declare" || intent.type === "report" ? undefined : incident;
  const decision = decide(about, intent, { actor, at: noon, policy, heard: {} });
  if (isRefusal(decision)) say(refusalWords(decision, about, hostileView));
  else if (about !== undefined) goOn(about, actor, decision);
}

function goOn(incident: Incident, actor: UserId, decision: readonly Fact[]): void {
  const then = after(incident, actor, decision);
  timersOf(then.incident, policy);
  for (const { message } of announce(then.entries, then.incident, policy, hostileView)) say(message.text);
  say(card(then.incident, hostileView));
}

/** The homeserver takes 65,536 bytes for the whole event. */
const mostBytes = 64_000;

function say(text: Rich): void {
  const content = messageContent({ text, tone: "notice" });
  assertInert(String(content.formatted_body));
  const bytes = Buffer.byteLength(JSON.stringify(content));
  assert.ok(bytes < mostBytes, `an answer of ${bytes} bytes`);
}
