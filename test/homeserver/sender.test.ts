import assert from "node:assert/strict";
import { readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import { verifyArchive } from "../../src/archive/verify/verify.ts";
import { loadConfig } from "../../src/config/load.ts";
import { loadRegistration } from "../../src/config/registration.ts";
import { openDirectChat } from "../../src/demo/direct-chat.ts";
import type { Person } from "../../src/demo/person.ts";
import type { RoomId } from "../../src/matrix/ids.ts";
import { checkUp } from "../../src/service/checkup/checkup.ts";
import type { Finding } from "../../src/service/checkup/finding.ts";
import { asBot } from "../support/bot.ts";
import { newPerson } from "../support/homeserver.ts";
import { answerTo, carryOut, enter, openIncident, untilArchived } from "../support/incident-room.ts";
import { runProgram } from "../support/program.ts";
import { type Installation, newInstallation, startService } from "../support/service.ts";

/*
 * An installation from before 0.2.0: its bot is the sender of the registration. It goes on, and what `doctor` says
 * leads from there to the other kind, and whoever wants may go back.
 */

const old = await newInstallation({ botIsSender: true });
const { synapse, bot, configFile } = old;
const registrationFile = old.config.appservice.registration;
const before = {
  config: await readFile(configFile, "utf8"),
  registration: await readFile(registrationFile, "utf8"),
};
const alice = await newPerson(synapse, "alice");
const bob = await newPerson(synapse, "bob");

/** The installation as its files are now. */
function asWritten(): Installation {
  const config = loadConfig(configFile);
  return { ...old, config, registration: loadRegistration(config) };
}

async function invitations(): Promise<Finding> {
  const found = (await Array.fromAsync(checkUp(configFile))).find(({ check }) => check === "invitations");
  assert.ok(found, "invitations were not looked at");
  return found;
}

/** Does what `doctor` says, as somebody at an editor does it. */
async function follow(cure: readonly string[]): Promise<void> {
  const rest = (line: string, words: string) => line.slice(line.indexOf(words) + words.length);
  for (const line of cure) {
    if (line.startsWith(`In ${registrationFile}, write `))
      await change(registrationFile, /^sender_localpart: .*$/m, rest(line, ", write "));
    else if (line.includes("under namespaces.users: "))
      await change(registrationFile, /^ {2}users:$/m, `  users:\n    ${rest(line, "namespaces.users: ")}`);
    else if (line.startsWith(`In ${configFile}, under appservice, write `))
      await change(configFile, /^appservice:$/m, `appservice:\n  ${rest(line, "write ")}`);
    else assert.match(line, /^Stop Cordon, restart the homeserver .*, and start Cordon/);
  }
}

async function change(file: string, what: RegExp, by: string): Promise<void> {
  const written = await readFile(file, "utf8");
  assert.match(written, what);
  await writeFile(
    file,
    written.replace(what, () => by),
  );
}

async function endAndProve(person: Person, room: RoomId, id: string): Promise<void> {
  await carryOut(person, room, bot, "!inc mitigated it is off");
  await carryOut(person, room, bot, "!inc over anyway it was replaced");
  await untilArchived(person, room, bot);
  const { folder } = old.config.archive;
  const name = (await readdir(folder)).find((each) => new RegExp(`^${id}--[^.]+$`).test(each));
  assert.ok(name, `${id} has no archive`);
  const { levels } = await verifyArchive(join(folder, name));
  assert.deepEqual(
    levels.filter(({ level, outcome }) => outcome !== "pass" && level !== "L2"),
    [],
  );
  const completeness: unknown = JSON.parse(
    await readFile(join(folder, name, "data/completeness.json"), "utf8"),
  );
  assert.deepEqual(
    Object.entries(completeness ?? {}).find(([key]) => key === "verdict"),
    ["verdict", "proven"],
  );
}

let service = await startService(old);
const direct = await openDirectChat(alice, bot);

test("an installation of the old kind plays a whole incident", async () => {
  assert.equal(old.registration.senderLocalpart, "cordon");
  assert.equal(old.config.appservice.bot, undefined);
  const room = await openIncident(alice, direct, "new sev4 A pump leaks @bob");
  await enter(room, bob);
  await carryOut(bob, room, bot, "!inc note it drips");
  await endAndProve(alice, room, "INC-0001");
});

let room: RoomId;
let cure: readonly string[] = [];

test("doctor says in one finding what it lacks", async () => {
  const found = await invitations();
  cure = found.cure;
  assert.equal(found.verdict, "warn");
  assert.match(found.says, /no \/sync for @cordon:cordon\.test, .* invitation that gets lost is not found/);
  assert.equal(cure.length, 4);
});

test("it becomes the other kind while an incident is open: nothing is lost", async () => {
  room = await openIncident(alice, direct, "new sev4 A valve is stuck @bob");
  await enter(room, bob);
  await carryOut(bob, room, bot, "!inc note it is warm");
  await service.stop();
  const first = await bob.say(room, "!inc note typed before the files were changed");
  await follow(cure);
  const { config, registration } = asWritten();
  assert.deepEqual([config.appservice.bot, registration.senderLocalpart], ["cordon", "_cordon_sender"]);

  const notYet = await invitations();
  assert.equal(notYet.verdict, "warn");
  assert.match(notYet.says, /not to have been restarted/);
  assert.match(notYet.cure.join(" "), /^Restart the homeserver/);

  // The homeserver lets it be its bot before it has been restarted, too: nothing stands still meanwhile.
  service = await startService(asWritten());
  assert.equal(await answerTo(bob, room, bot, first), "✅");
  const second = await bob.say(room, "!inc note typed right before the homeserver ends");
  await service.stop();
  await synapse.restart();
  const third = await bob.say(room, "!inc note typed after the homeserver was restarted");
  service = await startService(asWritten());
  assert.equal(await answerTo(bob, room, bot, second), "✅");
  assert.equal(await answerTo(bob, room, bot, third), "✅");

  assert.deepEqual(await invitations(), {
    check: "invitations",
    verdict: "ok",
    says: "the homeserver can be asked for them; none waits",
    cure: [],
  });
});

test("an invitation that waits is counted", async () => {
  await service.stop();
  await alice.createRoom({ preset: "private_chat", invite: [bot] });
  assert.match((await invitations()).says, /1 invitation to answer/);
  service = await startService(asWritten());
});

test("and back again: the incident ends, and its archive is proven", async () => {
  await service.stop();
  const typed = await bob.say(room, "!inc note typed on the way back");
  await writeFile(configFile, before.config);
  await writeFile(registrationFile, before.registration);
  await synapse.restart();
  service = await startService(asWritten());
  assert.equal(await answerTo(bob, room, bot, typed), "✅");
  assert.equal((await invitations()).verdict, "warn");
  await endAndProve(alice, room, "INC-0002");
  const joined = await asBot(asWritten()).joinedRooms();
  assert.ok(joined.includes(room));
});

test("files that mean another bot than the one that made the rooms keep the service from starting", async () => {
  await service.stop();
  const claimed = "  users:\n    - {exclusive: true, regex: '@someone:cordon\\.test$'}";
  await change(registrationFile, /^ {2}users:$/m, claimed);
  await change(configFile, /^appservice:$/m, "appservice:\n  bot: someone");
  const { code, told } = await runProgram("start", "--config", configFile);
  assert.equal(code, 2);
  assert.equal(told.length, 1);
  assert.match(
    told[0] ?? "",
    /appservice\.bot: the bot is @someone:cordon\.test by .* @cordon:cordon\.test made the rooms .* write bot: cordon under appservice/,
  );
  const findings = await Array.fromAsync(checkUp(configFile));
  assert.equal(findings.find(({ check }) => check === "bot")?.verdict, "fail");
  await writeFile(configFile, before.config);
  await writeFile(registrationFile, before.registration);
  service = await startService(asWritten());
});
