#!/usr/bin/env node
import { orExplain } from "./setup/failure.js";
import { goOnWith } from "./setup/launch.js";
import { ensurePackages } from "./setup/packages.js";
import { ensureSynapse } from "./setup/synapse.js";

/** A service runs for months and mostly waits: memory counts for more than the last bit of speed. */
const lean = ["--max-semi-space-size=1", "--optimize-for-size"];

const args = process.argv.slice(2);
const needsSynapse = args[0] === "demo" && !args.includes("--help") && !args.includes("-h");

await orExplain(async () => {
  await ensurePackages();
  if (needsSynapse) process.env.CORDON_SYNAPSE_PYTHON = await ensureSynapse();
});
await goOnWith("src/main.ts", args, args[0] === "start" ? lean : []);
