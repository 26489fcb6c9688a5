import assert from "node:assert/strict";
import { readFile, writeFile } from "node:fs/promises";
import { test } from "node:test";
import { openDirectChat } from "../../src/demo/direct-chat.ts";
import type { Person } from "../../src/demo/person.ts";
import { incidentId } from "../../src/incident/ids.ts";
import { type JsonObject, object } from "../../src/matrix/event.ts";
import type { EventId } from "../../src/matrix/ids.ts";
import { newPerson } from "../support/homeserver.ts";
import {
  carryOut,
  command,
  declare,
  enter,
  isJoin,
  levelsIn,
  marksOf,
  saying,
} from "../support/incident-room.ts";
import { runProgram } from "../support/program.ts";
import { journal, newInstallation, readiness, ServiceProcess, until } from "../support/service.ts";

const oncall = "#oncall:cordon.test";

/** What the file says besides what the installation needs, as the tests go on. */
const said: Record<string, unknown> = {
  roles: { vacancy_first: "1h", definitions: { scout: { level: 20 } } },
};
const installation = await newInstallation({ grace: "1h" });
const { synapse, bot, config, configFile, logged } = installation;
const base = await readFile(configFile, "utf8");
const [alice, bob, carol, dave] = await Promise.all(
  ["alice", "bob", "carol", "dave"].map((name) => newPerson(synapse, name)),
);
assert.ok(alice && bob && carol && dave);
const url = `http://127.0.0.1:${config.appservice.listen.port}`;

async function write(text = withSaid()): Promise<void> {
  await writeFile(configFile, text);
}

function withSaid(): string {
  const names = Object.keys(said);
  const others = base.split("\n").filter((line) => !names.some((name) => line.startsWith(`${name}: `)));
  return others
    .join("\n")
    .concat(...Object.entries(said).map(([name, value]) => `\n${name}: ${JSON.stringify(value)}\n`));
}

/** Has the files read again, and gives the lines that the service logs until one has these words. */
async function reload(words: string): Promise<readonly string[]> {
  const before = logged.length;
  service.signal("SIGHUP");
  const lines = () => logged.slice(before);
  await until(async () => lines().some((line) => line.includes(words)), words);
  return lines();
}

const inForce = "is in force";
const goesOn = "nothing was applied";

/** Changes the file, and has it read again. */
async function apply(change: () => void): Promise<readonly string[]> {
  change();
  await write();
  return reload(inForce);
}

/** What doctor says of one thing. */
async function doctorOn(check: string): Promise<{ readonly verdict: unknown; readonly told: string }> {
  const { stdout } = await runProgram("doctor", "--config", configFile, "--json");
  const { checks } = JSON.parse(stdout) as { checks: JsonObject[] };
  const found = checks.find((each) => each.check === check);
  return { verdict: found?.verdict, told: `${found?.says}\n${[found?.cure].flat().join("\n")}` };
}

async function levelOf(person: Person): Promise<number | undefined> {
  return levelsIn(await alice?.state(room, "m.room.power_levels"))[person.userId];
}

/** Whether dave is asked when somebody wants him to be scribe; he declines. */
async function isAsked(): Promise<boolean> {
  assert.ok(alice && dave);
  const answer = await command(alice, room, bot, `!inc role scribe ${dave.userId}`);
  if (!answer.includes("to be scribe")) return false;
  await carryOut(dave, room, bot, "!inc decline");
  return true;
}

await write();
const service = new ServiceProcess(installation);
service.start();
await until(async () => (await readiness(url)).ready, "the service being ready");
const { room } = await declare(alice, bot, "sev1 Payments fail");
await command(alice, room, bot, "!inc accept");
await carryOut(alice, room, bot, `!inc invite ${bob.userId} ${dave.userId}`);
await enter(room, bob, dave);
await carryOut(alice, room, bot, `!inc role scout ${bob.userId}`);
await command(bob, room, bot, "!inc accept");
await until(async () => (await levelOf(bob)) === 20, "the scout's level");

test("doctor says that the service works by these files", async () => {
  assert.equal((await doctorOn("in force")).verdict, "ok");
});

test("who is an administrator holds for the next command", async () => {
  const chat = await openDirectChat(carol, bot);
  assert.doesNotMatch(await command(carol, chat, bot, "list"), /INC-0001/);
  said.access = { administrators: [carol.userId], members: ["@*:cordon.test"] };
  const text = withSaid().replace(/\naccess:\n( .*\n)+/, "\n");
  await writeFile(configFile, text);
  const lines = await reload(inForce);
  assert.match(lines.join("\n"), /"changed":\["access\.administrators"\]/);
  assert.match(await command(carol, chat, bot, "list"), /INC-0001/);
  delete said.access;
  await write();
  await reload(inForce);
  assert.doesNotMatch(await command(carol, chat, bot, "list"), /INC-0001/);
});

test("the level of a role is that of its holders in the open room", async () => {
  await apply(() => {
    said.roles = { vacancy_first: "1h", definitions: { scout: { level: 35 } } };
  });
  await until(async () => (await levelOf(bob)) === 35, "the scout's new level");
});

test("who may have a role holds for the next command", async () => {
  assert.equal(await isAsked(), true);
  await apply(() => {
    said.roles = {
      vacancy_first: "1h",
      definitions: { scout: { level: 35 }, scribe: { eligible: [bob.userId] } },
    };
  });
  assert.equal(await isAsked(), false);
});

test("a roster that is named newly is joined and read, and one that is named no more counts no more", async () => {
  const roster = await alice.createRoom({ preset: "public_chat", room_alias_name: "oncall" });
  await dave.join(roster);
  await apply(() => {
    said.roles = {
      vacancy_first: "1h",
      definitions: { scout: { level: 35 }, scribe: { eligible: [oncall] } },
    };
  });
  await alice.waitFor((event) => isJoin(event, bot), { what: "the bot in the roster", room: roster });
  await until(isAsked, "dave being eligible");
  await apply(() => {
    said.roles = {
      vacancy_first: "1h",
      definitions: { scout: { level: 35 }, scribe: { eligible: [bob.userId] } },
    };
  });
  assert.equal(await isAsked(), false);
});

test("reminders follow another rhythm at once", async () => {
  const before = await alice.say(room, "we wait");
  await apply(() => {
    said.roles = { vacancy_first: "1s", definitions: { scout: { level: 35 } } };
  });
  const reminder = await alice.waitFor(saying(bot, "deputy"), { what: "the reminder", room, after: before });
  assert.ok(reminder);
});

test("a role that is gone takes its power from who holds it, and the incident goes on", async () => {
  await apply(() => {
    said.roles = { vacancy_first: "1h" };
  });
  await until(async () => (await levelOf(bob)) !== 35, "the level that the room follows");
  assert.equal(await command(alice, room, bot, "!inc note it goes on"), "✅");
  assert.match(await command(alice, room, bot, "!inc roles"), /scout|commander/i);
});

test("a file that cannot be used changes nothing, and is told with line and column", async () => {
  const right = withSaid();
  await writeFile(configFile, `${right}\nrooms:\n  lobies: []\n`);
  const lines = await reload(goesOn);
  assert.match(lines.join("\n"), /not reloaded: .*cordon\.yaml:\d+:\d+: rooms/);
  const { status, words } = await readiness(url);
  assert.equal(status, 200);
  const told = object(JSON.parse(words), "configuration");
  assert.match(
    String(told?.refused),
    /^the configuration (has \d mistakes, the first in|cannot be used, see) line \d+/,
  );
  assert.doesNotMatch(words, /lobies/);
  assert.equal(await command(alice, room, bot, "!inc note by the old one"), "✅");
  await write();
  await reload("nothing in it has changed");
  assert.equal(object(JSON.parse((await readiness(url)).words), "configuration")?.refused, undefined);
});

test("of a file that is half to be restarted for nothing is applied, and doctor says so", async () => {
  said.commands = { prefixes: ["!fire"] };
  await write(withSaid().replace(/url: "?sqlite:.*/, "url: sqlite:another.db"));
  const lines = await reload(goesOn);
  assert.match(lines.join("\n"), /database\.url changed, which needs a restart; nothing was applied/);
  assert.equal(await command(alice, room, bot, "!inc note by the old prefix"), "✅");
  await write(withSaid().replace(/legacy_query_token: .*|$/, "\nlog: {format: text}\n"));
  await reload(goesOn);
  const found = await doctorOn("in force");
  assert.equal(found.verdict, "warn");
  assert.match(found.told, /log\.format changed, which needs a restart\.\nWhat was changed needs a restart/);
  await write();
  assert.match((await doctorOn("in force")).told, /send the service SIGHUP/);
  delete said.commands;
  await write();
  await reload("nothing in it has changed");
  assert.equal((await doctorOn("in force")).verdict, "ok");
});

test("nothing is lost or doubled under fifty SIGHUPs in a row while people type", async () => {
  const events: EventId[] = [];
  const done = new AbortController();
  const typing = Promise.all(
    [alice, dave].map(async (person) => {
      while (!done.signal.aborted)
        events.push(await person.say(room, `!inc note ${person.userId} ${events.length}`));
    }),
  );
  // Some come while another is answered, and each of the others puts something else in force.
  for (let i = 0; i < 25; i++) service.signal("SIGHUP");
  for (let i = 0; i < 25; i++) {
    said.roles = { vacancy_first: "1h", definitions: { scout: { level: 11 + i } } };
    await write();
    await reload(inForce);
  }
  done.abort();
  await typing;
  assert.ok(events.length > 25);
  await until(async () => {
    const marks = await marksOf(alice, room, bot);
    return events.every((event) => (marks.get(event) ?? 0) >= 1);
  }, "a ✅ under every note");
  const marks = await marksOf(alice, room, bot);
  assert.ok(events.every((event) => marks.get(event) === 1));
  const entries = await journal(config, incidentId(1));
  const causes = entries.flatMap((entry) => (entry.type === "recorded" ? [entry.cause] : []));
  assert.deepEqual(
    events.map((event) => causes.filter((cause) => cause === event).length),
    events.map(() => 1),
  );
  assert.equal((await doctorOn("in force")).verdict, "ok");
});

test("a log that is made quiet says so, and then is quiet", async () => {
  await apply(() => {
    said.log = { level: "error" };
  });
  const from = logged.length;
  said.commands = { prefixes: ["!fire"] };
  await write();
  service.signal("SIGHUP");
  await until(async () => (await doctorOn("in force")).verdict === "ok", "the new file being in force");
  assert.equal(await command(alice, room, bot, "!fire note quietly"), "✅");
  assert.deepEqual(logged.slice(from), []);
});
