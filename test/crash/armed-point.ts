import { appendFileSync } from "node:fs";
import type { CrashPoint } from "../../src/crash/point.ts";

/** `CORDON_TEST_CRASH_AT=outbox/sent#3` ends the process when it comes by there for the third time. */
const [name = "", nth = "1"] = (process.env.CORDON_TEST_CRASH_AT ?? "").split("#");
/** Where it is noted that a place was visited, one name a line. */
const visited = process.env.CORDON_TEST_CRASH_NOTES;
let passed = 0;

/** Stands in the place of `src/crash/point.ts`. */
export function crashPoint(at: CrashPoint): void {
  if (at !== name) return;
  passed += 1;
  if (passed !== Number(nth)) return;
  if (visited !== undefined) appendFileSync(visited, `${at}\n`);
  process.kill(process.pid, "SIGKILL");
  // The signal is on its way; nothing more may happen until it is here.
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);
}
