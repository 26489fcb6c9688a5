import type { Entry } from "../../incident/entry.ts";
import { fold } from "../../incident/evolve.ts";
import { heldCause } from "../../incident/fold/record.ts";
import { silenced } from "../../journal/words.ts";
import type { Chronicle } from "../chronicle.ts";
import type { Redactions } from "../record/redactions.ts";

/** What a reader sees where words were. */
const removedWords = "(removed)";

/**
 * A journal as an archive may hold it: without the words of messages that were removed, whether or not the
 * service had taken them out by then. The chain knows words by their digests, so it holds all the same.
 */
export function withoutRemoved(
  chronicle: Chronicle,
  redactions: Pick<Redactions, "isGone">,
): readonly Entry[] {
  const isRemoved = removal(chronicle, redactions);
  return chronicle.entries.map((entry) => {
    if (entry.words === undefined || !isRemoved(entry)) return entry;
    const { words, data } = entry;
    // The same fact, of the same type, with nothing in the place of its words.
    return { ...entry, data: silenced({ ...data }, words), words: { digests: words.digests } } as Entry;
  });
}

/** The chronicle as it is told to people: they see where words were removed. */
export function asTold(chronicle: Chronicle, redactions: Pick<Redactions, "isGone">): Chronicle {
  const isRemoved = removal(chronicle, redactions);
  if (!chronicle.entries.some(isRemoved)) return chronicle;
  const entries = chronicle.entries.map((entry) => (isRemoved(entry) ? marked(entry) : entry));
  return { ...chronicle, entries, incident: fold(entries) ?? chronicle.incident };
}

/** Tells the entries whose words are gone, or have to go. */
function removal(chronicle: Chronicle, redactions: Pick<Redactions, "isGone">): (entry: Entry) => boolean {
  const lines = removedLines(chronicle);
  return (entry) =>
    entry.words !== undefined &&
    (entry.words.salt === undefined ||
      lines.has(entry.seq) ||
      messagesOf(entry).some((message) => redactions.isGone(message)));
}

/** The entries that lines of the timeline were made and corrected by, where the line has lost its words. */
function removedLines({ incident, entries }: Chronicle): ReadonlySet<number> {
  const lines = incident.timeline.filter(({ gone }) => gone === "redacted");
  const numbers = new Set(lines.map(({ number }) => number));
  const corrections = entries.filter(({ type, data }) => type === "corrected" && numbers.has(data.line));
  return new Set([...lines, ...corrections].map(({ seq }) => seq));
}

/** The messages that an entry's words come from. */
function messagesOf(entry: Entry): readonly `$${string}`[] {
  const cause = entry.cause.startsWith(heldCause) ? entry.cause.slice(heldCause.length) : entry.cause;
  const typed = isId(cause) ? [cause] : [];
  return entry.type === "marked" ? [...typed, entry.data.message] : typed;
}

function marked(entry: Entry): Entry {
  const members = Object.keys(entry.words?.digests ?? {});
  const words = Object.fromEntries(members.map((member) => [member, removedWords]));
  // The same fact, of the same type, with one text in the place of another.
  return { ...entry, data: { ...entry.data, ...words } } as Entry;
}

function isId(value: string): value is `$${string}` {
  return value.startsWith("$");
}
