import assert from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { after, before, test } from "node:test";
import { setTimeout as delay } from "node:timers/promises";
import { pathToFileURL } from "node:url";
import pg from "pg";
import { keep } from "../../src/journal/inbox.ts";
import { installation } from "../../src/journal/installation.ts";
import { StoreError } from "../../src/store/engine.ts";
import { tables } from "../../src/store/schema.ts";
import { type DatabaseAddress, openShared } from "../../src/store/store.ts";
import { type Term, TermOver } from "../../src/store/term.ts";
import { isDatabaseTrouble } from "../../src/store/trouble.ts";
import { type Postgres, startPostgres } from "../support/postgres.ts";

let server: Postgres;
before(async () => {
  server = await startPostgres();
});
after(() => server.stop());

async function newDatabase(): Promise<DatabaseAddress> {
  return { engine: "postgres", url: await server.createDatabase() };
}

const waiting = () => ({ wait: AbortSignal.timeout(20_000) });

test("one leads at a time; whoever waits follows as soon as the term is given up", async () => {
  const address = await newDatabase();
  const [one, other] = [await openShared(address), await openShared(address)];
  assert.equal(await one.isUpToDate(), false);
  const first = await one.lead();
  assert.equal(await other.isUpToDate(), true);
  await assert.rejects(
    other.lead(),
    (error) => error instanceof StoreError && error.code === "database-in-use",
  );
  const following = other.lead(waiting());
  await installation(first.db, 1);
  await first.end();
  const second = await following;
  await installation(second.db, 2);
  await second.end();
  await Promise.all([one.close(), other.close()]);
});

test("who waits can be told to stop waiting", async () => {
  const address = await newDatabase();
  const [one, other] = [await openShared(address), await openShared(address)];
  const first = await one.lead();
  const stop = new AbortController();
  const following = other.lead({ wait: stop.signal });
  stop.abort();
  await assert.rejects(following, { name: "AbortError" });
  await first.end();
  await Promise.all([one.close(), other.close()]);
});

test("whoever leads no longer writes nothing, to no table; to keep what arrives is anybody's", async () => {
  const address = await newDatabase();
  const shared = await openShared(address);
  const term = await shared.lead();
  await installation(term.db, 1);
  const number = await currentTerm(address);
  const late = await writerOf(address, number);
  await late.query("update installation set next_incident = 5");
  await term.end();
  const next = await shared.lead();
  for (const table of tables) {
    const attempts = table === "inbox" ? [] : [`insert into ${table} default values`];
    for (const write of [...attempts, `delete from ${table}`]) {
      await assert.rejects(late.query(write), (error: unknown) => {
        assert.match(String(error), /another Cordon leads/, write);
        // It is no fault of what was being written, which is not to be set aside for it.
        return isDatabaseTrouble(error);
      });
    }
  }
  await late.end();
  await keep(shared.db, [{ eventId: "$a", roomId: "!room:x", json: "{}" }], 1);
  await next.end();
  await shared.close();
});

test("whoever begins to lead waits for what the one before is still writing", async () => {
  const address = await newDatabase();
  const shared = await openShared(address);
  const term = await shared.lead();
  await installation(term.db, 1);
  const late = await writerOf(address, await currentTerm(address));
  await late.query("begin");
  await late.query("update installation set next_incident = 7");
  await term.end();
  const following = shared.lead(waiting());
  const early = await Promise.race([following.then(() => "leads"), delay(700, "waits")]);
  assert.equal(early, "waits");
  await late.query("commit");
  const next = await following;
  const row = await next.db.selectFrom("installation").select("next_incident").executeTakeFirstOrThrow();
  assert.equal(row.next_incident, 7);
  await late.end();
  await next.end();
  await shared.close();
});

test("who leads hears of what another has kept", async () => {
  const address = await newDatabase();
  const [leader, standby] = [await openShared(address), await openShared(address)];
  const term = await leader.lead();
  const heard = Promise.withResolvers<string>();
  await term.onArrival(heard.resolve);
  await keep(standby.db, [{ eventId: "$b", roomId: "!b:x", json: "{}" }], 1);
  assert.equal(await heard.promise, "!b:x");
  await term.end();
  await Promise.all([leader.close(), standby.close()]);
});

test("a process that is killed is followed; one that was only paused is too, and writes nothing when it wakes", async () => {
  const address = await newDatabase();
  const shared = await openShared(address);
  await (await shared.lead()).end();
  const killed = await startLeader(address);
  killed.process.kill("SIGKILL");
  await (await shared.lead(waiting())).end();

  const paused = await startLeader(address);
  assert.equal(await paused.ask("confirm"), "leads");
  assert.equal(await paused.ask("write"), "written");
  paused.process.kill("SIGSTOP");
  const term: Term = await shared.lead(waiting());
  paused.process.kill("SIGCONT");
  assert.equal(await paused.ask("confirm"), "TermOver");
  assert.equal(await paused.ask("write"), "refused");
  await term.confirm();
  paused.process.kill("SIGKILL");
  await term.end();
  await shared.close();
});

test("who has lost the database is told, and is sure of nothing", async () => {
  const address = await newDatabase();
  const shared = await openShared(address);
  const term = await shared.lead();
  const admin = new pg.Client({ connectionString: urlOf(address) });
  await admin.connect();
  await admin.query(
    "select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()",
  );
  await term.over;
  await assert.rejects(term.confirm(), TermOver);
  await admin.end();
  await term.end();
  await shared.close();
});

function urlOf(address: DatabaseAddress): string {
  return address.engine === "postgres" ? address.url : "";
}

async function currentTerm(address: DatabaseAddress): Promise<number> {
  const client = new pg.Client({ connectionString: urlOf(address) });
  await client.connect();
  const { rows } = await client.query("select last_value from cordon_term");
  await client.end();
  return Number(rows[0]?.last_value);
}

/** A connection such as a leader of this term has. */
async function writerOf(address: DatabaseAddress, term: number): Promise<pg.Client> {
  const client = new pg.Client({ connectionString: urlOf(address) });
  await client.connect();
  await client.query(`set cordon.term = ${term}`);
  return client;
}

/** A process that leads, and does what it is asked on its standard input. */
async function startLeader(address: DatabaseAddress) {
  const store = pathToFileURL(join(import.meta.dirname, "../../src/store/store.ts"));
  const program = `
    import { createInterface } from "node:readline";
    import { openShared } from ${JSON.stringify(store.href)};
    const shared = await openShared(${JSON.stringify(address)});
    const term = await shared.lead({ wait: AbortSignal.timeout(20_000) });
    const write = () => term.db.updateTable("installation").set({ next_incident: 9 }).execute();
    const doing = {
      confirm: () => term.confirm().then(() => "leads", (error) => error.name),
      write: () => write().then(() => "written", () => "refused"),
    };
    console.log("leads");
    for await (const line of createInterface({ input: process.stdin })) console.log(await doing[line]());
  `;
  const child: ChildProcess = spawn(process.execPath, ["--input-type=module", "--eval", program], {
    stdio: ["pipe", "pipe", "inherit"],
  });
  after(() => child.kill("SIGKILL"));
  if (child.stdin === null || child.stdout === null) throw new Error("the process has no pipes");
  const { stdin } = child;
  const lines = createInterface({ input: child.stdout });
  await once(lines, "line");
  return {
    process: child,
    async ask(what: "confirm" | "write"): Promise<string> {
      const answer = once(lines, "line");
      stdin.write(`${what}\n`);
      const [line] = await answer;
      return String(line);
    },
  };
}
