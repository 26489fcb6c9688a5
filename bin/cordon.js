#!/usr/bin/env node
import { lean, sparing } from "./setup/flags.js";
import { goOnWith } from "./setup/launch.js";

/*
 * The program of an operator. It installs nothing and repairs nothing: it says what is missing, and who runs it
 * decides. Setting up is what bin/task.js does, for those who work on Cordon.
 */

const flags = new Map([
  ["start", lean],
  ["verify", sparing],
]);

/** As in src/cli/failure.ts: the installation is not whole. */
const notWhole = 69;

const args = process.argv.slice(2);
const name = args[0] ?? "";
// The service that comes of this process reads its files anyway. A terminal that is closed ends what has only begun.
if (name === "start" && !process.stdin.isTTY) process.on("SIGHUP", () => {});
await goOnWith("src/main.ts", args, {
  flags: flags.get(name) ?? [],
  // A service is started again and again, and runs for months with what it took to start.
  keepsCompiled: name === "start",
  reloads: name === "start",
  failureCode: notWhole,
});
