import type { UserId } from "../incident/ids.ts";
import type { RoleName } from "../incident/policy.ts";
import type { Severity } from "../incident/severity.ts";
import { gist } from "../text/excerpt.ts";
import { joined, type Span } from "./rich.ts";

/** What the words need besides the incident: how people are called, which clock they read. */
export interface View {
  /** The shortest prefix of a command, `!inc`. */
  readonly prefix: string;
  /** The bot itself. */
  readonly bot: UserId;
  /** The organisation's time zone, by its IANA name. */
  readonly timeZone: string;
  /** Display names, as far as they are known. */
  readonly names: Readonly<Record<UserId, string>>;
  /** The order of roles in lists, most powerful first, as configured. */
  readonly roles: readonly RoleName[];
  /** The homeserver's name, without which a link to a room leads nowhere. */
  readonly server: string;
  /** Whether there is a room in which the administrators are told what they must know. */
  readonly administratorsHear: boolean;
}

/** The longest name, in characters: enough to know who is meant. */
const longestName = 40;

/** A person as a pill, by display name or else by the local part of the user id. */
export function person(user: UserId, view: View): Span {
  return { person: user, name: nameOf(user, view) };
}

/** Several people, with commas. */
export function people(users: readonly UserId[], view: View): readonly Span[] {
  return joined(
    users.map((user) => person(user, view)),
    ", ",
  );
}

/** Named at most, where there may be a crowd. */
const mostNamed = 8;

/** Several people; of a crowd the first few, and how many more. */
export function crowd(users: readonly UserId[], view: View, most = mostNamed): readonly Span[] {
  const more = users.length - most;
  return more > 0 ? [...people(users.slice(0, most), view), ` and ${more} more`] : people(users, view);
}

function nameOf(user: UserId, view: View): string {
  const given = view.names[user]?.trim();
  const name = given === undefined || given === "" ? user.slice(1, user.indexOf(":")) : given;
  return gist(name, longestName);
}

/** Whoever acted, when it may have been the service itself. */
export function actor(who: UserId | "cordon", view: View): Span {
  return who === "cordon" ? "Cordon" : person(who, view);
}

/** Who changed a room; whoever has the homeserver can also act in the bot's name. */
export function culprit(by: UserId, view: View): Span {
  return by === view.bot ? "somebody acting in my name" : person(by, view);
}

/** At the beginning of a sentence. */
export function capitalised(span: Span): Span {
  return typeof span === "string" ? capital(span) : span;
}

export function severityName(severity: Severity): string {
  return severity === "unknown" ? "severity unknown" : severity.toUpperCase();
}

export function capital(word: string): string {
  return word.charAt(0).toUpperCase() + word.slice(1);
}

/** `scribe`, `scribe and comms`, `scribe, comms and ops`. */
export function listed(words: readonly string[], last: "and" | "or" = "and"): string {
  if (words.length < 2) return words.join("");
  return `${words.slice(0, -1).join(", ")} ${last} ${words.at(-1)}`;
}
