/** One target of the long run: takes an order, tells how far it is, and what came of it. */
import { ftruncateSync, openSync, writeSync } from "node:fs";
import type { Order, Report } from "./process.ts";
import { targets } from "./targets.ts";

process.once("message", async ({ target: name, inputFile, ...wish }: Order) => {
  const target = targets.find((each) => each.name === name);
  if (target === undefined) throw new Error(`There is no target ${name}.`);
  const file = openSync(inputFile, "w");
  const onInput = (input: unknown) => {
    ftruncateSync(file, 0);
    writeSync(file, JSON.stringify(input), 0);
  };
  const outcome = await target.fuzz({ ...wish, onInput, onProgress: (tried) => tell({ tried }) });
  tell({ outcome });
  process.disconnect();
});

function tell(report: Report): void {
  process.send?.(report);
}
