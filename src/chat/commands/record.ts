import { type RecordKind, recordKinds } from "../../incident/facts/record.ts";
import { type Command, inside, wanting } from "../command.ts";
import type { Parameter } from "../parameter.ts";
import { message } from "../parameters/message.ts";
import { happenedAt } from "../parameters/moment.ts";
import { number } from "../parameters/number.ts";
import { text } from "../parameters/text.ts";

interface RecordWords {
  readonly aliases: readonly string[];
  /** Many of them, as `timeline` is asked for them. */
  readonly plural: string;
  readonly summary: string;
  readonly example: string;
}

/** How each kind of record is typed, and under which words it is shown. */
export const recordWords: Readonly<Record<RecordKind, RecordWords>> = {
  note: {
    aliases: ["n"],
    plural: "notes",
    summary: "puts a line on the timeline",
    example: "note at 14:05 the provider was called",
  },
  decision: {
    aliases: ["decide", "decided"],
    plural: "decisions",
    summary: "puts a decision on the timeline",
    example: "decision roll back release 214",
  },
  fact: {
    aliases: [],
    plural: "facts",
    summary: "puts what is known on the timeline",
    example: "fact only payments above 500 fail",
  },
  ruledout: {
    aliases: ["ruled-out", "notit"],
    plural: "ruledout",
    summary: "puts on the timeline what it is not",
    example: "ruledout the network: all links are clean",
  },
};

/** A kind of record, by its name or as many of them: `decisions`. */
export function optionalKind(): Parameter<RecordKind | undefined> {
  return {
    usage: "[decisions|facts|…]",
    read(words) {
      const typed = words.peek()?.text.toLowerCase();
      const kind = recordKinds.find((each) => each === typed || recordWords[each].plural === typed);
      if (kind !== undefined) words.take();
      return kind;
    },
  };
}

function recording(kind: RecordKind): Command {
  const { aliases, summary, example } = recordWords[kind];
  return wanting(
    "record",
    { name: kind, aliases, group: "record", where: inside, summary, example },
    { at: happenedAt(), text: text("text") },
    (given) => ({ type: "record", kind, ...given }),
  );
}

/** The commands that write on the timeline, one for each kind of record, and those that put it right. */
export const recordCommands: readonly Command[] = [
  ...recordKinds.map(recording),
  wanting(
    "correct",
    {
      name: "correct",
      group: "record",
      where: inside,
      summary: "puts a line of the timeline right; what it said before is kept",
      example: "correct 3 at 13:40 it began in the shops",
    },
    { line: number("line"), at: happenedAt(), text: text("text") },
    (given) => ({ type: "correct", ...given }),
  ),
  wanting(
    "redact",
    {
      name: "redact",
      group: "record",
      where: inside,
      summary: "removes a message that should not be here, with the reason",
      example: "redact https://matrix.to/#/!room/$event it holds a password",
    },
    { message: message(), reason: text("reason") },
    ({ message: named, reason }) => ({ type: "redact", ...named, reason }),
  ),
];
