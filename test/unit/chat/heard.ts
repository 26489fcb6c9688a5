import type { Act } from "../../../src/chat/command.ts";
import { isForUs, isMistake, parseCommand } from "../../../src/chat/parse.ts";
import { People } from "../../../src/chat/people.ts";
import { typedIn } from "../../../src/chat/typed.ts";
import type { UserId } from "../../../src/incident/ids.ts";
import type { Intent } from "../../../src/incident/intent.ts";
import { alice, bob, carol, minute } from "../../support/incident.ts";
import { reading } from "./reading.ts";

const prefixes = ["!incident", "!inc"];
export const otherCarol: UserId = "@carol.king:bank.example";
const people = new People("bank.example", [
  { user: alice, name: "Alice Smith" },
  { user: bob, name: "Bob" },
  { user: carol, name: "Carol" },
  { user: otherCarol, name: "Carol King" },
  { user: "@carol.two:bank.example", name: "Carol King" },
]);

export type Content = Readonly<Record<string, unknown>>;

/** What a message comes to: an intent, what is to be shown, a mistake; or nothing, where it is not for us. */
export function heard(content: Content, { inIncident = true } = {}): unknown {
  const typed = typedIn(content);
  if (typed === undefined || !isForUs(typed, prefixes)) return "not for us";
  const parsed = parseCommand(typed, prefixes, { ...reading, ...typed, people, inIncident });
  if (isMistake(parsed)) {
    if (parsed.mistake === "misread") return parsed.misread;
    return parsed.mistake === "too-much"
      ? { tooMuch: parsed.typed }
      : { unknown: parsed.typed, meant: parsed.meant };
  }
  const { act, incident } = parsed;
  return { ...(incident === undefined ? {} : { incident }), ...whatOf(act) };
}

function whatOf(act: Act): object {
  if (act.act === "want") return act.intent;
  const { act: _, view: show, ...asked } = act;
  return { show, ...asked };
}

/** A message with this text. */
export const said = (body: string, more: Content = {}): Content => ({ msgtype: "m.text", body, ...more });

export const note = (text: string): Intent => ({ type: "record", kind: "note", text });

export const hour = 60 * minute;
/** A clock time of the day on which everything here is typed, at 19:00. */
export const at = (clock: string) => Date.parse(`2026-11-20T${clock}Z`);
export const dayBefore = (clock: string) => at(clock) - 24 * hour;
