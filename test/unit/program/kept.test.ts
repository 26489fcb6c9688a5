import assert from "node:assert/strict";
import { once } from "node:events";
import { mkdir, rm, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { before, describe, it } from "node:test";
import { pathToFileURL } from "node:url";
import type { Worker } from "node:worker_threads";
import { keepProgram, ProgramUnreadable } from "../../../src/program/keep.ts";
import { startThread } from "../../../src/program/thread.ts";
import { temporaryFolder } from "../../support/folder.ts";

/** A program of every kind of module, each in a folder of a package as it is there for Node.js. */
const files: Readonly<Record<string, string>> = {
  "package.json": '{ "type": "module" }',
  "thread.ts": `
    import { parentPort } from "node:worker_threads";
    import legacy from "legacy";
    import { modern } from "modern";
    import { named } from "reexported";
    import { where } from "./where.js";
    const words: string = [legacy.word, legacy.data.word, legacy.required, modern, named, where].join(" ");
    const wishes: Record<string, () => unknown> = {
      words: () => words,
      late: async () => (await import("./late.ts")).late,
      builtin: async () => (await import("node:dns")).lookup.name + legacy.laterBuiltin(),
      optional: () => legacy.optional(),
      trace: () => new Error().stack?.split("\\n")[1]?.trim(),
    };
    parentPort?.on("message", async (wish: string) => {
      try { parentPort?.postMessage(await wishes[wish]?.()); } catch (problem) { parentPort?.postMessage(String(problem)); }
    });`,
  "where.js": 'export const where = new URL("./beside", import.meta.url).href.endsWith("/beside");',
  "late.ts": 'export const late = "late";',
  "node_modules/legacy/package.json": '{ "main": "lib" }',
  "node_modules/legacy/lib/index.js": `
    exports.word = require("./word").word;
    exports.data = require("./data.json");
    exports.required = require("modern").modern;
    exports.laterBuiltin = () => typeof require("dgram").createSocket;
    exports.optional = () => { try { return require("nowhere"); } catch (problem) { return problem.code; } };`,
  "node_modules/legacy/lib/word.js": 'exports.word = "legacy";',
  "node_modules/legacy/lib/data.json": '{ "word": "data" }',
  "node_modules/modern/package.json": '{ "type": "module", "exports": "./modern.js" }',
  "node_modules/modern/modern.js": 'export const modern = "modern";',
  "node_modules/reexported/package.json": '{ "main": "index.js" }',
  "node_modules/reexported/index.js": 'module.exports = require("./named.js");',
  "node_modules/reexported/named.js": 'exports.named = "named";',
};

const folder = await temporaryFolder();

describe("a kept program", () => {
  let thread: Worker;

  before(async () => {
    const script = await written(files);
    await assert.rejects(
      keepProgram([pathToFileURL(join(folder, "missing.ts"))]),
      (problem) => problem instanceof ProgramUnreadable && /missing\.ts/.test(problem.message),
    );
    await keepProgram([script]);
    for (const file of Object.keys(files)) await writeFile(join(folder, file), "}} spoiled {{");
    thread = startThread(script, {});
  });

  it("is run from memory, whatever kinds of modules it has", async () => {
    assert.equal(await asked("words"), "legacy data modern modern named true");
  });

  it("has the places in it that are in its files", async () => {
    assert.match(String(await asked("trace")), /\/thread\.ts:\d+:\d+\)$/);
  });

  it("loads nothing that was not loaded when it was kept, but what is built into Node.js", async () => {
    assert.match(
      String(await asked("late")),
      /\.\/late\.ts, .*thread\.ts .* was not kept when the service started/,
    );
    assert.equal(await asked("builtin"), "lookupfunction");
  });

  it("does without a module that was missing, as it does where that is missing on the disk", async () => {
    assert.equal(await asked("optional"), "MODULE_NOT_FOUND");
  });

  it("starts again where nothing is left of it", async () => {
    await thread.terminate();
    await rm(folder, { recursive: true });
    thread = startThread(pathToFileURL(join(folder, "thread.ts")), {});
    assert.equal(await asked("words"), "legacy data modern modern named true");
    await thread.terminate();
  });

  async function asked(wish: string): Promise<unknown> {
    const answer = once(thread, "message");
    thread.postMessage(wish);
    return (await answer)[0];
  }
});

async function written(contents: Readonly<Record<string, string>>): Promise<URL> {
  for (const [file, content] of Object.entries(contents)) {
    await mkdir(dirname(join(folder, file)), { recursive: true });
    await writeFile(join(folder, file), content);
  }
  return pathToFileURL(join(folder, "thread.ts"));
}
