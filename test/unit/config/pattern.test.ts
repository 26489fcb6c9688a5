import assert from "node:assert/strict";
import { suite, test } from "node:test";
import fc from "fast-check";
import { coversServer, matchesPattern, readPattern, type UserPattern } from "../../../src/config/pattern.ts";

suite("a pattern means a user", () => {
  const table: readonly (readonly [pattern: UserPattern, user: string, means: boolean])[] = [
    ["@alice:example.org", "@alice:example.org", true],
    ["@alice:example.org", "@alice:example.com", false],
    ["@alice:example.org", "@Alice:example.org", false],
    ["@alice:example.org", "@alice:example.org:8448", false],
    ["@*:example.org", "@alice:example.org", true],
    ["@*:example.org", "@:example.org", true],
    ["@*:example.org", "@alice:notexample.org", false],
    ["@*:example.org", "@alice:example.org.evil", false],
    ["@ops-*:example.org", "@ops-anna:example.org", true],
    ["@ops-*:example.org", "@ops-:example.org", true],
    ["@ops-*:example.org", "@devops-anna:example.org", false],
    ["@*-ops-*:example.org", "@a-ops-b:example.org", true],
    ["@*-ops-*:example.org", "@a-ops:example.org", false],
    ["@a*a:example.org", "@a:example.org", false],
    ["@a*a:example.org", "@aa:example.org", true],
    ["@*:*.example.org", "@alice:mail.example.org", true],
    ["@*:*.example.org", "@alice:example.org", false],
    ["@*:*", "@alice:example.org", true],
    ["@*:8448", "@alice:evil.org:8448", false],
    ["@a.c:example.org", "@abc:example.org", false],
  ];
  for (const [pattern, user, means] of table) {
    test(`${pattern} ${means ? "means" : "does not mean"} ${user}`, () =>
      assert.equal(matchesPattern(user, pattern), means));
  }

  test("as a regular expression would, for any pieces", () => {
    const piece = fc.string({ unit: fc.constantFrom("a", "b", "*"), maxLength: 8 });
    const person = fc.string({ unit: fc.constantFrom("a", "b"), maxLength: 12 });
    fc.assert(
      fc.property(piece, person, (pattern, user) => {
        const expected = new RegExp(`^${pattern.replaceAll("*", ".*")}$`).test(user);
        assert.equal(matchesPattern(`@${user}:s`, `@${pattern}:s`), expected);
      }),
    );
  });

  test("without going back: a long pattern that fails late is quick", () => {
    const pattern: UserPattern = `@${"*a".repeat(100_000)}b:s`;
    const started = performance.now();
    assert.equal(matchesPattern(`@${"a".repeat(200_000)}:s`, pattern), false);
    assert.ok(performance.now() - started < 5_000);
  });
});

test("a pattern covers the servers it names", () => {
  assert.ok(coversServer("@alice:example.org", "example.org"));
  assert.ok(coversServer("@*:*.org", "example.org"));
  assert.ok(!coversServer("@*:example.org", "example.com"));
});

suite("what is no pattern is refused", () => {
  for (const written of [
    "alice",
    "@alice",
    "alice:example.org",
    "#room:example.org",
    "!room:example.org",
    "@a b:example.org",
    "@a:exa mple",
    "@:example.org",
    5,
    null,
    ["@a:b"],
  ]) {
    test(JSON.stringify(written), () => assert.ok("wrong" in readPattern(written)));
  }
});
