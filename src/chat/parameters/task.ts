import type { Owner } from "../../incident/facts/work.ts";
import { isMisread, type Misread, type Parameter, type Reading } from "../parameter.ts";
import type { Word, Words } from "../words.ts";
import { dueAt } from "./moment.ts";
import { optionalNumber } from "./number.ts";
import { findRole } from "./role.ts";
import { text } from "./text.ts";

/** What `task` means: a new one, or one of a checklist that is given to somebody. */
export type TaskTyped =
  | { readonly task: number; readonly owner: Owner }
  | { readonly owner: Owner; readonly text: string; readonly dueAt?: number };

/** Exactly one owner, then when it is due and what is to be done; or the number of a task and its owner. */
export function task(): Parameter<TaskTyped> {
  return {
    usage: "@owner|role [due 10m] <text>",
    read(words, reading) {
      const number = optionalNumber().read(words, reading);
      if (isMisread(number)) return number;
      const owned = owner().read(words, reading);
      if (isMisread(owned)) return owned;
      if (number !== undefined) return { task: number, owner: owned };
      return newTask(owned, words, reading);
    },
  };
}

function newTask(owned: Owner, words: Words, reading: Reading): TaskTyped | Misread {
  // Two names mean that two would do it, which is nobody.
  if (namesAnother(words, reading)) return { misread: "no-owner" };
  const due = dueAt().read(words, reading);
  if (isMisread(due)) return due;
  const said = text("text").read(words, reading);
  if (isMisread(said)) return said;
  return { owner: owned, text: said, ...(due === undefined ? {} : { dueAt: due }) };
}

/** Whether another owner follows: `@bob @carol`, `bob and carol`. */
function namesAnother(words: Words, reading: Reading): boolean {
  const isListed = /^(?:and|or|[&+/])$/i.test(words.peek()?.text ?? "");
  const next = words.peek(isListed ? 1 : 0);
  if (next === undefined) return false;
  return reading.people.looksLikeOne(next) || (isListed && !isMisread(ownerOf(next, reading)));
}

/** A person, or a role. */
export function owner(): Parameter<Owner> {
  return {
    usage: "@owner|role",
    read(words, reading) {
      const word = words.take();
      if (word === undefined) return { misread: "missing", label: "owner" };
      return ownerOf(word, reading);
    },
  };
}

function ownerOf(word: Word, { people, roles }: Reading): Owner | Misread {
  const role = people.looksLikeOne(word) ? undefined : findRole(word.text.replace(/[,:;]$/, ""), roles);
  if (role !== undefined) return { role };
  const user = people.find(word);
  if (!isMisread(user)) return { user };
  return user.misread === "no-person" ? { misread: "no-owner" } : user;
}
