import assert from "node:assert/strict";
import { mkdir, readdir } from "node:fs/promises";
import { dirname, join } from "node:path";
import { test } from "node:test";
import { incidentId } from "../../src/incident/ids.ts";
import { loadIncident } from "../../src/journal/incidents.ts";
import { asBot } from "../support/bot.ts";
import { copyOfCheckout, wreckages } from "../support/checkout-copy.ts";
import { newPerson } from "../support/homeserver.ts";
import { carryOut, command, declare, enter, saying, untilArchived } from "../support/incident-room.ts";
import { runProgram } from "../support/program.ts";
import { newInstallation, readiness, reading, ServiceProcess, until } from "../support/service.ts";

const id = incidentId(1);

for (const name of [
  "its packages are renamed",
  "its packages are gone, and its source is another",
] as const) {
  test(`a service goes on to the end of an incident, and beyond, after ${name}`, async () => {
    const checkout = await copyOfCheckout();
    const installation = await newInstallation({
      archive: { copy_to: "share", revise_after: "2s" },
    });
    const { bot, config, configFile, synapse } = installation;
    const second = join(dirname(configFile), "share");
    await mkdir(second);
    const [alice, bob] = [await newPerson(synapse, "alice"), await newPerson(synapse, "bob")];
    const service = new ServiceProcess(installation, { checkout });
    service.start();
    const { room } = await declare(alice, bot, "sev3 Payments fail @bob:cordon.test");

    await wreckages[name](checkout);

    await enter(room, bob);
    await carryOut(alice, room, bot, "!inc accept");
    const secret = await alice.say(room, "the password is swordfish");
    await alice.say(room, "```js\nconst payments = 0;\n```");
    await alice.sendFile(room, "graph.txt", new TextEncoder().encode("a graph"), "text/plain");
    await carryOut(alice, room, bot, "!inc note the pump is off");
    await carryOut(bob, room, bot, "!inc catchup");
    await Promise.all(["list", "doctor"].map((beside) => runProgram(beside, "--config", configFile)));
    await command(alice, room, bot, "!inc over fixed");
    await untilArchived(alice, room, bot);
    assert.equal(await verified(), "proven");

    await asBot(installation).redact(room, secret, "test", "found later");
    await alice.waitFor(saying(bot, "revision 2"), { what: "the revision", room });
    assert.equal(await verified(), "proven");
    const { host, port } = config.appservice.listen;
    assert.equal((await readiness(`http://${host}:${port}`)).ready, true);
    await until(async () => (await readdir(second)).length === 2, "the copy of the revision alone");
    assert.deepEqual(await readdir(second), await archives());
    await declare(alice, bot, "sev4 Another one");
    assert.deepEqual(
      installation.logged.filter((line) => /"level":[56]0/.test(line)),
      [],
    );

    /** The verdict of the checkout that is whole. */
    async function verified(): Promise<unknown> {
      const made = (await reading(config, (db) => loadIncident(db, id)))?.incident.archive?.name ?? "none";
      const { code, stdout } = await runProgram("verify", join(config.archive.folder, made), "--json");
      assert.equal(code, 0, stdout);
      return JSON.parse(stdout).verdict;
    }

    /** What lies in the folder of archives, but for the file store, which is hidden. */
    async function archives(): Promise<readonly string[]> {
      return (await readdir(config.archive.folder)).filter((each) => !each.startsWith("."));
    }
  });
}
