import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { commands } from "../../../src/chat/commands.ts";
import { isMistake, parseCommand } from "../../../src/chat/parse.ts";
import { typedIn } from "../../../src/chat/typed.ts";
import { mistakeWords } from "../../../src/words/mistakes.ts";
import { messageContent } from "../../../src/words/rich.ts";
import { view } from "../../support/incident.ts";
import { reading } from "./reading.ts";

const prefixes = ["!incident", "!inc"];

/** Reads a message to its end, with the words for a mistake besides. */
function read(content: Readonly<Record<string, unknown>>): void {
  const typed = typedIn(content);
  if (typed === undefined) return;
  const parsed = parseCommand(typed, prefixes, reading);
  if (isMistake(parsed)) messageContent({ text: mistakeWords(parsed, view), tone: "notice" });
}

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

/** Measures again what took long: the first time code runs it is compiled, and now and then memory is collected. */
function quickly(content: Readonly<Record<string, unknown>>): void {
  const took = Math.min(...attempts(content));
  assert.ok(took < patienceMs, `${took.toFixed(0)} ms for ${String(content.body).slice(0, 40)}`);
}

/** How long each of up to five readings took, in milliseconds, until one was quick. */
function* attempts(content: Readonly<Record<string, unknown>>): Generator<number> {
  for (let attempt = 1; attempt <= 5; attempt += 1) {
    const began = process.cpuUsage();
    read(content);
    // The processor's time: what else runs on the machine does not count.
    const { user, system } = process.cpuUsage(began);
    const took = (user + system) / 1_000;
    yield took;
    if (took < patienceMs) return;
  }
}
