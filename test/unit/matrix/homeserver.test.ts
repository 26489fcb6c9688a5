import assert from "node:assert/strict";
import { test } from "node:test";
import { answer, asToken, bot, failure, pretend, room } from "./pretended.ts";

test("each call is made in the right name, with its ids encoded", async (t) => {
  const { homeserver, asked, shown } = await pretend(t, answer(200, { event_id: "$e", room_id: "!r" }));
  await homeserver.sendMessage("!a/b?c", "m.room.message", "INC-0001/2", {});
  await homeserver.redact(room, "$e", "t", "spam");
  await homeserver.writeState(room, "m.room.topic", "", {});
  await homeserver.registerBot();
  await homeserver.join("#ops:bank.example");
  const user = "user_id=%40cordon%3Abank.example";
  assert.deepEqual(asked, [
    `PUT /_matrix/client/v3/rooms/!a%2Fb%3Fc/send/m.room.message/INC-0001%2F2?${user}&device_id=CORDON`,
    `PUT /_matrix/client/v3/rooms/!room/redact/%24e/t?${user}&device_id=CORDON`,
    `PUT /_matrix/client/v3/rooms/!room/state/m.room.topic/?${user}`,
    "POST /_matrix/client/v3/register",
    `POST /_matrix/client/v3/join/%23ops%3Abank.example?${user}`,
  ]);
  assert.deepEqual(new Set(shown), new Set([`Bearer ${asToken}`]));
});

test("no alias, no state, no event, no name: undefined, where the homeserver says so", async (t) => {
  const { homeserver } = await pretend(t, answer(404, { errcode: "M_NOT_FOUND", error: "None" }));
  assert.equal(await homeserver.resolveAlias("#a:bank.example"), undefined);
  assert.equal(await homeserver.readStateEvent(room, "m.room.topic", ""), undefined);
  assert.equal(await homeserver.getEvent(room, "$e"), undefined);
  assert.equal(await homeserver.displayName("@alice:bank.example"), undefined);
});

test("a proxy's 404 is not taken for a missing alias", async (t) => {
  const { homeserver } = await pretend(t, answer(404, "404 page not found"));
  assert.equal((await failure(homeserver.resolveAlias("#a:bank.example"))).kind, "malformed");
});

test("state whose content looks like an error is content", async (t) => {
  const { homeserver } = await pretend(t, answer(200, { errcode: "M_FORBIDDEN" }));
  assert.deepEqual(await homeserver.readStateEvent(room, "x", ""), { errcode: "M_FORBIDDEN" });
});

test("one odd state event does not hide the others", async (t) => {
  const topic = {
    event_id: "$t",
    room_id: room,
    sender: bot,
    type: "m.room.topic",
    state_key: "",
    origin_server_ts: 1,
    content: {},
  };
  const { homeserver } = await pretend(t, answer(200, [{ ...topic, content: 1 }, topic]));
  assert.deepEqual(await homeserver.readState(room), [topic]);
});

test("a page of history may be empty and still not the last", async (t) => {
  const { homeserver, asked } = await pretend(t, answer(200, { chunk: [], start: "a", end: "b" }));
  const query = { dir: "b", limit: 10, format: "federation", from: "a" } as const;
  assert.deepEqual(await homeserver.readMessages(room, query), { events: [], end: "b" });
  const target = new URL(asked[0]?.split(" ")[1] ?? "", "http://x");
  assert.equal(target.searchParams.get("filter"), '{"event_format":"federation"}');
});

test("an account that exists already is fine", async (t) => {
  const { homeserver } = await pretend(t, answer(400, { errcode: "M_USER_IN_USE", error: "Taken" }));
  await homeserver.registerBot();
  assert.equal((await failure(homeserver.makeDevice("Cordon"))).errcode, "M_USER_IN_USE");
});

test("a homeserver without ping says so, and one that failed to ping tells why", async (t) => {
  const old = await pretend(t, answer(404, { errcode: "M_UNRECOGNIZED", error: "Unrecognized request" }));
  assert.equal(await old.homeserver.ping("cordon", "1"), "unsupported");
  const cut = await pretend(t, answer(502, { errcode: "M_CONNECTION_FAILED", error: "Connection refused" }));
  const error = await failure(cut.homeserver.ping("cordon", "1"));
  assert.deepEqual([error.kind, error.errcode], ["server", "M_CONNECTION_FAILED"]);
  assert.match(error.message, /Connection refused/);
});

test("a homeserver that is bringing what it held back has pinged, whatever it answers", async (t) => {
  for (const [name, words] of [
    ["AlreadyCalled", "Tried to cancel an already-called event."],
    ["AlreadyCancelled", "Tried to cancel an already-cancelled event."],
  ]) {
    const refusal = { errcode: "M_CONNECTION_FAILED", error: `${name}: ${words}` };
    const { homeserver } = await pretend(t, answer(502, refusal));
    assert.equal(await homeserver.ping("cordon", "1"), "delivering");
  }
});

test("a clock that is ahead", async (t) => {
  const date = new Date(Date.now() + 3_600_000).toUTCString();
  const { homeserver } = await pretend(t, answer(200, { versions: [] }, { date }));
  const ahead = await homeserver.clockAhead();
  assert.ok(Math.abs((ahead ?? 0) - 3_600_000) < 2_000, `${ahead} ms`);
  const kept = await pretend(t, answer(200, { versions: [] }, { date, age: "3600" }));
  assert.equal(await kept.homeserver.clockAhead(), undefined, "a proxy's memory tells no time");
});

test("a proxy that the environment names is not asked", async (t) => {
  const before = process.env.HTTP_PROXY;
  process.env.HTTP_PROXY = "http://192.0.2.1:1";
  t.after(() => {
    if (before === undefined) delete process.env.HTTP_PROXY;
    else process.env.HTTP_PROXY = before;
  });
  const { homeserver } = await pretend(t, answer(200, { versions: ["v1.11"] }));
  assert.deepEqual(await homeserver.versions(), ["v1.11"]);
});
