import type { RoleName } from "../../incident/policy.ts";
import type { Parameter } from "../parameter.ts";

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

export function findRole(typed: string, roles: readonly RoleName[]): RoleName | undefined {
  const word = typed.toLowerCase();
  const meant = shortForms[word] ?? word;
  return roles.find((each) => each.toLowerCase() === meant);
}
