import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { elementSources } from "../../../src/matrix/source.ts";

test("every element comes back as the text it was written as", () => {
  const json = '{"a":[1],"events":[ {"n":1.0,"big":90071992547409931},\n"x", {"a":1,"a":2} ,[],null, -2e3 ]}';
  assert.deepEqual(
    elementSources(json, "events").map((source) => source.trim()),
    ['{"n":1.0,"big":90071992547409931}', '"x"', '{"a":1,"a":2}', "[]", "null", "-2e3"],
  );
});

const table: readonly [string, readonly string[]][] = [
  ["{}", []],
  [' { "events" : [ ] } ', []],
  ['{"other":{"events":[1]}}', []],
  ['{"events":{"0":1}}', []],
  ['{"events":"[1,2]"}', []],
  ['{"events":[1],"events":[2]}', ["2"]],
  ['{"events":[1],"events":3}', []],
  ['{"\\u0065vents":[1]}', ["1"]],
  ['{"a\\"events":[1],"events":["]","\\\\","\\"","\\\\\\""]}', ['"]"', '"\\\\"', '"\\""', '"\\\\\\""']],
];
for (const [json, expected] of table) {
  test(`elements of ${json}`, () => assert.deepEqual(elementSources(json, "events"), expected));
}

test("whatever the document, the texts parse to the elements", () => {
  fc.assert(
    fc.property(
      fc.dictionary(fc.string(), fc.jsonValue()),
      fc.array(fc.jsonValue()),
      fc.nat(3),
      (around, events, indent) => {
        const json = JSON.stringify({ ...around, events, after: around }, null, indent);
        const sources = elementSources(json, "events");
        assert.deepEqual(
          sources.map((source) => JSON.parse(source)),
          JSON.parse(JSON.stringify(events)),
        );
      },
    ),
  );
});

test("nesting deeper than the stack is no obstacle", () => {
  const deep = `{"x":${"[".repeat(100_000)}${"]".repeat(100_000)}}`;
  assert.deepEqual(elementSources(`{"events":[${deep}]}`, "events"), [deep]);
});
