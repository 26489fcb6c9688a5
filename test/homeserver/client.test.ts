import assert from "node:assert/strict";
import { EventEmitter, once } from "node:events";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { after, test } from "node:test";
import { HomeserverError } from "../../src/matrix/errors.ts";
import { isObject, type RoomEvent } from "../../src/matrix/event.ts";
import { createHomeserver } from "../../src/matrix/homeserver.ts";
import type { EventId } from "../../src/matrix/ids.ts";
import { createIntake } from "../../src/matrix/intake.ts";
import { temporaryFolder } from "../support/folder.ts";
import { newPerson, startHomeserver } from "../support/homeserver.ts";

const bot = "@cordon:cordon.test";
const asToken = "as-token-of-the-test";
const hsToken = "hs-token-of-the-test";

/** The events the homeserver pushed, in its order. */
const pushed = new EventEmitter();
const received: RoomEvent[] = [];
const pings: (string | undefined)[] = [];

const intake = createIntake({
  hsToken,
  legacyQueryToken: false,
  accept: async ({ events }) => {
    for (const one of events) {
      assert.ok("event" in one);
      received.push(one.event);
    }
    pushed.emit("events");
  },
  ready: () => ({ ready: true, reasons: [] }),
  onPing: (id) => pings.push(id),
  log: console,
});
const { port } = await intake.listen({ host: "127.0.0.1", port: 0 });
after(() => intake.close());

const registration = join(await temporaryFolder(), "registration.yaml");
await writeFile(
  registration,
  JSON.stringify({
    id: "cordon",
    url: `http://127.0.0.1:${port}`,
    as_token: asToken,
    hs_token: hsToken,
    sender_localpart: "_cordon_sender",
    rate_limited: false,
    namespaces: {
      users: [
        { exclusive: true, regex: "@cordon:cordon\\.test$" },
        { exclusive: true, regex: "@_cordon_sender:cordon\\.test$" },
      ],
      aliases: [{ exclusive: true, regex: "#inc-.*:cordon\\.test$" }],
      rooms: [],
    },
  }),
);
/** As an installation has them that says nothing of limits. */
const usualLimits = {
  rc_message: { per_second: 0.2, burst_count: 10 },
  rc_invites: {
    per_room: { per_second: 0.3, burst_count: 10 },
    per_user: { per_second: 0.003, burst_count: 5 },
    per_issuer: { per_second: 0.3, burst_count: 10 },
  },
  rc_room_creation: { per_second: 0.016, burst_count: 10 },
};
const synapse = await startHomeserver({ registrations: [registration], settings: usualLimits });
const homeserver = createHomeserver({
  url: synapse.url,
  asToken,
  bot,
  device: "CORDON",
  timeoutMs: 60_000,
});
const alice = await newPerson(synapse, "alice", { displayName: "Alice" });
await homeserver.registerBot();
await homeserver.makeDevice("Cordon");

/** Waits until an event has been pushed. */
async function arrival(event: EventId): Promise<RoomEvent> {
  const signal = AbortSignal.timeout(10_000);
  for (;;) {
    const found = received.find(({ event_id }) => event_id === event);
    if (found !== undefined) return found;
    await once(pushed, "events", { signal });
  }
}

async function refusal(call: Promise<unknown>): Promise<string | undefined> {
  const thrown = await call.catch((error: unknown) => error);
  assert.ok(thrown instanceof HomeserverError);
  assert.equal(thrown.kind, "refused");
  return thrown.errcode;
}

test("bot and device are made once and found again", async () => {
  await homeserver.registerBot();
  await homeserver.makeDevice("Cordon");
});

test("the homeserver pings the intake", async () => {
  const ms = await homeserver.ping("cordon", "ping-1");
  assert.equal(typeof ms, "number");
  assert.deepEqual(pings, ["ping-1"]);
});

test("what the homeserver is", async () => {
  assert.ok((await homeserver.versions()).includes("v1.11"));
  const { usual, available } = await homeserver.roomVersions();
  assert.equal(available.get(usual), "stable");
  assert.deepEqual([available.get("10"), available.get("12")], ["stable", "stable"]);
  assert.equal((await homeserver.serverKeys())?.server_name, "cordon.test");
  assert.ok(Math.abs((await homeserver.clockAhead()) ?? Number.NaN) < 2_000);
});

for (const version of ["10", "11", "12"]) {
  test(`a room of version ${version}, made, found, spoken in and read`, async () => {
    const alias = `inc-${version}`;
    const room = await homeserver.createRoom({
      room_version: version,
      room_alias_name: alias,
      name: "Before",
    });
    assert.equal(await homeserver.resolveAlias(`#${alias}:cordon.test`), room);
    assert.equal(await refusal(homeserver.createRoom({ room_alias_name: alias })), "M_ROOM_IN_USE");

    const name = await homeserver.writeState(room, "m.room.name", "", { name: "After" });
    assert.equal(await homeserver.writeState(room, "m.room.name", "", { name: "After" }), name);
    assert.deepEqual(await homeserver.readStateEvent(room, "m.room.name", ""), { name: "After" });
    const state = await homeserver.readState(room);
    assert.ok(state.some(({ event_id }) => event_id === name));

    const content = { msgtype: "m.text", body: "hello" };
    const sent = await homeserver.sendMessage(room, "m.room.message", `t-${version}`, content);
    assert.deepEqual((await arrival(sent)).content, content);
    assert.deepEqual((await homeserver.getEvent(room, sent))?.content, content);

    const newest = { dir: "b", limit: 1 } as const;
    const client = await homeserver.readMessages(room, { ...newest, format: "client" });
    const federation = await homeserver.readMessages(room, { ...newest, format: "federation" });
    const [asClient, asPdu] = [client.events[0], federation.events[0]];
    assert.ok(isObject(asClient) && isObject(asPdu));
    assert.equal(asClient.event_id, sent);
    assert.ok(isObject(asPdu.hashes) && isObject(asPdu.signatures) && Array.isArray(asPdu.prev_events));
    assert.deepEqual(asPdu.content, content);

    const redaction = await homeserver.redact(room, sent, `r-${version}`, "a slip");
    assert.equal((await arrival(redaction)).redacts, sent);
    assert.equal(await homeserver.redact(room, sent, `r-${version}`, "a slip"), redaction);
  });
}

test("history is walked to its end, where there is no next page", async () => {
  const room = await homeserver.createRoom({});
  const query = { dir: "b", limit: 3, format: "client" } as const;
  const types: unknown[] = [];
  let page = await homeserver.readMessages(room, query);
  for (;;) {
    types.push(...page.events.map((event) => isObject(event) && event.type));
    if (page.end === undefined) break;
    page = await homeserver.readMessages(room, { ...query, from: page.end });
  }
  assert.equal(types.at(-1), "m.room.create");
  const filter = { types: ["m.room.member"] };
  const members = await homeserver.readMessages(room, { ...query, filter });
  assert.equal(members.events.length, 1);
});

test("people are invited, speak, and are removed, with the reason", async () => {
  const room = await homeserver.createRoom({ preset: "private_chat" });
  await homeserver.invite(room, alice.userId, "the pager");
  await alice.waitForInvitation({ room });
  await alice.join(room);
  const said = await alice.say(room, "here");
  assert.equal((await arrival(said)).sender, alice.userId);
  await homeserver.remove(room, alice.userId, "shift is over");
  const member = await homeserver.readStateEvent(room, "m.room.member", alice.userId);
  assert.deepEqual([member?.membership, member?.reason], ["leave", "shift is over"]);
  assert.equal(await refusal(homeserver.invite("!nowhere", alice.userId)), "M_FORBIDDEN");
});

test("the bot joins where it is invited, and leaves", async () => {
  const room = await alice.createRoom({ preset: "private_chat", invite: [bot] });
  assert.equal(await homeserver.join(room), room);
  await homeserver.leave(room, "nothing to do here");
  assert.equal(await refusal(homeserver.sendMessage(room, "m.room.message", "t-left", {})), "M_FORBIDDEN");
});

test("the homeserver's usual limits are not the bot's, though it is not the sender", async () => {
  const room = await homeserver.createRoom({});
  for (let count = 0; count < 30; count += 1) {
    await homeserver.sendMessage(room, "m.room.message", `many-${count}`, { msgtype: "m.text", body: "x" });
    await homeserver.invite(room, `@person-${count}:cordon.test`);
  }
  for (let count = 0; count < 12; count += 1) await homeserver.createRoom({});
});

test("invitations that wait are told, and nothing else of the bot's rooms", async () => {
  assert.deepEqual(await homeserver.pendingInvitations(), []);
  const rooms = [
    await alice.createRoom({ preset: "private_chat", invite: [bot] }),
    await alice.createRoom({ preset: "private_chat", invite: [bot] }),
  ];
  assert.deepEqual(new Set(await homeserver.pendingInvitations()), new Set(rooms));
  const [joined = "!none", refused = "!none"] = rooms;
  await homeserver.join(joined);
  assert.deepEqual(await homeserver.pendingInvitations(), [refused]);
  await homeserver.leave(refused);
  assert.deepEqual(await homeserver.pendingInvitations(), []);
});

test("a sender cannot ask for invitations, nor can a bot that is not claimed", async () => {
  const as = (localpart: string) =>
    createHomeserver({
      url: synapse.url,
      asToken,
      bot: `@${localpart}:cordon.test`,
      device: "CORDON",
      timeoutMs: 20_000,
    });
  const sender = as("_cordon_sender");
  await sender.registerBot();
  await sender.makeDevice("Cordon");
  const thrown = await sender.pendingInvitations().catch((error: unknown) => error);
  assert.ok(thrown instanceof HomeserverError);
  assert.deepEqual([thrown.kind, thrown.status], ["server", 500]);
  assert.equal(await refusal(as("somebody").pendingInvitations()), "M_FORBIDDEN");
  assert.equal(await refusal(as("somebody").registerBot()), "M_EXCLUSIVE");
});

test("names, and people and rooms there are none of", async () => {
  assert.equal(await homeserver.displayName(alice.userId), "Alice");
  assert.equal(await homeserver.displayName("@nobody:cordon.test"), undefined);
  assert.equal(await homeserver.resolveAlias("#nothing:cordon.test"), undefined);
  const room = await homeserver.createRoom({});
  assert.equal(await homeserver.readStateEvent(room, "m.room.topic", ""), undefined);
  assert.equal(await homeserver.getEvent(room, "$none"), undefined);
});

test("files go up and come down", async () => {
  const bytes = new Uint8Array(300_000).map((_zero, at) => at % 251);
  const media = await homeserver.upload(bytes, "application/octet-stream", "report ✓.bin");
  const { bytes: stream, contentType } = await homeserver.download(media, { maxBytes: 300_000 });
  assert.deepEqual(Buffer.concat(await Array.fromAsync(stream)), Buffer.from(bytes));
  assert.equal(contentType, "application/octet-stream");
  assert.equal(await refusal(homeserver.download(media, { maxBytes: 299_999 })), "M_TOO_LARGE");
  assert.equal(
    await refusal(homeserver.download("mxc://cordon.test/NoSuchFile", { maxBytes: 1 })),
    "M_NOT_FOUND",
  );
});

test("what is repeated after the homeserver's restart is not done twice", async () => {
  const room = await homeserver.createRoom({});
  const content = { msgtype: "m.text", body: "once" };
  const first = await homeserver.sendMessage(room, "m.room.message", "once", content);
  const redaction = await homeserver.redact(room, first, "undo", "a slip");
  await synapse.restart();
  assert.equal(await homeserver.sendMessage(room, "m.room.message", "once", content), first);
  assert.equal(await homeserver.redact(room, first, "undo", "a slip"), redaction);
});

test("another token is no one's, and told apart", async () => {
  const stranger = createHomeserver({
    url: synapse.url,
    asToken: "another",
    bot,
    device: "CORDON",
    timeoutMs: 60_000,
  });
  assert.equal(await refusal(stranger.createRoom({})), "M_UNKNOWN_TOKEN");
});
