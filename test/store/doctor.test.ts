import assert from "node:assert/strict";
import { join } from "node:path";
import { Writable } from "node:stream";
import { test } from "node:test";
import { sql } from "kysely";
import { init } from "../../src/cli/init.ts";
import type { Fact } from "../../src/incident/fact.ts";
import { keep } from "../../src/journal/inbox.ts";
import { loadIncident } from "../../src/journal/incidents.ts";
import { noteState } from "../../src/journal/known-rooms.ts";
import { put } from "../../src/journal/outbox.ts";
import { refold } from "../../src/journal/refold.ts";
import { checkHeldRooms } from "../../src/service/checkup/held.ts";
import { checkJournal } from "../../src/service/checkup/journal.ts";
import { openStore, type Queries } from "../../src/store/store.ts";
import { type Engine, forEachEngine } from "../support/engines.ts";
import { temporaryFolder } from "../support/folder.ts";
import { noon } from "../support/incident.ts";
import { runProgram } from "../support/program.ts";
import { withStore } from "../support/store.ts";
import { archived, begun, store } from "../support/stored-incident.ts";

const noted: Fact = { type: "noted", data: { text: "looking" } };
const evidence = /keep it as evidence, and restore a backup/;

/** What is done to the database behind the service's back, and what the doctor then says of it. */
const damages: readonly { what: string; by: string; says: RegExp; cure: RegExp }[] = [
  {
    what: "a row that was changed",
    by: "update entry set data = '{\"text\":\"all is well\"}' where incident = 'INC-0001' and seq = 3",
    says: /^INC-0001: entry 3: (hash|words) do(es)? not match$/,
    cure: evidence,
  },
  {
    what: "a row that is missing",
    by: "delete from entry where incident = 'INC-0001' and seq = 2",
    says: /^INC-0001: entry 3: out of sequence$/,
    cure: evidence,
  },
  {
    what: "a chain that was cut",
    by: "delete from entry where incident = 'INC-0001' and seq > 2",
    says: /^INC-0001: the journal does not come to what is stored as its present state$/,
    cure: evidence,
  },
  {
    what: "a row that cannot be read",
    by: "update entry set data = '{' where incident = 'INC-0001' and seq = 3",
    says: /^INC-0001: entry \d or the next: cannot be read/,
    cure: evidence,
  },
  {
    what: "another present state",
    by: "update incident set folded = replace(folded, 'Payments fail', 'All is well') where id = 'INC-0002'",
    says: /^INC-0002: the journal does not come to what is stored as its present state$/,
    cure: evidence,
  },
  {
    what: "an archived incident that counts as open",
    by: "update incident set state = 'active' where id = 'INC-0002'",
    says: /^INC-0002: the journal does not come to what is stored beside it \(state\)$/,
    cure: evidence,
  },
  {
    what: "another room, and another head",
    by: "update incident set room_id = '!other', head_seq = 9 where id = 'INC-0001'",
    says: /^INC-0001: .* stored beside it \(room, head\)$/,
    cure: evidence,
  },
  {
    what: "somebody on the roster whom no entry put there",
    by: "insert into member (incident, user_id) values ('INC-0001', '@mallory:bank.example')",
    says: /^INC-0001: .* stored beside it \(members\)$/,
    cure: evidence,
  },
  {
    what: "an open incident's present state that cannot be read",
    by: "update incident set folded = '{\"id\":' where id = 'INC-0001'",
    says: /^INC-0001: its present state cannot be read; the journal, which is whole, has it all$/,
    cure: /^Stop the service and start it again: it makes present states anew\.$/,
  },
  {
    what: "an archived incident's present state that is none",
    by: "update incident set folded = 'null' where id = 'INC-0002'",
    says: /^INC-0002: its present state cannot be read; the journal, which is whole, has it all$/,
    cure: /run in the database: update incident set fold_version = 0 where id = 'INC-0002'; and start it again/,
  },
];

forEachEngine((engine) => {
  test("the doctor's command line names what is broken in a journal, and what helps", async (t) => {
    const { configFile, address } = await newHouse(engine);
    const database = await openStore(address);
    await twoIncidents(database.db);
    await database.close();
    assert.deepEqual(await journalFinding(configFile), {
      check: "journal",
      verdict: "ok",
      says: "whole, 9 entries",
      cure: [],
    });
    for (const { what, by, says, cure } of damages) {
      await t.test(what, async () => {
        const restore = await damage(address, by);
        try {
          const { verdict, says: summary, cure: lines } = await journalFinding(configFile);
          assert.deepEqual([verdict, summary], ["fail", "1 incident not whole"]);
          assert.match(String(lines[0]), says);
          assert.match(String(lines[1]), cure);
        } finally {
          await restore();
        }
      });
    }
  });

  test("a present state that cannot be read is named in words by every command that needs it", async () => {
    const { configFile, address } = await newHouse(engine);
    const database = await openStore(address);
    await twoIncidents(database.db);
    await database.db.updateTable("incident").set({ folded: "{" }).where("id", "=", "INC-0001").execute();
    await database.close();
    for (const args of [["list"], ["status", "INC-0001"]]) {
      const { code, told } = await runProgram(...args, "--config", configFile);
      assert.equal(code, 4);
      assert.deepEqual(told, [
        "What the database has as the present state of INC-0001 cannot be read. Run `cordon doctor`, which says how it is made anew from the journal.",
      ]);
    }
  });

  test("what the doctor advises helps: present states that cannot be read are made anew", async () => {
    await withStore(engine, async (db) => {
      const [open, closed] = await twoIncidents(db);
      const before = [await loadIncident(db, open), await loadIncident(db, closed)];
      await db.updateTable("incident").set({ folded: "{" }).execute();
      assert.equal(await refold(db), 1);
      await db.updateTable("incident").set({ fold_version: 0 }).where("id", "=", closed).execute();
      assert.equal(await refold(db), 1);
      assert.deepEqual([await loadIncident(db, open), await loadIncident(db, closed)], before);
      assert.equal((await checkJournal(db)).verdict, "ok");
    });
  });

  test("of archived incidents as many are looked at as there is time for, and it is said how many", async () => {
    await withStore(engine, async (db) => {
      await twoIncidents(db);
      const { verdict, says } = await checkJournal(db, 0);
      assert.equal(verdict, "ok");
      assert.equal(
        says,
        "whole, 3 entries; looked at: every open incident (1) and the newest 0 of 1 archived",
      );
    });
  });

  test("a journal without its incident is named", async () => {
    await withStore(engine, async (db) => {
      await twoIncidents(db);
      if (engine.name === "SQLite") await sql`pragma foreign_keys = off`.execute(db);
      else await sql`alter table entry drop constraint entry_incident_fkey`.execute(db);
      await db.deleteFrom("member").where("incident", "=", "INC-0002").execute();
      await db.deleteFrom("incident").where("id", "=", "INC-0002").execute();
      const { verdict, cure } = await checkJournal(db);
      assert.equal(verdict, "fail");
      assert.equal(cure[0], "INC-0002: it has a journal, and there is no such incident");
    });
  });

  test("every held room is named in a line, with what is held, why, and what helps", async () => {
    await withStore(engine, async (db) => {
      const now = noon + 600_000;
      await store(db, 1, begun(1));
      assert.deepEqual(await checkHeldRooms(db, now), {
        check: "held rooms",
        verdict: "ok",
        says: "none",
        cure: [],
      });
      const put1: Fact = { type: "restored", data: { until: "$newest" } };
      const found: Fact = { type: "room-found", data: { differs: ["power levels"], closed: true } };
      await store(db, 2, begun(2).slice(0, 1));
      await store(db, 3, [...begun(3), { type: "room-unusable", data: { room: "!3", reason: "encrypted" } }]);
      await store(db, 4, [...begun(4), put1]);
      await store(db, 5, [...begun(5), put1, found]);
      await noteState(db, "!5", {
        type: "m.room.power_levels",
        stateKey: "",
        content: { events_default: 100 },
        sender: "@cordon:bank.example",
      });
      await store(db, 6, [
        ...begun(6),
        { type: "drift-left", data: { what: "topic", by: "@mallory:bank.example" } },
      ]);
      await keep(db, [{ eventId: "$waits", roomId: "!1", json: "{}" }], noon);
      await db
        .transaction()
        .execute((change) =>
          put(change, [{ key: "k", roomId: "!else", type: "m.room.message", content: {} }]),
        );
      await db.updateTable("outbox").set({ failures: 2, not_before: now }).execute();
      const { verdict, says, cure } = await checkHeldRooms(db, now);
      assert.deepEqual([verdict, says], ["warn", "held back: 7 things"]);
      for (const [index, words] of [
        /^INC-0002: it has no room since 2026-11-20T19:00:00\.000Z: .*; see that the service runs/,
        /^INC-0003 \(!3\): everything, since the homeserver has encrypted the room: /,
        /^INC-0004 \(!4\): everything, until the room has been read again after a restore: /,
        /^INC-0005 \(!5\): what is to be written .*: its commander types over/,
        /^INC-0006 \(!6\): the topic, which somebody keeps changing back: .* from 2026-11-20T19:10:00/,
        /^INC-0001 \(!1\): 1 event since 2026-11-20T19:00:00\.000Z: nothing has come to them; see that/,
        /^!else: 1 message: sending the first has failed \(2 times\); tried again at 2026-11-20T19:10/,
      ].entries()) {
        assert.match(String(cure[index]), words);
      }
      assert.equal(cure.length, 7);
    });
  });
});

/** An installation without a homeserver. */
async function newHouse(engine: Engine) {
  const folder = await temporaryFolder();
  const url = await engine.newDatabase();
  const silent = new Writable({ write: (_chunk, _encoding, done) => done() });
  const answers = {
    homeserverUrl: "http://127.0.0.1:9",
    serverName: "bank.example",
    listen: "127.0.0.1:9",
    url: "http://127.0.0.1:9",
    database: url,
    administrator: [],
  };
  const io = { stdin: process.stdin, stdout: silent, stderr: process.stderr, isTTY: false };
  assert.equal(await init({ ...answers, out: folder, yes: true }, io), 0);
  const address = url.startsWith("sqlite:")
    ? ({ engine: "sqlite", file: url.slice("sqlite:".length) } as const)
    : ({ engine: "postgres", url } as const);
  return { configFile: join(folder, "cordon.yaml"), address };
}

/** One that is open, and one that is archived. */
async function twoIncidents(db: Queries) {
  return [
    await store(db, 1, [...begun(1), noted]),
    await store(db, 2, [...begun(2), ...archived(2)]),
  ] as const;
}

async function journalFinding(configFile: string) {
  const { stdout } = await runProgram("doctor", "--config", configFile, "--json");
  const { checks } = JSON.parse(stdout);
  return checks.find(({ check }: { check: string }) => check === "journal");
}

/** Damages a database, and gives what puts it right again. */
async function damage(
  address: Parameters<typeof openStore>[0],
  statement: string,
): Promise<() => Promise<void>> {
  const rows = await changing(address, async (db) => {
    const before = {
      incident: await db.selectFrom("incident").selectAll().execute(),
      entry: await db.selectFrom("entry").selectAll().execute(),
      member: await db.selectFrom("member").selectAll().execute(),
    };
    await sql.raw(statement).execute(db);
    return before;
  });
  return () =>
    changing(address, async (db) => {
      for (const table of ["member", "entry", "incident"] as const) await db.deleteFrom(table).execute();
      await db.insertInto("incident").values(rows.incident).execute();
      await db.insertInto("entry").values(rows.entry).execute();
      if (rows.member.length > 0) await db.insertInto("member").values(rows.member).execute();
    });
}

async function changing<T>(
  address: Parameters<typeof openStore>[0],
  work: (db: Queries) => Promise<T>,
): Promise<T> {
  const opened = await openStore(address);
  try {
    return await work(opened.db);
  } finally {
    await opened.close();
  }
}
