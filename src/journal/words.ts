import { createHash, randomBytes } from "node:crypto";
import type { Entry, Words } from "../incident/entry.ts";
import type { Fact } from "../incident/fact.ts";

/** The members of each kind of fact that hold what a person wrote. What is not named here cannot be taken out. */
const written: Readonly<Partial<Record<Fact["type"], readonly string[]>>> = {
  reported: ["title"],
  declared: ["title"],
  "title-changed": ["from", "to"],
  "severity-changed": ["reason"],
  "impact-stated": ["text"],
  updated: ["text"],
  noted: ["text"],
  recorded: ["text"],
  corrected: ["text"],
  marked: ["text"],
  mitigated: ["how"],
  relapsed: ["reason"],
  cancelled: ["text"],
  over: ["summary", "anyway"],
  reopened: ["reason"],
  invited: ["reason"],
  entered: ["reason"],
  left: ["reason"],
  removed: ["reason"],
  "role-taken-over": ["reason"],
  "redaction-ordered": ["reason"],
  "task-added": ["text"],
  "task-done": ["text"],
  "task-dropped": ["reason"],
};

/** What the chain is to know of a fact's words, `undefined` where it has none. */
export function wordsOf(fact: Fact, salt = randomBytes(16).toString("hex")): Words | undefined {
  const data: Readonly<Record<string, unknown>> = { ...fact.data };
  const digests = Object.fromEntries(
    (written[fact.type] ?? []).flatMap((member) => {
      const said = data[member];
      return typeof said === "string" ? [[member, digestOf(salt, member, said)]] : [];
    }),
  );
  return Object.keys(digests).length === 0 ? undefined : { salt, digests };
}

function digestOf(salt: string, member: string, said: string): string {
  return createHash("sha256").update(`${salt}\n${member}\n${said}`).digest("hex");
}

/** Whether the words of an entry are those that its chain knows, or have been taken out. */
export function areAsKnown({ data, words }: Pick<Entry, "data" | "words">): boolean {
  if (words === undefined) return true;
  const { salt, digests } = words;
  const said: Readonly<Record<string, unknown>> = { ...data };
  return Object.entries(digests).every(([member, digest]) => {
    const text = said[member];
    if (typeof text !== "string") return false;
    return salt === undefined ? text === "" : digestOf(salt, member, text) === digest;
  });
}

/** The facts of an entry without its words, for the hash. */
export function wordless({ data, words }: Pick<Entry, "data" | "words">): Readonly<Record<string, unknown>> {
  if (words === undefined) return { ...data };
  return Object.fromEntries(Object.entries(data).filter(([member]) => !(member in words.digests)));
}

/** Data with its words taken out. */
export function silenced(
  data: Readonly<Record<string, unknown>>,
  { digests }: Words,
): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(data).map(([member, said]) => [member, member in digests ? "" : said]),
  );
}
