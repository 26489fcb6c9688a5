import assert from "node:assert/strict";
import { test } from "node:test";
import { newPerson } from "../support/homeserver.ts";
import { command, isJoin, saying } from "../support/incident-room.ts";
import { newInstallation, startService } from "../support/service.ts";

const installation = await newInstallation({
  settings: { encryption_enabled_by_default_for_room_type: "invite" },
});
const { synapse, bot } = installation;
await startService(installation);
const alice = await newPerson(synapse, "alice");

test("where the homeserver encrypts rooms, the incident says so, names the setting, and is not run", async () => {
  // A direct chat would be encrypted too: a lobby that is made in the open is not.
  const lobby = await alice.createRoom({ preset: "public_chat", is_direct: true, invite: [bot] });
  await alice.waitFor((event) => isJoin(event, bot), { what: "the bot joining", room: lobby });
  await alice.say(lobby, "!inc new sev3 Payments fail at checkout");
  const room = await alice.waitForInvitation();
  await alice.join(room);
  const told = await alice.waitFor(saying(bot, "encrypted this room"), { what: "the warning", room });
  assert.match(String(told.content.body), /encryption_enabled_by_default_for_room_type/);
  assert.match(await command(alice, lobby, bot, "!inc note INC-0001 can anybody read this"), /was encrypted/);
});
