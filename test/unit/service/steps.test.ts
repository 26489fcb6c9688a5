import assert from "node:assert/strict";
import { test } from "node:test";
import { InForce } from "../../../src/service/in-force.ts";
import type { Service } from "../../../src/service/service.ts";
import type { Setup } from "../../../src/service/setup.ts";
import { Steps } from "../../../src/service/steps.ts";

/** Setups and services that are only told from each other. */
const [first, second, third] = ["first", "second", "third"].map((name) => ({ name }) as unknown as Setup);

function newSteps() {
  assert.ok(first && second && third);
  const inForce = new InForce(first);
  const made: (readonly [unknown, unknown])[] = [];
  let settled = 0;
  const steps = new Steps({
    inForce,
    make(setup, before) {
      made.push([setup, before]);
      return { setup } as unknown as Service;
    },
    settled: () => (settled += 1),
  });
  const setupOf = (service: Service) => Reflect.get(service, "setup");
  return { inForce, steps, made, settled: () => settled, setupOf, setups: [first, second, third] as const };
}

test("a step works by one setup from its beginning to its end, and the next by another", async () => {
  const { inForce, steps, setupOf, setups } = newSteps();
  const gate = Promise.withResolvers<void>();
  const seen = steps.take(async (service) => {
    const before = setupOf(service);
    await gate.promise;
    return [before, setupOf(service)];
  });
  inForce.put(setups[1]);
  assert.equal(await steps.take(async (service) => setupOf(service)), setups[1]);
  gate.resolve();
  assert.deepEqual(await seen, [setups[0], setups[0]]);
});

test("a service is made once for each setup, and told of the one before", async () => {
  const { inForce, steps, made, setups } = newSteps();
  assert.equal(await steps.take(async (service) => service), await steps.take(async (service) => service));
  inForce.put(setups[1]);
  assert.equal(steps.service, steps.service);
  assert.deepEqual(made, [
    [setups[0], undefined],
    [setups[1], setups[0]],
  ]);
});

test("it is told when the last step of a former setup has ended, also where it failed", async () => {
  const { inForce, steps, settled, setups } = newSteps();
  const gates = [1, 2, 3].map(() => Promise.withResolvers<void>());
  const [one, two] = gates.map(({ promise }) => steps.take(() => promise));
  inForce.put(setups[1]);
  const three = steps.take(() => gates[2]?.promise ?? Promise.resolve());
  inForce.put(setups[2]);
  gates[0]?.resolve();
  await one;
  gates[1]?.reject(new Error("a step failed"));
  await assert.rejects(two ?? Promise.resolve());
  assert.equal(settled(), 0);
  gates[2]?.resolve();
  await three;
  assert.equal(settled(), 1);
  await steps.take(async () => {});
  assert.equal(settled(), 1);
});
