import assert from "node:assert/strict";
import { suite, test } from "node:test";
import fc from "fast-check";
import { readEligible } from "../../../src/config/eligible.ts";
import {
  coversServer,
  matchesPattern,
  patternsMeet,
  readPattern,
  type UserPattern,
} from "../../../src/config/pattern.ts";

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

suite("two patterns", () => {
  const table: readonly (readonly [one: UserPattern, other: UserPattern, meet: boolean])[] = [
    ["@alice:example.org", "@alice:example.org", true],
    ["@alice:example.org", "@bob:example.org", false],
    ["@alice:example.org", "@*:example.org", true],
    ["@alice:example.org", "@*:example.com", false],
    ["@ops-*:example.org", "@*-anna:example.org", true],
    ["@ops-*:example.org", "@dev-*:example.org", false],
    ["@*:*.example.org", "@alice:mail.*", true],
    ["@*:*.example.org", "@alice:*.com", false],
    ["@a*b:example.org", "@*c*:example.org", true],
    ["@a*:example.org", "@*b:example.org", true],
    ["@aa*aa:example.org", "@aaa:example.org", false],
  ];
  for (const [one, other, meet] of table) {
    test(`${one} and ${other} ${meet ? "have users in common" : "have nobody in common"}`, () => {
      assert.equal(patternsMeet(one, other), meet);
      assert.equal(patternsMeet(other, one), meet);
    });
  }

  test("have users in common where somebody is meant by both", () => {
    const people = everyText(["a", "b"], 8);
    const pattern = fc.string({ unit: fc.constantFrom("a", "b", "*"), maxLength: 4 });
    fc.assert(
      fc.property(pattern, pattern, (one, other) => {
        const meant = people.some((user) =>
          [one, other].every((pattern) => matchesPattern(`@${user}:s`, `@${pattern}:s`)),
        );
        assert.equal(patternsMeet(`@${one}:s`, `@${other}:s`), meant);
      }),
    );
  });
});

/** Every text of these letters up to a length. */
function everyText(letters: readonly string[], length: number): readonly string[] {
  if (length === 0) return [""];
  const shorter = everyText(letters, length - 1);
  return ["", ...letters.flatMap((letter) => shorter.map((text) => letter + text))];
}

test("who is eligible is a pattern or a room", () => {
  for (const written of ["@*:example.org", "#oncall:example.org", "!abc:example.org", "!abc"]) {
    assert.deepEqual(readEligible(written), { value: written });
  }
  for (const written of ["alice", "#oncall", "!", "", 5, null]) assert.ok("wrong" in readEligible(written));
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
