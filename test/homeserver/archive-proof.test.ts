import assert from "node:assert/strict";
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, it } from "node:test";
import type { BuiltArchive } from "../../src/archive/build.ts";
import type { Completeness } from "../../src/archive/completeness.ts";
import { ArchiveFailure } from "../../src/archive/failure.ts";
import { verifyArchive } from "../../src/archive/verify/verify.ts";
import { incidentId } from "../../src/incident/ids.ts";
import { HomeserverError } from "../../src/matrix/errors.ts";
import { isObject, type JsonObject, object, text } from "../../src/matrix/event.ts";
import type { EventId, RoomId } from "../../src/matrix/ids.ts";
import { archiveAgain } from "../support/archived-room.ts";
import { asBot } from "../support/bot.ts";
import { temporaryFolder } from "../support/folder.ts";
import { type HistoryAnswer, newHistoryProxy, type Teller, truth } from "../support/history.ts";
import { newPerson } from "../support/homeserver.ts";
import { declare, untilArchived } from "../support/incident-room.ts";
import { type Installation, newInstallation, startService, until } from "../support/service.ts";

/** Small enough that the room has several. */
const pageSize = 9;

for (const roomVersion of ["10", "11", "12"] as const) {
  describe(`an incident in a room of version ${roomVersion} on a real Synapse`, async () => {
    const installation = await newInstallation({ roomVersion });
    const { synapse, bot, config } = installation;
    await startService(installation);
    const proxy = await newHistoryProxy(synapse.url, pageSize);
    const alice = await newPerson(synapse, "alice");
    const bob = await newPerson(synapse, "bob");
    const { room } = await declare(alice, bot, "sev4 A pump that leaks @bob");
    await bob.waitForInvitation({ room });
    await bob.join(room);
    const said = await bob.say(room, "the logs say nothing");
    await alice.edit(room, await alice.say(room, "the lgos say nothing"), "the logs say much");
    await alice.react(room, said, "👍");
    const secret = await bob.say(room, "the password is swordfish");
    await bob.edit(room, secret, "the password is marlin");
    await bob.redact(room, secret, "it is a secret");
    await bob.send(room, "org.example.odd", { nested: { list: [1, { ключ: "🐟" }] } });
    await alice.say(room, "!inc mitigated the pump is off");
    await alice.say(room, "!inc over anyway the pump was replaced");
    await untilArchived(alice, room, bot);
    const name = (await readdir(config.archive.folder)).find((each) => /^INC-0001--[^.]+$/.test(each)) ?? "";
    const archive = join(config.archive.folder, name);
    const first = await verifyArchive(archive);

    /** Makes it again while the history is told like this. */
    async function told(tell: Teller, signed = true): Promise<BuiltArchive> {
      Object.assign(proxy, { tell, signed });
      return archiveAgain(installation, proxy.url);
    }

    it("is proven: every event is its id, its content is the hashed one, and the homeserver signed it", async () => {
      const { verdict, checks, gaps, events } = await completenessOf(archive);
      assert.deepEqual(
        { verdict, gaps, unsound: events.unsound },
        { verdict: "proven", gaps: [], unsound: 0 },
      );
      assert.ok(Object.values(checks).every((check) => check === "made"));
      assert.deepEqual(
        first.levels.filter(({ level, outcome }) => outcome !== "pass" && level !== "L2"),
        [],
      );
      assert.ok(events.recorded > 3 * pageSize, `${events.recorded} events`);
      const byHomeserver = await everyEventOf(installation, room);
      const recorded = (await readFile(join(archive, "data/events/pdu-0001.ndjson"), "utf8"))
        .trimEnd()
        .split("\n");
      assert.equal(recorded.length, byHomeserver.findIndex(({ type }) => type === "org.cordon.seal") + 1);
    });

    it("says of what was redacted who did it and why, and has it nowhere", async () => {
      const redactions = await readFile(join(archive, "data/redactions.ndjson"), "utf8");
      const line = redactions.split("\n").find((each) => each.includes(`"target":"${secret}"`)) ?? "{}";
      const { by, because, effect, reason } = JSON.parse(line);
      assert.deepEqual(
        { by, because, effect, reason },
        { by: bob.userId, because: "redaction", effect: "removed", reason: "it is a secret" },
      );
      const transcript = await readFile(join(archive, "data/messages/0001.html"), "utf8");
      assert.match(transcript, /removed by <bdi>bob<\/bdi>/);
      for (const file of await readdir(archive, { recursive: true, withFileTypes: true })) {
        if (!file.isFile()) continue;
        const content = await readFile(join(file.parentPath, file.name), "latin1");
        assert.doesNotMatch(content, /swordfish|marlin/, file.name);
      }
    });

    it("gives the same archive again, in pages of whatever size, over empty ones", async () => {
      const again = await told(truth);
      assert.equal(again.digest, first.digest);
      assert.ok(
        (await readFile(again.zip)).equals(await readFile(`${archive}.zip`)),
        "the zip is another one",
      );
      const throughEmpty: Teller = (from, ask) =>
        from === undefined
          ? Promise.resolve({ status: 200, body: { chunk: [], end: "the beginning" } })
          : ask(from === "the beginning" ? undefined : from);
      assert.equal((await told(throughEmpty)).digest, first.digest);
    });

    it("goes on behind every fault of the homeserver's, and after its restart", async () => {
      const folder = await temporaryFolder();
      const faults = [500, 429, 502, 503, 429];
      let asked = 0;
      proxy.signed = true;
      proxy.tell = async (from, ask) => {
        asked += 1;
        const status = from !== undefined && asked % 2 === 0 ? faults.shift() : undefined;
        if (status === 500) await synapse.restart();
        return status === undefined ? ask(from) : { status, body: { errcode: "M_UNKNOWN" } };
      };
      let built: BuiltArchive | undefined;
      while (built === undefined) {
        built = await archiveAgain(installation, proxy.url, incidentId(1), folder).catch((error: unknown) => {
          assert.ok(error instanceof HomeserverError && error.retryable, String(error));
          return undefined;
        });
      }
      assert.deepEqual([built.digest, faults], [first.digest, []]);
    });

    it("names an event that is withheld", async () => {
      await assertNamed(await told(changing((chunk) => chunk.filter((event) => idOf(event) !== said))), said);
    });

    it("names what a skipped page leaves out", async () => {
      let left: readonly unknown[] = [];
      const skipping: Teller = async (from, ask) => {
        const page = await ask(from);
        if (from === undefined || left.length > 0) return page;
        left = chunkOf(page);
        return ask(text(page.body, "end"));
      };
      await assertNamed(await told(skipping), idOf(left[0]));
    });

    it("names what lies behind an end that is none", async () => {
      const truncating: Teller = async (from, ask) => {
        const { status, body } = await ask(from);
        return { status, body: from === undefined ? body : { ...body, end: undefined } };
      };
      const built = await told(truncating);
      const { gaps } = await completenessOf(built.path);
      await assertNotProven(built);
      assert.ok(gaps.some(({ what }) => what === "missing-event"));
      assert.ok(gaps.some(({ what }) => what === "wrong-beginning"));
    });

    it("fails where the history leads in a circle", async () => {
      const circling: Teller = async (from, ask) => {
        const { status, body } = await ask(from);
        return { status, body: from === undefined ? body : { ...body, end: from } };
      };
      await assert.rejects(
        told(circling),
        (error) => error instanceof ArchiveFailure && error.code === "walk-repeats",
      );
    });

    it("sets aside an event whose words were changed", async () => {
      const forging = changing((chunk) =>
        chunk.map((event) =>
          idOf(event) === said && isObject(event)
            ? { ...event, content: { ...object(event, "content"), body: "the logs say it was Alice" } }
            : event,
        ),
      );
      const built = await told(forging);
      await assertNamed(built, said);
      const transcript = await readFile(join(built.path, "data/messages/0001.html"), "utf8");
      assert.doesNotMatch(transcript, /it was Alice/);
    });

    it("says so where the seal, or the beginning, is withheld", async () => {
      for (const [type, gap] of [
        ["org.cordon.seal", "no-seal"],
        ["m.room.create", "wrong-beginning"],
      ]) {
        const built = await told(changing((chunk) => chunk.filter((event) => text(event, "type") !== type)));
        await assertNotProven(built);
        const { gaps } = await completenessOf(built.path);
        assert.ok(
          gaps.some(({ what }) => what === gap),
          type,
        );
      }
    });

    it("is unproven where the homeserver gives no signed events, and still has no word that was removed", async () => {
      const built = await told(truth, false);
      assert.equal(built.verdict, "unproven");
      await assertNotProven(built);
      const errors = await readFile(join(built.path, "data/errors.ndjson"), "utf8");
      assert.match(errors, /did not come in federation format/);
      assert.doesNotMatch(errors, /swordfish|marlin/);
    });

    it("names what was purged", async () => {
      const admin = await newPerson(synapse, "admin", { admin: true });
      const path = `/_synapse/admin/v1/purge_history/${encodeURIComponent(room)}`;
      const { purge_id: purge } = await admin.call("POST", path, {
        delete_local_events: true,
        purge_up_to_event_id: secret,
      });
      const status = async () =>
        (await admin.call("GET", `/_synapse/admin/v1/purge_history_status/${purge}`)).status;
      await until(async () => ["complete", "failed"].includes(String(await status())), "the purge");
      assert.equal(await status(), "complete");
      await assertNamed(await told(truth), said);
    });
  });
}

/** Tells every page changed like this. */
function changing(change: (chunk: readonly unknown[]) => readonly unknown[]): Teller {
  return async (from, ask) => {
    const page = await ask(from);
    return { ...page, body: { ...page.body, chunk: change(chunkOf(page)) } };
  };
}

function chunkOf({ body }: HistoryAnswer): readonly unknown[] {
  return Array.isArray(body.chunk) ? body.chunk : [];
}

function idOf(event: unknown): string {
  return text(event, "event_id") ?? "none";
}

async function completenessOf(archive: string): Promise<Completeness> {
  return JSON.parse(await readFile(join(archive, "data/completeness.json"), "utf8"));
}

/** That an archive does not call itself proven, says so at the top of its report, and verifies as what it is. */
async function assertNotProven({ path, verdict, statement }: BuiltArchive): Promise<void> {
  assert.notEqual(verdict, "proven");
  assert.equal((await completenessOf(path)).verdict, verdict);
  for (const file of ["data/index.html", "data/report.html"]) {
    const top = (await readFile(join(path, file), "utf8")).replace(/<main>.*$/s, "");
    assert.ok(top.includes(statement), `${file} does not say at its top: ${statement}`);
  }
  const { levels } = await verifyArchive(path);
  assert.deepEqual(
    levels.filter(({ outcome }) => outcome === "fail"),
    [],
  );
}

/** The same, and that it names an event that is not there. */
async function assertNamed(built: BuiltArchive, event: EventId | string): Promise<void> {
  await assertNotProven(built);
  const { gaps } = await completenessOf(built.path);
  assert.ok(
    gaps.some(({ about }) => about === event),
    `${event} is not among the gaps`,
  );
  assert.ok((await readFile(join(built.path, "data/errors.ndjson"), "utf8")).includes(event));
}

/** Every event of a room as the bot sees it, oldest first. */
async function everyEventOf(installation: Installation, room: RoomId): Promise<readonly JsonObject[]> {
  const { events } = await asBot(installation).readMessages(room, {
    dir: "b",
    limit: 1000,
    format: "client",
  });
  return events.filter(isObject).toReversed();
}
