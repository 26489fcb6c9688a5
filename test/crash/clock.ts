/**
 * Loaded before a service whose machine's clock is to be set: `node --import …/clock.ts src/main.ts`. The file that
 * `CORDON_TEST_CLOCK` names holds by how many milliseconds it is wrong; timers and `performance` run on as they do.
 */
import { readFileSync } from "node:fs";

const file = process.env.CORDON_TEST_CLOCK ?? "";
const RealDate = Date;
const shifted = () => RealDate.now() + Number(readFileSync(file, "utf8"));

globalThis.Date = new Proxy(RealDate, {
  construct: (target, given) =>
    given.length === 0 ? new target(shifted()) : Reflect.construct(target, given),
  apply: () => new RealDate(shifted()).toString(),
  get: (target, name) => (name === "now" ? shifted : Reflect.get(target, name)),
});
