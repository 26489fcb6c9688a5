import assert from "node:assert/strict";
import { test } from "node:test";
import { answer, failure, pretend } from "./pretended.ts";

test("is asked for as the bot at its device, without waiting and without anything else", async (t) => {
  const invite = { "!a": { invite_state: { events: [] } }, "!b": {}, nonsense: {} };
  const { homeserver, asked } = await pretend(t, answer(200, { next_batch: "s1", rooms: { invite } }));
  assert.deepEqual(await homeserver.pendingInvitations(), ["!a", "!b"]);
  await homeserver.pendingInvitations();
  assert.notEqual(asked[0], asked[1], "Synapse answers an equal request from its memory");
  const [method, target = ""] = asked[0]?.split(" ") ?? [];
  const { pathname, searchParams } = new URL(target, "http://x");
  assert.deepEqual([method, pathname], ["GET", "/_matrix/client/v3/sync"]);
  const { filter = "", ...query } = Object.fromEntries(searchParams);
  assert.deepEqual(query, {
    user_id: "@cordon:bank.example",
    device_id: "CORDON",
    timeout: "0",
    set_presence: "offline",
  });
  const { room } = JSON.parse(filter);
  assert.equal(room.rooms, undefined, "a filter by room keeps invitations back");
});

test("what is left out is empty", async (t) => {
  for (const body of [
    { next_batch: "s1" },
    { next_batch: "s1", rooms: {} },
    { next_batch: "s1", rooms: [] },
  ]) {
    assert.deepEqual(await (await pretend(t, answer(200, body))).homeserver.pendingInvitations(), []);
  }
});

test("an answer that is none, and a fault of the homeserver's", async (t) => {
  const odd = await pretend(t, answer(200, { rooms: {} }));
  assert.equal((await failure(odd.homeserver.pendingInvitations())).kind, "malformed");
  const sender = await pretend(t, answer(500, { errcode: "M_UNKNOWN", error: "Internal server error" }));
  const { kind, status } = await failure(sender.homeserver.pendingInvitations());
  assert.deepEqual([kind, status], ["server", 500]);
});
