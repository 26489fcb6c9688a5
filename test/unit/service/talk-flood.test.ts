import assert from "node:assert/strict";
import { test } from "node:test";
import type { UserId } from "../../../src/incident/ids.ts";
import { TalkFlood } from "../../../src/service/talk-flood.ts";

const room = "!room";
const mallory: UserId = "@mallory:cordon.test";

/** How often a flood was seen to begin, with so many events so many milliseconds apart. */
function beginnings(events: number, apartMs: number, flood = new TalkFlood(), from = 0): number {
  let begun = 0;
  for (let n = 0; n < events; n += 1) if (flood.begins(room, mallory, from + n * apartMs)) begun += 1;
  return begun;
}

test("as much as a person can type is no flood, however long it goes on", () => {
  assert.equal(beginnings(5_000, 60), 0);
});

test("more than that is one, and is seen once in a moment", () => {
  assert.equal(beginnings(1_000, 1), 1);
});

test("what is sent in different rooms, and by different people, is not added up", () => {
  const flood = new TalkFlood();
  const users: readonly UserId[] = [mallory, "@bob:cordon.test"];
  for (let n = 0; n < 150; n += 1) {
    for (const user of users) {
      for (const each of [room, "!other"]) assert.equal(flood.begins(each, user, n), false);
    }
  }
});

test("a clock that is set back begins a new moment", () => {
  const flood = new TalkFlood();
  assert.equal(beginnings(200, 0, flood, 1_000_000), 0);
  assert.equal(beginnings(200, 0, flood, 0), 0);
});

test("those who spoke first are forgotten for those who speak now", () => {
  const flood = new TalkFlood();
  assert.equal(beginnings(200, 0, flood), 0);
  for (let n = 0; n < 1_000; n += 1) flood.begins(room, `@user${n}:cordon.test`, 0);
  assert.equal(flood.begins(room, mallory, 0), false);
});
