import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import { commands } from "../../../src/chat/commands.ts";
import { isMistake, parseCommand } from "../../../src/chat/parse.ts";
import { typedIn } from "../../../src/chat/typed.ts";
import { mistakeWords } from "../../../src/words/mistakes.ts";
import { messageContent } from "../../../src/words/rich.ts";
import { view } from "../../support/incident.ts";
import { reading } from "./reading.ts";

const prefixes = ["!incident", "!inc"];

/** Reads a message to its end, in an incident's room or elsewhere, with the words for a mistake besides. */
function read(content: Readonly<Record<string, unknown>>, inIncident = true): void {
  const typed = typedIn(content);
  if (typed === undefined) return;
  const parsed = parseCommand(typed, prefixes, { ...reading, inIncident });
  if (isMistake(parsed)) messageContent({ text: mistakeWords(parsed, view), tone: "notice" });
}

const word = fc.oneof(
  fc.constantFrom(...commands.flatMap(({ name, aliases }) => [name, ...aliases])),
  fc.constantFrom(
    "!inc",
    "@bob",
    "bob",
    "@",
    "INC-1",
    "inc0",
    "as",
    "next",
    "45m",
    "at",
    "due",
    "since",
    "ago",
    "yesterday",
    "14:05",
    "25:61Z",
    "3",
    "https://matrix.to/#/!a/$b",
    "https://matrix.to/#/%E0%A4%A/%E0%A4%A",
    "anyway",
    "false",
    "alarm",
    "duplicate",
    "sev1",
    "scribe",
    '"',
    "“",
    ":",
    ",",
    "\n",
    "\0",
  ),
  fc.string({ unit: "binary", maxLength: 12 }),
);
const line = fc.array(word, { maxLength: 12 }).map((words) => words.join(" "));
const html = fc
  .array(
    fc.oneof(
      fc.constantFrom(
        '<a href="https://matrix.to/#/@bob:bank.example">',
        "<a",
        "</a>",
        ">",
        "<",
        "</mx-reply>",
        "&amp;",
        "&#x110000;",
        "&#9999999;",
        "%E0%A4%A",
        " href='matrix:u/%'",
      ),
      word,
    ),
    { maxLength: 12 },
  )
  .map((parts) => parts.join(""));
const relation = fc.oneof(
  fc.constant(undefined),
  fc.jsonValue({ maxDepth: 2 }),
  fc.record({ "m.in_reply_to": fc.jsonValue({ maxDepth: 1 }) }),
);

test("nothing that can be sent makes reading it fail", () => {
  const property = fc.property(
    fc.boolean(),
    fc.boolean(),
    line,
    fc.oneof(html, fc.jsonValue({ maxDepth: 1 })),
    relation,
    (ours, inIncident, body, formatted, related) => {
      const message = {
        msgtype: "m.text",
        body: ours ? `!inc ${body}` : body,
        formatted_body: formatted,
        "m.relates_to": related,
      };
      read(message, inIncident);
    },
  );
  fc.assert(property, { numRuns: 5_000 });
});

test("whatever a message's content is, it is read or left alone", () => {
  fc.assert(
    fc.property(
      fc.dictionary(fc.constantFrom("msgtype", "body", "formatted_body", "m.relates_to"), fc.jsonValue()),
      (content) => read(content),
    ),
    { numRuns: 2_000 },
  );
});

/** As much as an event can hold. */
const size = 65_000;
/** How long one message may take, in milliseconds. */
const patienceMs = 100;
const fill = (part: string) => part.repeat(Math.ceil(size / part.length)).slice(0, size);

describe(`the largest and worst of messages take less than ${patienceMs} ms`, () => {
  const bodies: Readonly<Record<string, string>> = {
    "one word": fill("x"),
    "many words": fill("x "),
    "only blanks": `x${fill(" ")}x`,
    "line breaks": fill("\n"),
    quotes: fill('"'),
    "one quote left open": `"${fill("x")}`,
    "signs of people": fill("@ "),
    "many people": fill("@bob "),
    "long names": `@${fill("b")}`,
    digits: fill("1"),
    durations: `next ${fill("1h")}`,
    times: fill("at 14:05 "),
    "times at the end": fill("since 14:05 "),
    ages: fill("10m ago "),
    "a long time": `at ${fill("1")}:05`,
    "an address": `https://matrix.to/#/${fill("!/$")}`,
    "quoted lines": fill("> "),
    commas: fill(","),
  };
  for (const [name, body] of Object.entries(bodies)) {
    test(name, () => {
      for (const { name: command } of commands)
        quickly({ msgtype: "m.text", body: `!inc ${command} ${body}` });
      quickly({ msgtype: "m.text", body: `!inc ${body}` });
      quickly({ msgtype: "m.text", body: `> ${body}`, "m.relates_to": { "m.in_reply_to": {} } });
    });
  }

  const pages: Readonly<Record<string, string>> = {
    "links left open": fill("<a "),
    "links closed": fill("</a>"),
    "nested links": fill('<a href="https://matrix.to/#/@bob:bank.example">'),
    "links to people": fill('<a href="https://matrix.to/#/@bob:bank.example">b</a>'),
    brackets: fill("<"),
    "an address left open": `<a href="${fill("x")}`,
    "an address of blanks": `<a ${fill(" ")}href = "x">x</a>`,
    entities: `<a href="https://matrix.to/#/@bob:bank.example">${fill("&amp;")}</a>`,
    "entities left open": `<a href="${fill("&#")}">x</a>`,
    "quotes of replies": fill("</mx-reply>"),
  };
  for (const [name, page] of Object.entries(pages)) {
    test(name, () => quickly({ msgtype: "m.text", body: `!inc note ${fill("b ")}`, formatted_body: page }));
  }
});

function quickly(content: Readonly<Record<string, unknown>>): void {
  const began = process.cpuUsage();
  read(content);
  // The processor's time: what else runs on the machine does not count.
  const { user, system } = process.cpuUsage(began);
  const took = (user + system) / 1_000;
  assert.ok(took < patienceMs, `${took.toFixed(0)} ms for ${String(content.body).slice(0, 40)}`);
}
