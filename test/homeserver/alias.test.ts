import assert from "node:assert/strict";
import { test } from "node:test";
import { openDirectChat } from "../../src/demo/direct-chat.ts";
import type { Person } from "../../src/demo/person.ts";
import { incidentId } from "../../src/incident/ids.ts";
import { loadIncident } from "../../src/journal/incidents.ts";
import { aliasOf, installation as identity } from "../../src/journal/installation.ts";
import type { JsonObject } from "../../src/matrix/event.ts";
import { createHomeserver } from "../../src/matrix/homeserver.ts";
import type { RoomId } from "../../src/matrix/ids.ts";
import { openStore } from "../../src/store/store.ts";
import { newPerson } from "../support/homeserver.ts";
import { declare } from "../support/incident-room.ts";
import {
  type Installation,
  newInstallation,
  readiness,
  reading,
  startService,
  until,
} from "../support/service.ts";

const first = incidentId(1);
/** Marked as the room of the first incident, for everybody to see. */
const marked = {
  creation_content: { "org.cordon.incident": first },
  initial_state: [{ type: "m.room.history_visibility", content: { history_visibility: "world_readable" } }],
};

test("nobody else can take, move or remove the alias of an incident's room", async () => {
  const installation = await newInstallation();
  const alias = await aliasOfFirst(installation);
  const mallory = await newPerson(installation.synapse, "mallory");
  const room = await mallory.createRoom({ preset: "private_chat" });
  const refused = (error: unknown) => /M_EXCLUSIVE|M_FORBIDDEN/.test(String(error));
  await assert.rejects(mallory.createRoom({ room_alias_name: alias, ...marked }), refused);
  await assert.rejects(point(mallory, alias, room), refused);
  await startService(installation);
  const incident = await declare(mallory, installation.bot, "sev4 Payments fail");
  await assert.rejects(point(mallory, alias, room), refused);
  await assert.rejects(unpoint(mallory, alias), refused);
  assert.equal(await roomOfFirst(installation), incident.room);
});

test("where others can take it, their room is not taken for the incident's, and the cure is named", async () => {
  const installation = await newInstallation({ sharedAliases: true });
  const { bot, synapse } = installation;
  const alias = await aliasOfFirst(installation);
  const mallory = await newPerson(synapse, "mallory");
  const service = await startService(installation);
  const theirs = await mallory.createRoom({ room_alias_name: alias, invite: [bot], ...marked });
  const alice = await newPerson(synapse, "alice");
  const direct = await openDirectChat(alice, bot);
  await alice.say(direct, "!inc new sev4 Payments fail");
  await until(async () => service.log.some((line) => line.includes(alias)), "the alias being named");
  const told = service.log.find((line) => line.includes(alias));
  assert.ok(told?.includes(`leads to ${theirs},`) && told.includes("remove that alias"), told);
  const { words } = await readiness(service.url);
  assert.match(words, /another room has its alias, see the log/);
  assert.ok(!words.includes(alias) && !words.includes(theirs));
  assert.equal(await roomOfFirst(installation), undefined);
  await unpoint(mallory, alias);
  const room = await alice.waitForInvitation({ timeoutMs: 30_000 });
  assert.notEqual(room, theirs);
  await until(async () => (await readiness(service.url)).status === 200, "the service being well");
  assert.equal(await roomOfFirst(installation), room);
});

test("a room of the bot's own that was not made for this incident is not taken for it either", async () => {
  const installation = await newInstallation();
  const { bot, synapse, registration } = installation;
  const alias = await aliasOfFirst(installation);
  const homeserver = createHomeserver({
    url: synapse.url,
    asToken: registration.asToken,
    bot,
    device: "CORDON",
    timeoutMs: 10_000,
  });
  const service = await startService(installation);
  await homeserver.createRoom({ room_alias_name: alias, preset: "private_chat" });
  const alice = await newPerson(synapse, "alice");
  await alice.say(await openDirectChat(alice, bot), "!inc new sev4 Payments fail");
  await until(async () => service.log.some((line) => line.includes(alias)), "the alias being named");
  assert.equal(await roomOfFirst(installation), undefined);
});

/** The localpart of the alias that the first incident's room will have: only who has the database can know. */
async function aliasOfFirst({ config }: Installation): Promise<string> {
  const store = await openStore(config.database);
  try {
    return aliasOf((await identity(store.db, Date.now())).aliasKey, first);
  } finally {
    await store.close();
  }
}

async function roomOfFirst({ config }: Installation): Promise<RoomId | undefined> {
  return (await reading(config, (db) => loadIncident(db, first)))?.incident.room?.id;
}

function point(person: Person, alias: string, room: RoomId): Promise<JsonObject> {
  return person.call("PUT", pathOf(alias), { room_id: room });
}

function unpoint(person: Person, alias: string): Promise<JsonObject> {
  return person.call("DELETE", pathOf(alias));
}

function pathOf(alias: string): string {
  return `/_matrix/client/v3/directory/room/${encodeURIComponent(`#${alias}:cordon.test`)}`;
}
