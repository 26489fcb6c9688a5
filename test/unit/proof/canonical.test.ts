import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { canonicalJson, NotCanonical } from "../../../src/proof/canonical.ts";

describe("canonical JSON", () => {
  // The examples of the specification, appendices, "Canonical JSON".
  const examples: readonly (readonly [given: string, canonical: string])[] = [
    ["{}", "{}"],
    ['{ "one": 1, "two": "Two" }', '{"one":1,"two":"Two"}'],
    ['{ "b": "2", "a": "1" }', '{"a":"1","b":"2"}'],
    [
      `{"auth": {"success": true, "mxid": "@john.doe:example.com", "profile": {"display_name": "John Doe",
        "three_pids": [{"medium": "email", "address": "john.doe@example.org"},
                       {"medium": "msisdn", "address": "123456789"}]}}}`,
      '{"auth":{"mxid":"@john.doe:example.com","profile":{"display_name":"John Doe","three_pids":[{"address":"john.doe@example.org","medium":"email"},{"address":"123456789","medium":"msisdn"}]},"success":true}}',
    ],
    ['{ "a": "日本語" }', '{"a":"日本語"}'],
    ['{ "本": 2, "日": 1 }', '{"日":1,"本":2}'],
    ['{ "a": "\\u65E5" }', '{"a":"日"}'],
    ['{ "a": null }', '{"a":null}'],
    ['{ "a": -0, "b": 1e10 }', '{"a":0,"b":10000000000}'],
  ];
  for (const [given, canonical] of examples) {
    it(`writes ${given.replaceAll(/\s+/g, " ").slice(0, 40)}`, () => {
      assert.equal(canonicalJson(JSON.parse(given)), canonical);
    });
  }

  it("sorts by code point where JavaScript sorts by half of one", () => {
    assert.equal(canonicalJson({ "\u{1F600}": 1, "\uFB33": 2 }), '{"\uFB33":2,"\u{1F600}":1}');
  });

  it("escapes what has to be and nothing else", () => {
    assert.equal(
      canonicalJson('\b\t\n\f\r\u0001"\\/\u007f\u2028é'),
      '"\\b\\t\\n\\f\\r\\u0001\\"\\\\/\u007f\u2028é"',
    );
  });

  it("keeps a member with the name of a prototype", () => {
    assert.equal(canonicalJson(JSON.parse('{"z":1,"__proto__":{"a":1}}')), '{"__proto__":{"a":1},"z":1}');
  });

  const withoutForm: readonly (readonly [what: string, value: unknown])[] = [
    ["a fraction", 0.5],
    ["a number of more than 53 bits", 2 ** 53],
    ["infinity", Number.POSITIVE_INFINITY],
    ["half a surrogate pair", "\ud800"],
    ["half a surrogate pair in a key", { "\udc00": 1 }],
    ["a function", () => 1],
    ["what is nested without end", JSON.parse(`${"[".repeat(2000)}${"]".repeat(2000)}`)],
  ];
  for (const [what, value] of withoutForm) {
    it(`refuses ${what}`, () => assert.throws(() => canonicalJson(value), NotCanonical));
  }
});
