import fc from "fast-check";
import { commands } from "../../src/chat/commands.ts";
import { anyJson, anyText, edited, edits } from "./pieces.ts";

/** Everything that names a command. */
const names = commands.flatMap(({ name, aliases }) => [name, ...aliases]);

/** A command, or what is nearly one. */
const name = fc.oneof(
  fc.constantFrom(...names),
  fc
    .tuple(fc.constantFrom(...names), edits(fc.string({ maxLength: 2 }), 1))
    .map(([of, made]) => edited(of, made)),
  fc.constantFrom(...names).map((of) => of.toUpperCase()),
);

/** What stands behind commands, and what reads like it. */
const word = fc.oneof(
  fc.constantFrom(
    ..."@bob bob @ INC-42 INC-0042 inc0 as next 45m at due since ago yesterday 14:05 25:61Z 3 #2 -1".split(
      " ",
    ),
    ..."anyway false alarm duplicate sev1 SEV9 scribe commander ops cordon '“ \" : , 1h30 2026-11-20".split(
      " ",
    ),
    ..."https://matrix.to/#/!a/$b https://matrix.to/#/%E0%A4%A/%E0%A4%A @commander:bank.example".split(" "),
    ..."@bob:bank.example @x:[::1]:8448 @Ü:ß 0x10 1e3 ٣ Ⅷ １２".split(" "),
    "\n> ",
  ),
  anyText,
);

const prefix = fc.oneof(
  { weight: 6, arbitrary: fc.constant("!inc ") },
  { weight: 1, arbitrary: fc.constantFrom("!incident ", "/incident ", "!INC\n", "!inc\u00a0", "! inc ", "") },
);

/** What the help shows of a command, as it stands and with something wrong in it. */
const example = fc.constantFrom(...commands.map((command) => command.example));

const line = fc
  .tuple(
    prefix,
    fc.oneof(
      fc.tuple(name, fc.array(word, { maxLength: 6 })).map(([first, words]) => [first, ...words].join(" ")),
      example,
      fc.tuple(example, edits(word, 2)).map(([of, made]) => edited(of, made)),
      fc.tuple(example, word).map(([of, more]) => `${of} ${more}`),
    ),
  )
  .map(([before, rest]) => before + rest);

const page = fc
  .array(
    fc.oneof(
      fc.constantFrom(
        '<a href="https://matrix.to/#/@bob:bank.example">bob</a>',
        "<a href='https://matrix.to/#/%40commander%3Abank.example'>",
        "<a href='matrix:u/bob:bank.example'>",
        "</a>",
        "<a",
        ">",
        "</mx-reply>",
        "&amp;",
        "&#x110000;",
        "&#9999999;",
        "<a href='matrix:u/%'>",
      ),
      word,
    ),
    { maxLength: 8 },
  )
  .map((parts) => parts.join(""));

const relation = fc.oneof(
  anyJson,
  fc.record({ "m.in_reply_to": anyJson }),
  fc.record({
    rel_type: fc.constantFrom("m.replace", "m.thread", "m.annotation"),
    event_id: fc.constant("$x"),
    key: anyText,
  }),
  fc.record({ "m.in_reply_to": fc.record({ event_id: fc.constant("$said") }) }),
);

/** The content of a message: what a client sends, and what it never would. */
export const message = fc.oneof(
  {
    weight: 5,
    arbitrary: fc.record(
      { msgtype: fc.constant("m.text"), body: line, formatted_body: page, "m.relates_to": relation },
      { requiredKeys: ["msgtype", "body"] },
    ),
  },
  {
    weight: 1,
    arbitrary: fc.dictionary(
      fc.constantFrom("msgtype", "body", "formatted_body", "format", "m.relates_to"),
      anyJson,
    ),
  },
);
