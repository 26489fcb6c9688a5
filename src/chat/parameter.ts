import type { EventId, UserId } from "../incident/ids.ts";
import type { RoleName } from "../incident/policy.ts";
import type { Moment } from "../text/moment.ts";
import type { People } from "./people.ts";
import type { Words } from "./words.ts";

/** What a parameter needs to know to read what was typed. */
export interface Reading {
  readonly people: People;
  readonly roles: readonly RoleName[];
  /** Whether it was typed in an incident's room, so that its incident need not be named. */
  readonly inIncident: boolean;
  /** When it was typed, in milliseconds since the epoch, and the clock that people read. */
  readonly now: number;
  readonly timeZone: string;
  /** The message that it replies to. */
  readonly repliesTo?: EventId;
}

/** A time of which it is not clear what it means. */
export type UnclearMoment = Extract<Moment, { readonly unclear: unknown }>;

/** Why a parameter could not be read. */
export type Misread =
  | { readonly misread: "missing"; readonly label: string }
  | { readonly misread: "no-person"; readonly typed: string }
  | { readonly misread: "several-people"; readonly typed: string; readonly people: readonly UserId[] }
  | { readonly misread: "no-role"; readonly typed: string; readonly roles: readonly RoleName[] }
  | { readonly misread: "no-severity"; readonly typed: string }
  | { readonly misread: "no-reason"; readonly typed: string }
  | { readonly misread: "no-incident"; readonly typed: string }
  | { readonly misread: "no-number"; readonly label: string; readonly typed: string }
  | { readonly misread: "no-message"; readonly typed: string }
  | { readonly misread: "no-owner" }
  | {
      /** A time that could mean two things, or none. */
      readonly misread: "unclear-time";
      readonly direction: "past" | "future";
      readonly moment: UnclearMoment;
    }
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
