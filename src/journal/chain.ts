import { createHash } from "node:crypto";
import type { Circumstances, Entry } from "../incident/entry.ts";
import type { Fact } from "../incident/fact.ts";
import type { IncidentId } from "../incident/ids.ts";
import { canonicalJson } from "../proof/canonical.ts";
import { areAsKnown, wordless, wordsOf } from "./words.ts";

/** What stands before the first entry of every chain. */
export const genesis = { seq: 0, hash: "0".repeat(64) } as const;

/** The end of a chain as far as it is known. */
export interface Head {
  readonly seq: number;
  readonly hash: string;
}

/**
 * The hash of an entry: SHA-256 over the canonical JSON of everything in it but the hash itself; of the words
 * that people wrote, their digests stand in their place, and the salt is left out.
 */
export function hashOf(entry: Omit<Entry, "hash">): string {
  const { hash: _, words, ...rest } = entry as Entry;
  const digests = words === undefined ? {} : { words: { digests: words.digests } };
  const hashed = { ...rest, data: wordless(entry), ...digests };
  return createHash("sha256").update(canonicalJson(hashed)).digest("hex");
}

/**
 * Gives a fact its place behind `head`.
 *
 * @param salt of its words, in hexadecimal; random where it is not given
 */
export function chain(
  incident: IncidentId,
  head: Head,
  fact: Fact,
  circumstances: Circumstances,
  salt?: string,
): Entry {
  const words = wordsOf(fact, salt);
  const link = {
    ...fact,
    ...circumstances,
    ...(words === undefined ? {} : { words }),
    incident,
    seq: head.seq + 1,
    prevHash: head.hash,
  };
  return { ...link, hash: hashOf(link) };
}

/** Where a chain is broken, and why. */
export interface Break {
  readonly seq: number;
  readonly reason:
    | "out of sequence"
    | "does not follow its predecessor"
    | "hash does not match"
    | "words do not match";
}

/**
 * Follows a chain from its first entry: gives its head, or the first break. Needs one entry in memory at
 * a time.
 */
export async function followChain(
  entries: Iterable<Entry> | AsyncIterable<Entry>,
): Promise<{ readonly head: Head } | { readonly broken: Break }> {
  let head: Head = genesis;
  for await (const entry of entries) {
    const reason =
      entry.seq !== head.seq + 1
        ? "out of sequence"
        : entry.prevHash !== head.hash
          ? "does not follow its predecessor"
          : entry.hash !== hashOf(entry)
            ? "hash does not match"
            : areAsKnown(entry)
              ? undefined
              : "words do not match";
    if (reason !== undefined) return { broken: { seq: entry.seq, reason } };
    head = { seq: entry.seq, hash: entry.hash };
  }
  return { head };
}
