import assert from "node:assert/strict";
import { test } from "node:test";
import { incidentId } from "../../src/incident/ids.ts";
import { loadIncident } from "../../src/journal/incidents.ts";
import { newPerson } from "../support/homeserver.ts";
import { command, declare, saying } from "../support/incident-room.ts";
import { newInstallation, reading, startService, until } from "../support/service.ts";

test("where the homeserver takes no file as large as the report, the incident is archived all the same", async () => {
  const installation = await newInstallation({ settings: { max_upload_size: "5K" } });
  const { bot, config, synapse } = installation;
  await startService(installation);
  const alice = await newPerson(synapse, "alice");
  const { room } = await declare(alice, bot, "sev3 Payments fail");
  await command(alice, room, bot, "!inc accept");
  await command(alice, room, bot, "!inc over fixed");
  for (const words of ["Archived and read again", "takes no file as large as the report"]) {
    await alice.waitFor(saying(bot, words), { what: words, room });
  }
  const stored = () => reading(config, (db) => loadIncident(db, incidentId(1)));
  await until(async () => (await stored())?.incident.state === "archived", "the archive");
  assert.equal((await stored())?.incident.archive?.verdict, "proven");
});
