import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { sql } from "kysely";
import pg from "pg";
import { keep } from "../../src/journal/inbox.ts";
import { openShared, type SharedStore } from "../../src/store/store.ts";
import { databaseTrouble, isDatabaseTrouble } from "../../src/store/trouble.ts";
import { type Postgres, startPostgres } from "../support/postgres.ts";
import { until } from "../support/service.ts";

let server: Postgres;
let url: string;
let store: SharedStore;
before(async () => {
  server = await startPostgres();
  url = await server.createDatabase();
  store = await openShared({ engine: "postgres", url });
  await (await store.lead()).end();
});
after(async () => {
  await store.close();
  await server.stop();
});

let kept = 0;
const keepOne = () => keep(store.db, [{ eventId: `$${++kept}`, roomId: "!r:s", json: "{}" }], 1);
const probe = () => store.probe({ thoroughly: true });

/** What is said of the database to whoever asks it something while it is in trouble. */
async function wordsOf(asked: Promise<unknown>): Promise<string | undefined> {
  const error = await asked.then(
    () => assert.fail("it was answered"),
    (thrown: unknown) => thrown,
  );
  assert.ok(isDatabaseTrouble(error), String(error));
  return databaseTrouble(error);
}

/** Waits until the database takes again what is written, and writes. */
async function recovered(): Promise<void> {
  const works = () =>
    probe().then(
      () => true,
      (error: unknown) => !isDatabaseTrouble(error),
    );
  await until(works, "the database");
  await keepOne();
}

async function administrate<T>(work: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}

const sessions = "from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()";

/** Has the server end every other connection to the database. */
async function endSessions(): Promise<void> {
  await administrate((client) => client.query(`select pg_terminate_backend(pid) ${sessions}`));
}

test("a database that was made read-only is named, and taken up again", async () => {
  const name = new URL(url).pathname.slice(1);
  await administrate((client) =>
    client.query(`alter database ${name} set default_transaction_read_only = on`),
  );
  await endSessions();
  await until(async () => /can only be read/.test((await wordsOf(probe())) ?? ""), "the new setting");
  assert.match((await wordsOf(keepOne())) ?? "", /can only be read; let it be written again/);
  await administrate(async (client) => {
    await client.query("set default_transaction_read_only = off");
    await client.query(`alter database ${name} reset default_transaction_read_only`);
  });
  await endSessions();
  await recovered();
});

test("a server whose connections are used up is named, and taken up again", async () => {
  await endSessions();
  const others: pg.Client[] = [];
  let isFull = false;
  while (!isFull) {
    const client = new pg.Client({ connectionString: url });
    client.on("error", () => {});
    await client.connect().then(
      () => others.push(client),
      () => {
        isFull = true;
      },
    );
  }
  await until(async () => /no connection left/.test((await wordsOf(keepOne()).catch(() => "")) ?? ""), "it");
  await Promise.all(others.map((client) => client.end()));
  await recovered();
});

test("a server that is gone is named, and taken up again", async () => {
  await server.kill();
  // What it ran for a connection may live a moment longer.
  await until(async () => isDatabaseTrouble(await keepOne().catch((error: unknown) => error)), "its end");
  assert.match((await wordsOf(keepOne())) ?? "", /PostgreSQL does not answer; start it/);
  await server.start();
  await recovered();
});

test("what waits for a server that hangs is told so in the end, also in the middle of a transaction", async () => {
  const lead = await store.lead();
  const pids: number[] = [];
  try {
    const transaction = store.db.transaction().execute(async (change) => {
      await keep(change, [{ eventId: "$hanging", roomId: "!r:s", json: "{}" }], 1);
      pids.push(...(await administrate(processes)));
      for (const pid of pids) process.kill(pid, "SIGSTOP");
    });
    assert.match((await wordsOf(transaction)) ?? "", /PostgreSQL does not answer/);
    await lead.over;
    await lead.end();
  } finally {
    for (const pid of pids) process.kill(pid, "SIGCONT");
  }
  await recovered();
  const again = await store.lead({ wait: AbortSignal.timeout(20_000) });
  await again.end();
});

test("one of the server's processes that hangs holds up only what waits for it, and that not for ever", async () => {
  const term = await store.lead();
  term.beImpatient();
  let hanging = 0;
  try {
    const stuck = term.db.transaction().execute(async (change) => {
      const { rows } = await sql<{ pid: number }>`select pg_backend_pid() as pid`.execute(change);
      hanging = rows[0]?.pid ?? 0;
      process.kill(hanging, "SIGSTOP");
      await change.updateTable("installation").set({ fetched_at: 1 }).execute();
    });
    const told = wordsOf(stuck);
    await keepOne();
    await probe();
    await term.db.updateTable("installation").set({ fetched_at: 2 }).execute();
    assert.match((await told) ?? "", /PostgreSQL does not answer/);
    await term.confirm();
    await term.db.updateTable("installation").set({ fetched_at: 3 }).execute();
  } finally {
    process.kill(hanging, "SIGCONT");
    await term.end();
  }
});

/** The server, and what it runs for each connection but this. */
async function processes(client: pg.Client): Promise<readonly number[]> {
  const { rows } = await client.query(
    `select pid ${sessions} union select split_part(pg_read_file('postmaster.pid'), E'\\n', 1)::int`,
  );
  return rows.map(({ pid }) => Number(pid));
}
