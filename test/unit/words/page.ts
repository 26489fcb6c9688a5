import assert from "node:assert/strict";
import { join } from "node:path";
import { formatted, type Message, type Rich, type Span } from "../../../src/words/rich.ts";
import type { View } from "../../../src/words/view.ts";
import { matchesGolden } from "../../support/golden.ts";
import { view } from "../../support/incident.ts";

/** What the bot says on an occasion, by the occasion's name. */
export type Sayings = Readonly<Record<string, string>>;

/** What nobody wants to read at three in the morning. The mark before a command is no exclamation. */
const unwelcome = /!(?=\s|$)|please|sorry|success|invalid|error|unable|failed to/im;

/** Compares sayings with their golden page, which is there to be read; and listens to their tone. */
export function matchesPage(name: string, chapters: Readonly<Record<string, Sayings>>): void {
  const text = Object.entries(chapters).map(([title, sayings]) => {
    const said = Object.entries(sayings).map(([occasion, words]) => `-- ${occasion}\n${words}\n`);
    for (const each of said) assert.doesNotMatch(each, unwelcome);
    return [`==== ${title}\n`, ...said].join("\n");
  });
  matchesGolden(join(import.meta.dirname, `${name}.golden.txt`), text.join("\n"));
}

/** Words as they are shown: a pill in brackets, what can be typed in backticks, emphasis in stars. */
export function shown(text: Rich): string {
  assertPills(text, view);
  return text.map((spans) => spans.map(shownSpan).join("")).join("\n");
}

function shownSpan(span: Span): string {
  if (typeof span === "string") return span;
  if ("strong" in span) return `*${span.strong}*`;
  if ("code" in span) return `\`${span.code}\``;
  if ("person" in span) return `[${span.name}]`;
  return `${span.text} → ${span.link}`;
}

/** A person is always a pill: the names stand nowhere else. */
function assertPills(text: Rich, { names }: View): void {
  const words = text
    .flat()
    .filter((span) => typeof span === "string")
    .join("");
  for (const name of Object.values(names))
    assert.ok(!words.includes(name), `${name} is no pill in: ${words}`);
}

/** A message, with whom it wakes. */
export function shownMessage({ text, tone, mentions = [], mentionsRoom = false }: Message): string {
  const woken = [...mentions, ...(mentionsRoom ? ["the room"] : [])];
  return `(${tone}${woken.length === 0 ? "" : ` to ${woken.join(", ")}`})\n${shown(text)}`;
}

/** Everything of a message that a client could show. */
export function everything(text: Rich): string {
  return shown(text) + formatted(text);
}
