import assert from "node:assert/strict";
import { chmodSync, lstatSync, mkdirSync, readdirSync, statSync } from "node:fs";
import { readFile, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { test } from "node:test";
import { incidentId } from "../../src/incident/ids.ts";
import { everyFile } from "../archive/made.ts";
import { temporaryFolder } from "../support/folder.ts";
import { newPerson } from "../support/homeserver.ts";
import { command, declare, untilArchived } from "../support/incident-room.ts";
import { runProgram } from "../support/program.ts";
import { newInstallation, ServiceProcess, until } from "../support/service.ts";

// Whoever starts the program may have a shell that keeps nothing from anybody; what it starts inherits that.
process.umask(0);

const id = incidentId(1);
const installation = await newInstallation({
  archive: { copy_to: "share/archives" },
});
const { bot, config, configFile, synapse } = installation;
const folder = dirname(configFile);
const archives = config.archive.folder;
const share = join(folder, "share", "archives");
mkdirSync(share, { recursive: true });
const alice = await newPerson(synapse, "alice", { displayName: "Alice" });
const service = new ServiceProcess(installation);

test("whatever Cordon makes can be read by its user alone, whatever the umask", async () => {
  service.start();
  await playIncident(id);
  assert.deepEqual(readableByOthers(folder), ["share", "share/archives"], "which the test made");

  const backups = await temporaryFolder();
  const exports = join(await temporaryFolder(), "for/auditors");
  await done("backup", join(backups, "one.backup"));
  await done("export", id, "--to", exports);
  await service.kill();
  await done("restore", join(backups, "one.backup"), "--replace");
  for (const place of [folder, backups]) {
    assert.deepEqual(
      readableByOthers(place).filter((path) => !path.startsWith("share")),
      [],
    );
  }
  assert.deepEqual(readableByOthers(dirname(exports)), []);
  assert.ok((await everyFile(exports)).length > 10);
  assert.ok(readdirSync(folder).some((name) => name.startsWith("cordon.db-before-")));
});

test("what an older version left open is named by the doctor, put right by a start, and said", async () => {
  const opened = ["cordon.db", "cordon.db-in-use", "archives"].map((name) => join(folder, name));
  const aside = readdirSync(folder).find((name) => name.startsWith("cordon.db-before-"));
  assert.ok(aside);
  opened.push(join(folder, aside));
  for (const path of opened) chmodSync(path, statSync(path).isDirectory() ? 0o755 : 0o644);
  const before = await rights();
  assert.equal(before.verdict, "warn");
  for (const path of opened) {
    const line = before.cure.find((words) => words.startsWith(`${path} can be read by others`));
    assert.ok(line?.endsWith(`: chmod ${path === archives ? "0700" : "0600"} ${path}`), `${path}: ${line}`);
  }
  // The doctor changes nothing.
  assert.ok(opened.every((path) => (statSync(path).mode & 0o044) !== 0));

  service.start();
  await service.listens();
  const said = installation.logged.filter((line) => line.includes("could be read by others"));
  for (const path of opened) {
    const words = path === archives ? "(0755) and is now 0700" : "(0644) and is now 0600";
    assert.ok(
      said.some((line) => line.includes(`${path} could be read by others ${words}`)),
      path,
    );
  }
  assert.equal((await rights()).verdict, "ok");
  assert.deepEqual(readableByOthers(folder), ["share", "share/archives"]);
});

test("archives are for a group where the configuration says so, and nothing else is", async () => {
  await service.kill();
  const written = await readFile(configFile, "utf8");
  await writeFile(configFile, written.replace("  grace:", "  readable_by: group\n  grace:"));
  chmodSync(share, 0o2750);
  service.start();
  await service.listens();
  await playIncident("INC-0002");
  const exports = join(await temporaryFolder(), "auditors");
  await done("export", "INC-0002", "--to", exports);
  for (const place of [archives, share, exports]) {
    for (const name of readdirSync(place).filter((each) => each.startsWith("INC-0002"))) {
      for (const [path, mode] of everyMode(join(place, name))) {
        assert.equal(mode & 0o777, lstatSync(path).isDirectory() ? 0o750 : 0o640, path);
      }
    }
  }
  assert.equal(statSync(archives).mode & 0o777, 0o750);
  const others = readableByOthers(folder).filter(
    (path) => !/(^|\/)(INC-0002.*|archives|share)(\/|$)/.test(path),
  );
  assert.deepEqual(others, []);
});

/** An incident from its beginning to its archive and the copy of that. */
async function playIncident(name: string): Promise<void> {
  const { room } = await declare(alice, bot, "sev3 Payments fail");
  await command(alice, room, bot, "!inc accept");
  const notes = new TextEncoder().encode("what we saw");
  await alice.sendFile(room, "notes.txt", notes, "text/plain");
  await command(alice, room, bot, "!inc over fixed");
  await untilArchived(alice, room, bot);
  await untilCopied(name);
}

async function untilCopied(name: string): Promise<void> {
  await until(
    async () => readdirSync(share).some((each) => each.startsWith(name) && each.endsWith(".zip")),
    `the copy of ${name}`,
  );
}

async function done(...args: readonly string[]): Promise<void> {
  const { code, told } = await runProgram(...args, "--config", configFile);
  assert.equal(code, 0, told.join("\n"));
}

async function rights(): Promise<{ verdict: string; cure: readonly string[] }> {
  const { stdout } = await runProgram("doctor", "--config", configFile, "--json");
  return JSON.parse(stdout).checks.find(({ check }: { check: string }) => check === "file rights");
}

/** Everything below a folder that others than its owner can read or change, by its path below that. */
function readableByOthers(place: string): readonly string[] {
  return everyMode(place)
    .filter(([path, mode]) => path !== place && (mode & 0o077) !== 0)
    .map(([path]) => path.slice(place.length + 1))
    .toSorted();
}

/** A file or folder and everything below it, with its mode. */
function everyMode(path: string): readonly (readonly [string, number])[] {
  const found = lstatSync(path);
  const within = found.isDirectory() ? readdirSync(path).flatMap((name) => everyMode(join(path, name))) : [];
  return [[path, found.mode], ...within];
}
