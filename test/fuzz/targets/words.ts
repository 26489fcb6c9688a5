import assert from "node:assert/strict";
import fc from "fast-check";
import { excerpt, gist } from "../../../src/text/excerpt.ts";
import { firstThatFit, matrixTo, messageContent } from "../../../src/words/rich.ts";
import { fuzzed } from "../fuzz.ts";
import { assertInert } from "../inert.ts";
import { anyText } from "../pieces.ts";

const span = fc.oneof(
  anyText,
  fc.record({ strong: anyText }),
  fc.record({ code: anyText }),
  fc.record({
    person: anyText.map((name): `@${string}:${string}` => `@${name.toWellFormed()}:bank.example`),
    name: anyText,
  }),
  fc.record({ link: anyText.map((id) => matrixTo(id.toWellFormed())), text: anyText }),
);

/** What the bot says, of whatever people called things. */
export const words = fuzzed({
  name: "words",
  share: 60,
  inputs: fc.record({
    text: fc.array(fc.array(span, { maxLength: 4 }), { maxLength: 4 }),
    tone: fc.constantFrom("notice" as const, "page" as const),
  }),
  begin: async () => (input) => {
    const { body, formatted_body } = messageContent({ ...input, text: firstThatFit(input.text) });
    assertInert(String(formatted_body));
    assert.ok(gist(String(body)).length <= String(body).length + 1);
    assert.ok(excerpt(String(body)).length <= String(body).length + 1);
  },
});
