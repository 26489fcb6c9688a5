import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { once } from "node:events";
import { cp, mkdir, readdir, readFile, readlink, rm, stat, symlink, writeFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { text } from "node:stream/consumers";
import { describe, test } from "node:test";
import { temporaryFolder } from "../support/folder.ts";

const repository = resolve(import.meta.dirname, "../..");
const subcommands =
  "--version --help init start doctor list status timeline tasks catchup journal export verify backup restore demo docs";
/** Of those that only read the database one stands for the others. */
const unlike = "--version init start doctor list export verify backup demo docs";

/** What each is given, so that it has something to do or to refuse; none of it is there. */
const operands: Readonly<Record<string, readonly string[]>> = {
  init: ["--homeserver-url", "http://127.0.0.1:9", "--server-name", "example.org", "--yes"],
  start: ["--config", "nothing.yaml"],
  verify: ["nothing"],
  docs: ["--check"],
};

/** An installation whose packages are those of the repository, but for those that are left out. */
async function install(leftOut: readonly string[] | "all"): Promise<string> {
  const folder = join(await temporaryFolder(), "cordon");
  for (const part of ["bin", "src", "docs", "packages", "package.json", "package-lock.json"])
    await cp(join(repository, part), join(folder, part), { recursive: true });
  const lock = await readFile(join(folder, "package-lock.json"), "utf8");
  await writeFile(join(folder, "package-lock.json"), lock.replaceAll('"version": "', '"version": "9'));
  if (leftOut === "all") return folder;
  await mkdir(join(folder, "node_modules"));
  for (const name of await readdir(join(repository, "node_modules"))) {
    if (!leftOut.includes(name))
      await symlink(join(repository, "node_modules", name), join(folder, "node_modules", name));
  }
  return folder;
}

/** Every file below a folder, with what it holds, its modes and when it was written. */
async function everything(folder: string): Promise<Readonly<Record<string, string>>> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const found = entries.map(async (entry) => {
    const path = join(entry.parentPath, entry.name);
    if (entry.isSymbolicLink()) return [path, await readlink(path)];
    const { mode, mtimeMs } = await stat(path);
    const content = entry.isFile() ? await readFile(path) : "";
    return [path, `${mode.toString(8)} ${mtimeMs} ${createHash("sha256").update(content).digest("hex")}`];
  });
  return Object.fromEntries(await Promise.all(found));
}

/** Runs `cordon` from another folder, with a home of its own and no registry. */
async function cordon(folder: string, name: string) {
  const home = join(folder, "..", "home");
  await mkdir(home, { recursive: true });
  const { NODE_COMPILE_CACHE, XDG_CACHE_HOME, CORDON_CACHE, CORDON_SYNAPSE_PYTHON, ...env } = process.env;
  const child = spawn(process.execPath, [join(folder, "bin/cordon.js"), name, ...(operands[name] ?? [])], {
    cwd: home,
    env: { ...env, HOME: home, npm_config_registry: "http://127.0.0.1:9" },
    stdio: ["ignore", "pipe", "pipe"],
  });
  const [, stderr] = await Promise.all([text(child.stdout), text(child.stderr), once(child, "close")]);
  return { code: child.exitCode, stderr: stderr.split("\n").filter(Boolean) };
}

describe("the program of an operator", () => {
  test("changes nothing by itself where the lockfile asks for other packages, and runs", async () => {
    const folder = await install([]);
    const before = await everything(folder);
    for (const name of unlike.split(" ")) {
      const { code, stderr } = await cordon(folder, name);
      assert.ok(
        code === 0 || code === 2 || code === 1 || code === 3,
        `${name}: ${code} ${stderr.join("\n")}`,
      );
      assert.deepEqual(await everything(folder), before, name);
      await assertUntouched(folder, name);
    }
  });

  test("says in one line that the packages are missing, and changes nothing", async () => {
    const folder = await install("all");
    const before = await everything(folder);
    const line = `The packages are missing. Run "npm ci" in ${folder}, or have whoever installed Cordon there do it.`;
    for (const name of subcommands.split(" ")) {
      assert.deepEqual(await cordon(folder, name), { code: 69, stderr: [line] }, name);
      await assertUntouched(folder, name);
    }
    assert.deepEqual(await everything(folder), before);
  });

  for (const [missing, name] of [
    ["commander", "list"],
    ["kysely", "start"],
    ["yauzl", "verify"],
    ["matrix-appservice-bridge", "init"],
  ] as const) {
    test(`names the one package that is missing: ${missing}, for ${name}`, async () => {
      const folder = await install([missing]);
      const { code, stderr } = await cordon(folder, name);
      const line = `The package ${missing} is missing. Run "npm ci" in ${folder}, or have whoever installed Cordon there do it.`;
      assert.deepEqual({ code, stderr }, { code: 69, stderr: [line] });
    });
  }
});

/** What a subcommand was asked to write is its own; only `init` was, and only `start` keeps what it compiled. */
async function assertUntouched(folder: string, name: string): Promise<void> {
  const home = join(folder, "..", "home");
  const made = await readdir(home);
  const expected =
    name === "start" ? [".cache"] : name === "init" ? made.filter((file) => file !== ".cache") : [];
  assert.deepEqual(made, expected, name);
  await rm(home, { recursive: true });
}
