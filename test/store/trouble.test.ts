import assert from "node:assert/strict";
import { once } from "node:events";
import { after, before, test } from "node:test";
import pg from "pg";
import { keep } from "../../src/journal/inbox.ts";
import { openShared, type SharedStore } from "../../src/store/store.ts";
import { databaseTrouble, isDatabaseTrouble } from "../../src/store/trouble.ts";
import { type Postgres, startPostgres } from "../support/postgres.ts";
import { until } from "../support/service.ts";

let server: Postgres;
before(async () => {
  server = await startPostgres();
});
after(() => server.stop());

const event = (n: number) => ({ eventId: `$${n}`, roomId: "!r:s", json: "{}" });

async function opened(t: { after(hook: () => Promise<void>): void }): Promise<{ store: SharedStore; url: string }> {
  const url = await server.createDatabase();
  const store = await openShared({ engine: "postgres", url });
  const term = await store.lead();
  t.after(async () => {
    await term.end();
    await store.close();
  });
  return { store, url };
}

/** What somebody says who asks the database something while it is in trouble. */
async function wordsOf(asked: Promise<unknown>): Promise<string> {
  const error = await asked.then(
    () => assert.fail("it was answered"),
    (thrown: unknown) => thrown,
  );
  assert.ok(isDatabaseTrouble(error), String(error));
  return databaseTrouble(error) ?? "somebody else leads";
}

async function asAdministrator(url: string, statement: string): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  await client.query(statement);
  await client.end();
}

test("a database that can only be read is named, and taken up again", async (t) => {
  const { store, url } = await opened(t);
  const name = new URL(url).pathname.slice(1);
  await asAdministrator(url, `alter database ${name} set default_transaction_read_only = on`);
  await dropConnections(url);
  await until(async () => isReadOnly(store), "new connections");
  assert.match(await wordsOf(keep(store.db, [event(1)], 1)), /can only be read/);
  assert.match(await wordsOf(store.probe({ thoroughly: true })), /can only be read/);
  await asAdministrator(url, `begin read write; alter database ${name} reset default_transaction_read_only; commit`);
  await dropConnections(url);
  await until(() => store.probe({ thoroughly: true }).then(() => true, () => false), "the probe");
  await keep(store.db, [event(1)], 1);
});
