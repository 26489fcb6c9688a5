import { type CancelReason, cancelReasons } from "../incident/fact.ts";
import { type IncidentId, parseIncidentId, type UserId } from "../incident/ids.ts";
import type { RoleName } from "../incident/policy.ts";
import { parseSeverity, type Severity } from "../incident/severity.ts";
import type { People } from "./people.ts";
import type { Words } from "./words.ts";

/** What a parameter needs to know to read what was typed. */
export interface Reading {
  readonly people: People;
  readonly roles: readonly RoleName[];
  /** Whether it was typed in an incident's room, so that its incident need not be named. */
  readonly inIncident: boolean;
}

/** Why a parameter could not be read. */
export type Misread =
  | { readonly misread: "missing"; readonly label: string }
  | { readonly misread: "no-person"; readonly typed: string }
  | { readonly misread: "several-people"; readonly typed: string; readonly people: readonly UserId[] }
  | { readonly misread: "no-role"; readonly typed: string; readonly roles: readonly RoleName[] }
  | { readonly misread: "no-severity"; readonly typed: string }
  | { readonly misread: "no-duration"; readonly typed: string }
  | { readonly misread: "no-reason"; readonly typed: string }
  | { readonly misread: "no-incident"; readonly typed: string }
  | { readonly misread: "too-long"; readonly label: string; readonly most: number };

/** One parameter of a command: how it is shown in usage lines, and how it is read. */
export interface Parameter<T> {
  /** `<title>`, `[sevN]`, `@person`. */
  readonly usage: string;
  /** Taken from the end of the line, before the free text is read. */
  readonly fromEnd?: boolean;
  read(words: Words, reading: Reading): T | Misread;
}

export function isMisread(value: unknown): value is Misread {
  return typeof value === "object" && value !== null && "misread" in value;
}

/** The longest text that is kept: far more than a screen, far less than an event may hold. */
const mostText = 4_000;
/** A room name is sent to everybody who is invited, and shown in a list. */
const mostTitle = 200;

/** Free text to the end of the message. */
export function text(label: string): Parameter<string> {
  return {
    usage: `<${label}>`,
    read(words) {
      const typed = unquoted(words.rest());
      if (typed === "") return { misread: "missing", label };
      return typed.length > mostText ? { misread: "too-long", label, most: mostText } : typed;
    },
  };
}

/** Free text that may be missing. */
export function optionalText(label: string) {
  return {
    usage: `[${label}]`,
    read(words: Words): string | undefined | Misread {
      const typed = unquoted(words.rest());
      if (typed.length > mostText) return { misread: "too-long", label, most: mostText };
      return typed === "" ? undefined : typed;
    },
  };
}

/** A title: one line. */
export function title(label: string): Parameter<string> {
  return {
    usage: `<${label}>`,
    read(words) {
      const typed = unquoted(words.rest().replace(/\s+/g, " "));
      if (typed === "") return { misread: "missing", label };
      return typed.length > mostTitle ? { misread: "too-long", label, most: mostTitle } : typed;
    },
  };
}

/** Takes quotes off a text that stands in them as a whole. */
function unquoted(typed: string): string {
  const trimmed = typed.trim();
  const inner = /^(?:"([^"]*)"|'([^']*)'|“([^”]*)”|„([^“]*)“|«([^»]*)»)$/.exec(trimmed);
  return (inner?.slice(1).find((part) => part !== undefined) ?? trimmed).trim();
}

/** A single word, such as the name of a command to be explained. */
export function optionalWord(label: string): Parameter<string | undefined> {
  return { usage: `[${label}]`, read: (words) => words.take()?.text };
}

/** A severity that has to be named. */
export function severity(): Parameter<Severity> {
  return {
    usage: "<sev1…sev4|unknown>",
    read(words) {
      const word = words.take();
      if (word === undefined) return { misread: "missing", label: "severity" };
      return parseSeverity(word.text) ?? { misread: "no-severity", typed: word.text };
    },
  };
}

/** A severity in front of a title; a bare digit there belongs to the title. */
export function optionalSeverity(): Parameter<Severity | undefined> {
  return {
    usage: "[sevN]",
    read(words) {
      const word = words.peek()?.text ?? "";
      const found = /^(?:s|sev)[-_\d]|^unknown$/i.test(word) ? parseSeverity(word) : undefined;
      if (found !== undefined) words.take();
      return found;
    },
  };
}

/** A word that, where it comes next, changes what is meant. */
export function keyword(word: string): Parameter<boolean> {
  return {
    usage: `[${word}]`,
    read(words) {
      const given = words.peek()?.text.toLowerCase() === word;
      if (given) words.take();
      return given;
    },
  };
}

/** The name of a role, or one of the short forms people use. */
export function role(): Parameter<RoleName> {
  return {
    usage: "<role>",
    read(words, { roles }) {
      const word = words.take();
      if (word === undefined) return { misread: "missing", label: "role" };
      return findRole(word.text, roles) ?? { misread: "no-role", typed: word.text, roles };
    },
  };
}

/** A role where there may be one. A word that is no role is a mistake, not something to leave out. */
export function optionalRole(): Parameter<RoleName | undefined> {
  return {
    usage: "[role]",
    read: (words, reading) => (words.left === 0 ? undefined : role().read(words, reading)),
  };
}

/** A role in front of somebody who is to have it. A single word is the person. */
export function roleBeforePerson(): Parameter<RoleName | undefined> {
  return {
    usage: "[role]",
    read(words, reading) {
      const word = words.peek();
      if (word === undefined || words.left === 1 || reading.people.looksLikeOne(word)) return undefined;
      return role().read(words, reading);
    },
  };
}

/** The role that is nearly always meant, which may be left out. */
export function roleOr(usual: RoleName): Parameter<RoleName> {
  return {
    usage: `[${usual}]`,
    read(words, { roles }) {
      const named = findRole(words.peek()?.text ?? "", roles);
      if (named !== undefined) words.take();
      return named ?? usual;
    },
  };
}

/** Why an incident is called off, as it was understood. */
interface Cancellation {
  readonly reason: CancelReason;
  /** The incident that this one is a duplicate of. */
  readonly of?: IncidentId;
  readonly text?: string;
}

/** One of the fixed reasons; a duplicate names the other incident, and `other` says what it is. */
export function cancellation(): Parameter<Cancellation> {
  return {
    usage: "<duplicate INC-…|false alarm|superseded|other …> [text]",
    read(words) {
      const reason = takeReason(words);
      if (typeof reason !== "string") return reason;
      const of = reason === "duplicate" ? takeOther(words) : undefined;
      if (isMisread(of)) return of;
      const said = optionalText("reason").read(words);
      if (isMisread(said)) return said;
      if (said === undefined && reason === "other") return { misread: "missing", label: "reason" };
      return { reason, ...(of === undefined ? {} : { of }), ...(said === undefined ? {} : { text: said }) };
    },
  };
}

function takeReason(words: Words): CancelReason | Misread {
  const [first, second] = [words.peek()?.text.toLowerCase() ?? "", words.peek(1)?.text.toLowerCase() ?? ""];
  if (first === "") return { misread: "missing", label: "reason" };
  if (first === "false" && /^(alarm|positive)[.,:;]?$/.test(second)) {
    words.take(2);
    return "false-alarm";
  }
  const reason = cancelReasons.find((each) => each === first.replace(/[.,:;]$/, "").replace(/[_–]/, "-"));
  if (reason === undefined) return { misread: "no-reason", typed: first };
  words.take();
  return reason;
}

function takeOther(words: Words): IncidentId | Misread {
  if (words.peek()?.text.toLowerCase() === "of") words.take();
  const word = words.take();
  if (word === undefined) return { misread: "missing", label: "other incident" };
  return parseIncidentId(word.text.replace(/[.,:;]$/, "")) ?? { misread: "no-incident", typed: word.text };
}

/** A role introduced by `as`, behind the people it is for. */
export function asRole(): Parameter<RoleName | undefined> {
  return {
    usage: "[as <role>]",
    read(words, reading) {
      if (words.peek()?.text.toLowerCase() !== "as") return undefined;
      words.take();
      return role().read(words, reading);
    },
  };
}

const shortForms: Readonly<Record<string, RoleName>> = {
  ic: "commander",
  command: "commander",
  lead: "commander",
  operations: "ops",
  communications: "comms",
  communication: "comms",
  writer: "scribe",
};

function findRole(typed: string, roles: readonly RoleName[]): RoleName | undefined {
  const word = typed.toLowerCase();
  const meant = shortForms[word] ?? word;
  return roles.find((each) => each.toLowerCase() === meant);
}

/** One person. */
export function person(): Parameter<UserId> {
  return {
    usage: "@person",
    read(words, { people }) {
      const word = words.take();
      return word === undefined ? { misread: "missing", label: "person" } : people.find(word);
    },
  };
}

/** One or more people, as long as the words look like people. */
export function somePeople(): Parameter<readonly UserId[]> {
  return {
    usage: "@person…",
    read(words, { people }) {
      const found: UserId[] = [];
      for (let word = words.peek(); word !== undefined; word = words.peek()) {
        if (found.length > 0 && !people.looksLikeOne(word)) break;
        words.take();
        const user = people.find(word);
        if (isMisread(user)) return user;
        found.push(user);
      }
      return found.length === 0 ? { misread: "missing", label: "person" } : found;
    },
  };
}

/** The people named at the end of a line, if any. */
export function peopleAtEnd(): Parameter<readonly UserId[]> {
  return {
    usage: "[@person…]",
    fromEnd: true,
    read(words, { people }) {
      const found: UserId[] = [];
      for (let word = words.peekBack(); word !== undefined; word = words.peekBack()) {
        if (!people.looksLikeOne(word)) break;
        const user = people.find(word);
        if (isMisread(user)) return user;
        words.takeBack();
        found.unshift(user);
      }
      return found;
    },
  };
}

/** `next 45m` at the end of a line, in milliseconds. */
export function nextAtEnd(): Parameter<number | undefined> {
  return {
    usage: "[next 45m]",
    fromEnd: true,
    read(words) {
      if (words.peekBack(1)?.text.toLowerCase() !== "next") return undefined;
      const typed = words.peekBack()?.text ?? "";
      const ms = parseDuration(typed);
      if (ms === undefined) return /^\d/.test(typed) ? { misread: "no-duration", typed } : undefined;
      words.takeBack(2);
      return ms;
    },
  };
}

const units: Readonly<Record<string, number>> = { m: 60_000, min: 60_000, h: 3_600_000, d: 86_400_000 };

/** `45m`, `90min`, `2h`, `1h30m`: a length of time in milliseconds. */
function parseDuration(typed: string): number | undefined {
  const parts = [...typed.toLowerCase().matchAll(/(\d{1,5})(min|m|h|d)/g)];
  if (parts.length === 0 || parts.map((part) => part[0]).join("") !== typed.toLowerCase()) return undefined;
  const total = parts.reduce((sum, [, count, unit]) => sum + Number(count) * (units[unit ?? ""] ?? 0), 0);
  return total > 0 ? total : undefined;
}
