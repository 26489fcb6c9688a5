import assert from "node:assert/strict";
import { test } from "node:test";
import {
  isEventId,
  isMediaUri,
  isRoomAlias,
  isRoomId,
  isUserId,
  localpartOf,
  serverOf,
} from "../../../src/matrix/ids.ts";

const kinds = { isUserId, isRoomId, isEventId, isRoomAlias, isMediaUri };

const good: readonly [keyof typeof kinds, string][] = [
  ["isUserId", "@alice:bank.example"],
  ["isUserId", "@:bank.example"],
  ["isUserId", "@Ä/=:bank.example:8448"],
  ["isUserId", "@alice:[2001:db8::1]:8448"],
  ["isUserId", `@${"a".repeat(250)}:b.c`],
  ["isRoomId", "!opaque:bank.example"],
  ["isRoomId", "!9wXkVYtq0z5m2VhT7bHcUoEoJmAqk0sLJ2nFQkq3cYw"],
  ["isEventId", "$acR1l0raoZnm60CBwAVgqbZqoO_mYU81xysh1u7XcJk"],
  ["isEventId", "$1:bank.example"],
  ["isRoomAlias", "#inc-0042:bank.example"],
  ["isMediaUri", "mxc://bank.example:8448/AbC_1-2"],
];
for (const [guard, id] of good) {
  test(`${guard}: ${id}`, () => assert.equal(kinds[guard](id), true));
}

const bad: readonly [keyof typeof kinds, unknown][] = [
  ["isUserId", "alice:bank.example"],
  ["isUserId", "@alice"],
  ["isUserId", "@alice:"],
  ["isUserId", "@alice:bank example"],
  ["isUserId", "@alice:bank.example/x"],
  ["isUserId", "@ali\0ce:bank.example"],
  ["isUserId", "@ali\ud800ce:bank.example"],
  ["isUserId", `@${"a".repeat(251)}:b.c`],
  ["isUserId", `@${"ä".repeat(126)}:b.c`],
  ["isUserId", 7],
  ["isUserId", undefined],
  ["isRoomId", "!"],
  ["isRoomId", "#room:bank.example"],
  ["isRoomId", "!a b"],
  ["isEventId", "$"],
  ["isEventId", "$\udc00"],
  ["isRoomAlias", "#:bank.example"],
  ["isRoomAlias", "#inc-0042"],
  ["isMediaUri", "mxc://bank.example/../x"],
  ["isMediaUri", "mxc://bank.example/"],
  ["isMediaUri", "https://bank.example/x"],
];
for (const [guard, id] of bad) {
  test(`not ${guard}: ${JSON.stringify(id)}`, () => assert.equal(kinds[guard](id), false));
}

test("a user id has a part before and a part after the first colon", () => {
  assert.equal(localpartOf("@alice:[2001:db8::1]:8448"), "alice");
  assert.equal(serverOf("@alice:[2001:db8::1]:8448"), "[2001:db8::1]:8448");
});
