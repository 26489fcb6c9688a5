#!/usr/bin/env node
import { orExplain } from "./setup/failure.js";
import { lean, sparing } from "./setup/flags.js";
import { goOnWith } from "./setup/launch.js";
import { ensurePackages } from "./setup/packages.js";
import { ensureSynapse } from "./setup/synapse.js";

const flags = new Map([
  ["start", lean],
  ["verify", sparing],
]);

const args = process.argv.slice(2);
// The service that comes of this process reads its files anyway. A terminal that is closed ends what has only begun.
if (args[0] === "start" && !process.stdin.isTTY) process.on("SIGHUP", () => {});

const needsSynapse = args[0] === "demo" && !args.includes("--help") && !args.includes("-h");

await orExplain(async () => {
  await ensurePackages();
  if (needsSynapse) process.env.CORDON_SYNAPSE_PYTHON = await ensureSynapse();
});
await goOnWith("src/main.ts", args, flags.get(args[0] ?? "") ?? [], { reloads: args[0] === "start" });
