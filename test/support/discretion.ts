import assert from "node:assert/strict";
import type { Config } from "../../src/config/config.ts";
import type { Registration } from "../../src/config/registration.ts";
import { listIncidents } from "../../src/journal/incidents.ts";
import { openForReading } from "../../src/store/store.ts";

interface Discreet {
  readonly logged: readonly string[];
  readonly config: Config;
  readonly registration: Registration;
}

/** The level of `info` in pino's numbers. */
const info = 30;

/**
 * Checks what a service logged: never a token, and at `info` and above no title of any incident it has.
 * Every service that the tests run is checked so when it has ended.
 */
export async function assertDiscreet({ logged, config, registration }: Discreet): Promise<void> {
  const { asToken, hsToken } = registration;
  // Where no service ran there may be no database either.
  if (logged.length === 0) return;
  const titles = await titlesIn(config);
  for (const line of logged) {
    assert.ok(!line.includes(asToken) && !line.includes(hsToken), "a token is in the log");
    const told = levelOf(line) >= info ? titles.find((title) => line.includes(title)) : undefined;
    assert.equal(told, undefined, `the title of an incident is in the log: ${line}`);
  }
}

/** A line that is no JSON was not written by the log: it is as public as can be. */
function levelOf(line: string): number {
  const level = /^\{"level":(\d+),/.exec(line)?.[1];
  return level === undefined ? Number.POSITIVE_INFINITY : Number(level);
}

async function titlesIn(config: Config): Promise<readonly string[]> {
  const store = await openForReading(config.database);
  try {
    const found = await listIncidents(store.db, { open: false, limit: 10_000 });
    return found.map(({ incident }) => incident.title);
  } finally {
    await store.close();
  }
}
