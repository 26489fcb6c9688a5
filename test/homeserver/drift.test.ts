import assert from "node:assert/strict";
import { test } from "node:test";
import { isDeepStrictEqual } from "node:util";
import { HomeserverRefusal } from "../../src/demo/client.ts";
import { Person } from "../../src/demo/person.ts";
import { type JsonObject, object, text } from "../../src/matrix/event.ts";
import type { UserId } from "../../src/matrix/ids.ts";
import { newPerson } from "../support/homeserver.ts";
import { command, saying } from "../support/incident-room.ts";
import { newRoleRoom } from "../support/role-room.ts";
import { newInstallation, startService, until } from "../support/service.ts";

// Up to version 11 whom an administrator of the homeserver makes the bot's equal stays so: one after the
// other, they can change everything there is.
const installation = await newInstallation({ grace: "1h", roomVersion: "11" });
const service = await startService(installation);
const { synapse, bot } = installation;
const place = await newRoleRoom(installation);
const { room, people } = place;
const { commander, scribe, responder } = people;
/** An administrator of the homeserver, in the incident as a responder. */
const admin = await newPerson(synapse, "admin", { admin: true });
const nora = await newPerson(synapse, "nora");
await place.admit([admin]);
const card = (await commander.waitFor(saying(bot, "INC-0001"), { what: "the card", room })).event_id;
const planned = await place.state("m.room.power_levels");
const { topic } = await place.state("m.room.topic");
/** Every drift that there has to be in the journal: what, and by whom. */
const expected: [string, UserId][] = [];

/** The client-server path of the room, and the administrators' one. */
const roomPath = `/_matrix/client/v3/rooms/${encodeURIComponent(room)}`;
const adminPath = "/_synapse/admin/v1";

/** Something done to the room, and what becomes of it. */
interface Change {
  /** As the journal calls it. */
  readonly what: string;
  readonly type: string;
  readonly key?: string;
  readonly content: JsonObject;
  /** What the state is in the end, where that is not what it was before. */
  readonly after?: JsonObject;
}

/** The planned levels, but for the one that only its holder can give up. */
const plannedButOne = { ...planned, users: { ...object(planned, "users"), [admin.userId]: 1000 } };
const tombstone = { body: "We have moved", replacement_room: "!elsewhere:cordon.test" };
const everyone = { allow: ["*"], deny: [], allow_ip_literals: true };
const king = { users: [nora.userId] };
const on = { on: true };

const changes: readonly Change[] = [
  { what: "power levels", type: "m.room.power_levels", content: { ...plannedButOne, invite: 0 } },
  { what: "name", type: "m.room.name", content: { name: "Nothing to see here" } },
  { what: "topic", type: "m.room.topic", content: { topic: "Go home" }, after: { topic } },
  { what: "join rule", type: "m.room.join_rules", content: { join_rule: "public" } },
  {
    what: "history visibility",
    type: "m.room.history_visibility",
    content: { history_visibility: "joined" },
  },
  { what: "guest access", type: "m.room.guest_access", content: { guest_access: "can_join" } },
  { what: "main address", type: "m.room.canonical_alias", content: {} },
  { what: "pinned messages", type: "m.room.pinned_events", content: { pinned: [] } },
  { what: "published roles", type: "org.cordon.role", key: "commander", content: king },
  { what: "published roles", type: "org.cordon.role", key: "king", content: king, after: {} },
  { what: "avatar", type: "m.room.avatar", content: { url: "mxc://cordon.test/a" }, after: {} },
  {
    what: "server access list",
    type: "m.room.server_acl",
    content: { allow: ["cordon.test"] },
    after: everyone,
  },
  { what: "widgets", type: "im.vector.modular.widgets", key: "w", content: { type: "clock" }, after: {} },
  { what: "replacement room", type: "m.room.tombstone", content: tombstone, after: {} },
  { what: "state of type com.example.mark", type: "com.example.mark", content: on, after: {} },
  {
    what: "state of type com.example.mine",
    type: "com.example.mine",
    key: admin.userId,
    content: on,
    after: {},
  },
];

/** Somebody who has signed in as the bot, as an administrator of the homeserver can. */
async function asBot(): Promise<Person> {
  const answer = await admin.call("POST", `${adminPath}/users/${encodeURIComponent(bot)}/login`, {});
  const accessToken = text(answer, "access_token") ?? "";
  return new Person({ homeserver: synapse.url, userId: bot, accessToken, password: "" });
}

/** A piece of the room's state, `undefined` where it was never set. */
async function stateOf(type: string, key = ""): Promise<JsonObject | undefined> {
  try {
    return await place.state(type, key);
  } catch (error) {
    if (error instanceof HomeserverRefusal && error.status === 404) return undefined;
    throw error;
  }
}

/** Waits until a piece of state is so again, and gives in words how long that took. */
async function isBack(type: string, content: JsonObject | undefined, key?: string): Promise<string> {
  const from = Date.now();
  await until(async () => isDeepStrictEqual(await stateOf(type, key), content), `${type} being put back`);
  return `put back after ${Date.now() - from} ms`;
}

/** Changes a piece of state over everyone's head, and waits until it is put back. */
async function change(by: Person, { what, type, key = "", content, after }: Change): Promise<string> {
  const before = await stateOf(type, key);
  await by.sendState(room, type, key, content);
  expected.push([what, by.userId]);
  return isBack(type, after ?? before, key);
}

test("whatever an administrator of the homeserver changes is put back, but for the power to do it", async (t) => {
  await admin.call("POST", `${adminPath}/rooms/${encodeURIComponent(room)}/make_room_admin`, {
    user_id: admin.userId,
  });
  // The homeserver does it in the name of the bot.
  expected.push(["power levels", bot]);
  for (const each of changes) {
    await t.test(`${each.what} ${each.key ?? ""}`.trim(), async (t) =>
      t.diagnostic(await change(admin, each)),
    );
  }
});

test("who was brought in or invited without being entitled to is sent away, and who was banned can come back", async () => {
  const invited = await newPerson(synapse, "invited");
  await admin.call("POST", `${adminPath}/join/${encodeURIComponent(room)}`, { user_id: nora.userId });
  await admin.invite(room, invited.userId);
  for (const { userId } of [nora, invited]) await place.isRidOf(userId);
  const withdrawn = (await place.entries("invitation-withdrawn")).map(({ data }) => [data.user, data.by]);
  assert.deepEqual(withdrawn, [
    [nora.userId, admin.userId],
    [invited.userId, admin.userId],
  ]);
  assert.deepEqual(
    (await place.entries("intruder-removed")).map(({ data }) => data.user),
    [nora.userId],
  );
  await admin.call("POST", `${roomPath}/ban`, { user_id: responder.userId, reason: "in the way" });
  const isGone = async () => (await place.entries("left")).some(({ data }) => data.user === responder.userId);
  await until(isGone, "the ban being in the journal");
  await place.admit([responder]);
});

test("once the power is given up everything is as planned", async () => {
  await admin.sendState(room, "m.room.power_levels", "", planned);
  assert.deepEqual(await place.state("m.room.power_levels"), planned);
});

test("what is done in the bot's name is put back too", async (t) => {
  const impostor = await asBot();
  const name = { what: "name", type: "m.room.name", content: { name: "Closed" } };
  t.diagnostic(await change(impostor, name));
});

test("people may pin besides the card; who blanks the pins by redacting them has it pinned again", async (t) => {
  const found = await responder.say(room, "this is the one");
  const pins = await scribe.sendState(room, "m.room.pinned_events", "", { pinned: [found, card] });
  await command(commander, room, bot, "!inc note pinned");
  assert.deepEqual(await stateOf("m.room.pinned_events"), { pinned: [found, card] });
  await scribe.redact(room, pins);
  expected.push(["pinned messages", scribe.userId]);
  t.diagnostic(await isBack("m.room.pinned_events", { pinned: [card] }));
});

test("what somebody keeps changing is left alone, and the rest is still put back", async (t) => {
  const impostor = await asBot();
  const drifts = async () => (await place.entries("drift")).length;
  const left = async () => (await place.entries("drift-left")).map(({ data }) => data);
  for (let n = 0; (await left()).length === 0; n++) {
    const before = await drifts();
    await impostor.sendState(room, "m.room.avatar", "", { url: `mxc://cordon.test/${n}` });
    expected.push(["avatar", bot]);
    await until(async () => (await drifts()) > before, "the drift being recorded");
  }
  assert.deepEqual(await left(), [{ what: "avatar", by: bot }]);
  const { url } = await place.state("m.room.avatar");
  t.diagnostic(await change(impostor, { what: "topic", type: "m.room.topic", content: { topic: "Out" } }));
  assert.deepEqual(await place.state("m.room.avatar"), { url });
});

test("a new display name comes into the topic, and is no drift", async () => {
  const profile = `/_matrix/client/v3/profile/${encodeURIComponent(commander.userId)}/displayname`;
  await commander.call("PUT", profile, { displayname: "Alice Cooper" });
  const isNamed = async () => String((await stateOf("m.room.topic"))?.topic).includes("Alice Cooper");
  await until(isNamed, "the topic with the new name");
});

test("what was changed while the service was away is put back when it starts; and nothing else is drift", async (t) => {
  const guests = await stateOf("m.room.guest_access");
  const impostor = await asBot();
  await service.stop();
  await impostor.sendState(room, "m.room.guest_access", "", { guest_access: "can_join" });
  expected.push(["guest access", bot]);
  await startService(installation);
  t.diagnostic(await isBack("m.room.guest_access", guests));
  await command(commander, room, bot, "!inc sev 2 it spreads");
  await command(commander, room, bot, "!inc update we are on it");
  const found = (await place.entries("drift")).map(({ data }) => [data.what, data.by]);
  assert.deepEqual(found.toSorted(), expected.toSorted());
});
