import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import { incidentId } from "../../src/incident/ids.ts";
import { loadIncident } from "../../src/journal/incidents.ts";
import { asBot } from "../support/bot.ts";
import { newDoorkeeper } from "../support/doorkeeper.ts";
import { newPerson } from "../support/homeserver.ts";
import { command, declare, saying, untilArchived } from "../support/incident-room.ts";
import { journal, newInstallation, reading, startService, until } from "../support/service.ts";

const secret = "the password is swordfish";
const id = incidentId(1);

test("a removal in an archived room that the homeserver lost is found, and makes a revision", async () => {
  const doorkeeper = await newDoorkeeper();
  const installation = await newInstallation({ url: doorkeeper.url, archive: { revise_after: "1s" } });
  const { synapse, bot, config } = installation;
  doorkeeper.open(`http://127.0.0.1:${config.appservice.listen.port}`);
  const service = await startService(installation);
  const alice = await newPerson(synapse, "alice");
  const { room } = await declare(alice, bot, "sev4 Payments fail");
  await command(alice, room, bot, "!inc accept");
  const said = await alice.say(room, secret);
  await alice.say(room, "!inc over fixed");
  await untilArchived(alice, room, bot);
  await until(async () => (await archive())?.name !== undefined, "the archive being known");

  doorkeeper.hold();
  const homeserver = asBot(installation);
  const removal = await homeserver.redact(room, said, "test", "found later");
  await until(async () => doorkeeper.held.some(({ event_id }) => event_id === removal), "what is lost");
  await service.stop();
  doorkeeper.release();
  await startService(installation);

  await alice.waitFor(saying(bot, "revision 2"), wait("the revision"));
  const removed = (await journal(config, id)).filter(({ type }) => type === "removed-after-seal");
  assert.deepEqual(
    removed.map(({ cause }) => cause),
    [removal],
  );
  const record = join(config.archive.folder, (await archive())?.name ?? "", "data/report.html");
  assert.ok(!(await readFile(record, "utf8")).includes("swordfish"));

  async function archive() {
    return (await reading(config, (db) => loadIncident(db, id)))?.incident.archive;
  }

  function wait(what: string) {
    return { what, room };
  }
});
