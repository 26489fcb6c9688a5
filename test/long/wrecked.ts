/**
 * Run in a copy of the checkout, which it wrecks: keeps the program, has the copy wrecked, and makes and verifies
 * archives. Writes their digests, one a line.
 */
import { Apart } from "../../src/archive/apart/apart.ts";
import { archiveScripts } from "../../src/archive/scripts.ts";
import { keepProgram } from "../../src/program/keep.ts";
import { imprint } from "../archive/made.ts";
import { rooms } from "../archive/wreck-rooms.ts";
import { wreckages } from "../support/checkout-copy.ts";

/** How often each archive is made, in a thread of its own each time. */
const times = 2;

const [wreckage = "", folder = ""] = process.argv.slice(2);
const wreck = Object.entries(wreckages).find(([name]) => name === wreckage)?.[1];
if (wreck === undefined) throw new Error(`There is no wreckage ${wreckage}.`);

const sources = await rooms(folder);
await keepProgram(Object.values(archiveScripts));
await wreck(process.cwd());
for (const source of sources) {
  for (let time = 1; time <= times; time += 1) {
    await using apart = new Apart();
    const { path, zip, digest } = await apart.build(source, { ...imprint, folder, supersede: true });
    for (const made of [path, zip]) {
      const { ok } = await apart.verify(made);
      if (!ok) throw new Error(`${made} does not hold`);
    }
    process.stdout.write(`${digest}\n`);
  }
}
