import assert from "node:assert/strict";
import { test } from "node:test";
import pino from "pino";
import { Locks } from "../../../src/service/locks.ts";
import { type Next, Pump, pauseAfter } from "../../../src/service/pump.ts";

const lines: string[] = [];
const log = pino({ level: "debug" }, { write: (line: string) => void lines.push(line) });

test("steps of one key follow one another, those of different keys run side by side", async () => {
  const running = new Set<string>();
  const met = new Set<string>();
  const { promise: allDone, resolve: done } = Promise.withResolvers<void>();
  const left = new Map([
    ["a", 3],
    ["b", 3],
  ]);
  const pump = new Pump<string>({ name: "test", log, atOnce: 2 }, async (key): Promise<Next> => {
    assert.ok(!running.has(key), `${key} is being worked on already`);
    running.add(key);
    await new Promise(setImmediate);
    if (running.size === 2) met.add("both");
    running.delete(key);
    const rest = (left.get(key) ?? 0) - 1;
    left.set(key, rest);
    if ([...left.values()].every((each) => each === 0)) done();
    return rest > 0 ? "again" : "idle";
  });
  for (const key of ["a", "b", "a", "b"]) pump.wake(key);
  await allDone;
  await pump.stop();
  assert.deepEqual([...met], ["both"]);
});

test("a key that is woken while it is worked on gets another step", async () => {
  const { promise: twice, resolve } = Promise.withResolvers<void>();
  let steps = 0;
  const pump: Pump<string> = new Pump({ name: "test", log, atOnce: 1 }, async (): Promise<Next> => {
    steps += 1;
    if (steps === 1) pump.wake("a");
    else resolve();
    return "idle";
  });
  pump.wake("a");
  await twice;
  await pump.stop();
  assert.equal(steps, 2);
});

test("a step that fails is logged and tried again, later each time, and ends nothing", async () => {
  const { promise: again, resolve } = Promise.withResolvers<void>();
  let steps = 0;
  const pump = new Pump<string>({ name: "test", log, atOnce: 1 }, async (): Promise<Next> => {
    steps += 1;
    if (steps === 1) throw new Error("out of order");
    resolve();
    return "idle";
  });
  pump.wake("a");
  await again;
  await pump.stop();
  assert.match(lines.join(""), /out of order/);
  assert.ok(pauseAfter(1) < pauseAfter(2) && pauseAfter(99) <= 60_000);
});

test("a pump that was stopped begins nothing, and waits for what is under way", async () => {
  const { promise: opened, resolve: open } = Promise.withResolvers<void>();
  let ended = 0;
  const pump = new Pump<string>({ name: "test", log, atOnce: 1 }, async (): Promise<Next> => {
    await opened;
    ended += 1;
    return "again";
  });
  pump.wake("a");
  pump.wake("b");
  const stopped = pump.stop();
  open();
  await stopped;
  pump.wake("c");
  assert.equal(ended, 1);
  assert.equal(pump.busy, 0);
});

test("a lock is held by one at a time, in the order in which they came, also after a failure", async () => {
  const locks = new Locks();
  const order: number[] = [];
  const work = (n: number) =>
    locks.hold("a", async () => {
      order.push(n);
      await new Promise(setImmediate);
      order.push(n);
      if (n === 1) throw new Error("out of order");
    });
  const outcomes = await Promise.allSettled([work(1), work(2), work(3)]);
  assert.deepEqual(order, [1, 1, 2, 2, 3, 3]);
  assert.deepEqual(
    outcomes.map(({ status }) => status),
    ["rejected", "fulfilled", "fulfilled"],
  );
});

test("a key with much to do gives way to one that waits, and everything else in the process has its turn", async () => {
  const order: string[] = [];
  const { promise: idle, resolve } = Promise.withResolvers<void>();
  let isTicked = false;
  const pump = new Pump<string>({ name: "test", log, atOnce: 1 }, async (key): Promise<Next> => {
    order.push(key);
    if (order.length < 6) return key === "quiet" ? "idle" : "again";
    resolve();
    return "idle";
  });
  setImmediate(() => {
    isTicked = order.length < 6;
  });
  pump.wake("loud");
  pump.wake("quiet");
  await idle;
  await pump.stop();
  assert.deepEqual(order.slice(0, 3), ["loud", "quiet", "loud"]);
  assert.ok(isTicked);
});

test("a step that fails for ever fills no log, and does not spin, also where it wakes its own key", async () => {
  const told: string[] = [];
  const counting = pino({ level: "error" }, { write: (line: string) => void told.push(line) });
  let steps = 0;
  const pump: Pump<string> = new Pump({ name: "test", log: counting, atOnce: 1 }, async (): Promise<Next> => {
    steps += 1;
    pump.wake("a");
    throw new Error("out of order");
  });
  for (let n = 0; n < 100; n += 1) {
    pump.wake("a");
    while (pump.busy > 0) await new Promise(setImmediate);
  }
  await pump.stop();
  assert.equal(steps, 100);
  // The 1st, 2nd, 4th, 8th … failure.
  assert.equal(told.length, 7);
});

test("what is known to be in trouble is not told by everybody who meets it", async () => {
  const told: string[] = [];
  const counting = pino({ level: "error" }, { write: (line: string) => void told.push(line) });
  const met: unknown[] = [];
  const isKnown = (error: unknown) => met.push(error) > 0;
  const pump = new Pump<string>({ name: "test", log: counting, atOnce: 1, isKnown }, async () => {
    throw new Error("the disk is full");
  });
  pump.wake("a");
  while (pump.busy > 0) await new Promise(setImmediate);
  await pump.stop();
  assert.deepEqual([met.length, told.length], [1, 0]);
});
