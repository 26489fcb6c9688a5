import assert from "node:assert/strict";
import { test } from "node:test";
import type { Person } from "../../src/demo/person.ts";
import { incidentId } from "../../src/incident/ids.ts";
import { loadIncident } from "../../src/journal/incidents.ts";
import { aliasOf, installation as identity } from "../../src/journal/installation.ts";
import type { JsonObject } from "../../src/matrix/event.ts";
import type { RoomId } from "../../src/matrix/ids.ts";
import { openStore } from "../../src/store/store.ts";
import { asBot } from "../support/bot.ts";
import { newPerson } from "../support/homeserver.ts";
import { declare } from "../support/incident-room.ts";
import { type Installation, newInstallation, reading, startService } from "../support/service.ts";

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

test("where others can take it, their room is not taken for the incident's, and the alias is taken back", async () => {
  const installation = await newInstallation({ sharedAliases: true });
  const { bot, synapse } = installation;
  const alias = await aliasOfFirst(installation);
  const mallory = await newPerson(synapse, "mallory");
  const service = await startService(installation);
  const theirs = await mallory.createRoom({ room_alias_name: alias, invite: [bot], ...marked });
  const room = await roomDeclaredBy(await newPerson(synapse, "alice"), installation);
  assert.notEqual(room, theirs);
  const told = service.log.find((line) => line.includes(alias));
  assert.ok(told?.includes(theirs) && told.includes("its alias is taken back"), told);
});

test("a room of the bot's own that was not made for this incident is not taken for it either", async () => {
  const installation = await newInstallation();
  const alias = await aliasOfFirst(installation);
  await startService(installation);
  const other = await asBot(installation).createRoom({ room_alias_name: alias, preset: "private_chat" });
  assert.notEqual(await roomDeclaredBy(await newPerson(installation.synapse, "alice"), installation), other);
});

test("a room that the homeserver did not get to make is not waited for", async () => {
  const installation = await newInstallation();
  const alias = await aliasOfFirst(installation);
  await startService(installation);
  // Synapse gives the alias away before anybody is in the room.
  const bot = asBot(installation);
  const half = await bot.createRoom({ room_alias_name: alias, preset: "private_chat" });
  await bot.leave(half, "");
  assert.notEqual(await roomDeclaredBy(await newPerson(installation.synapse, "alice"), installation), half);
});

/** Declares the first incident and gives the room that it gets. */
async function roomDeclaredBy(person: Person, installation: Installation): Promise<RoomId> {
  const { room } = await declare(person, installation.bot, "sev4 Payments fail");
  assert.equal(await roomOfFirst(installation), room);
  return room;
}

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
