import assert from "node:assert/strict";
import { createHash, randomBytes } from "node:crypto";
import { once } from "node:events";
import { readdir, readFile, stat } from "node:fs/promises";
import { request } from "node:http";
import { join } from "node:path";
import { Readable } from "node:stream";
import { text } from "node:stream/consumers";
import { pipeline } from "node:stream/promises";
import { test } from "node:test";
import { verifyArchive } from "../../src/archive/verify/verify.ts";
import type { Person } from "../../src/demo/person.ts";
import { findFile } from "../../src/journal/attachments.ts";
import { isMediaUri, type MediaUri, type RoomId } from "../../src/matrix/ids.ts";
import { newPerson } from "../support/homeserver.ts";
import { command, declare, saying } from "../support/incident-room.ts";
import { newInstallation, reading, ServiceProcess, until } from "../support/service.ts";

/** How large the large attachment is; `CORDON_TEST_ATTACHMENT_BYTES=1000000000` is what archives must bear. */
const largeBytes = Number(process.env.CORDON_TEST_ATTACHMENT_BYTES ?? 256e6);
/** As much more the service may need with it, in bytes: what waits to be collected, whatever the size. */
const mostGrowth = 128e6;
const patience = { timeoutMs: 30_000 + largeBytes / 4_000 };

const installation = await newInstallation({
  archive: { max_attachment: `${largeBytes}B`, deny_types: '["application/x-msdownload", "video/*"]' },
  settings: { max_upload_size: "2G" },
});
const { synapse, bot, config } = installation;
const service = new ServiceProcess(installation);
service.start();
const alice = await newPerson(synapse, "alice", { admin: true });

const pixel = Buffer.from(
  "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mP8z8BQDwAEhQGAhKmMIQAAAABJRU5ErkJggg==",
  "base64",
);

/** Random bytes, of which no two blocks are alike and none is ever held twice. */
function* noise(bytes: number): Generator<Uint8Array> {
  const block = randomBytes(1_000_000);
  for (let left = bytes, i = 0; left > 0; left -= block.length, i += 1) {
    block.writeUInt32BE(i);
    yield Uint8Array.from(block.subarray(0, left));
  }
}

/** Uploads a file of noise as a stream, and gives its address and its hash. */
async function uploadNoise(person: Person, bytes: number): Promise<{ uri: MediaUri; sha256: string }> {
  const hash = createHash("sha256");
  const hashed = function* () {
    for (const block of noise(bytes)) {
      hash.update(block);
      yield block;
    }
  };
  const { homeserver, accessToken } = person.account;
  const upload = request(`${homeserver}/_matrix/media/v3/upload`, {
    method: "POST",
    headers: {
      authorization: `Bearer ${accessToken}`,
      "content-type": "application/octet-stream",
      "content-length": bytes,
    },
  });
  const answered = once(upload, "response");
  await pipeline(Readable.from(hashed()), upload);
  const [answer] = await answered;
  const { content_uri: uri } = JSON.parse(await text(answer));
  assert.ok(isMediaUri(uri));
  return { uri, sha256: hash.digest("hex") };
}

function send(room: RoomId, uri: MediaUri, content: Record<string, unknown> = {}) {
  return alice.send(room, "m.room.message", { msgtype: "m.file", body: "a file", url: uri, ...content });
}

/** Ends an incident and waits for its archive. */
async function archiveOf(room: RoomId, id: string): Promise<string> {
  await command(alice, room, bot, "!inc over done");
  await alice.waitFor(saying(bot, "Archived"), { what: "the archive", room, ...patience });
  const name = (await readdir(config.archive.folder)).find(
    (one) => one.startsWith(`${id}--`) && !one.endsWith(".zip"),
  );
  return join(config.archive.folder, name ?? "none");
}

async function linesOf(archive: string, file: string): Promise<readonly Record<string, unknown>[]> {
  const lines = await readFile(join(archive, "data", file), "utf8");
  return lines.split("\n").flatMap((line) => (line === "" ? [] : [JSON.parse(line)]));
}

test("a large attachment takes no memory, neither fetched nor archived nor verified", async (t) => {
  const small = await declare(alice, bot, "sev3 A small one");
  await alice.sendFile(small.room, "small.bin", Uint8Array.of(1, 2, 3), "application/octet-stream");
  await archiveOf(small.room, "INC-0001");
  const before = await service.peak();
  const { room } = await declare(alice, bot, "sev3 A large one");
  const { uri, sha256 } = await uploadNoise(alice, largeBytes);
  await send(room, uri);
  await until(
    async () => (await reading(config, (db) => findFile(db, "INC-0002", uri)))?.sha256 === sha256,
    "the file being fetched",
    patience.timeoutMs,
  );
  const fetched = await service.peak();
  const archive = await archiveOf(room, "INC-0002");
  const archived = await service.peak();
  const path = join(archive, "data", "media", sha256.slice(0, 2), `${sha256}.bin`);
  assert.equal((await stat(path)).size, largeBytes);
  const growth = { fetched: fetched - before, archived: archived - before };
  t.diagnostic(`peak ${before / 1e6} MB before; growth ${JSON.stringify(growth)} for ${largeBytes / 1e6} MB`);
  assert.ok(growth.archived < mostGrowth, JSON.stringify(growth));
  for (const form of [archive, `${archive}.zip`]) assert.ok((await verifyArchive(form)).ok, form);
  assert.deepEqual(
    (
      await readdir(join(config.archive.folder, ".attachments"), { recursive: true, withFileTypes: true })
    ).filter((entry) => entry.isFile()),
    [],
    "what lies in an archive is kept nowhere else",
  );
});

test("what is not in the archive is named with its reason, and what is there is there once", async () => {
  const { room } = await declare(alice, bot, "sev3 Many files");
  const avatar = await alice.upload("face", Uint8Array.from(pixel), "image/png");
  await alice.sendState(room, "m.room.member", alice.userId, { membership: "join", avatar_url: avatar });
  const content = Uint8Array.from(Buffer.from("sent twice"));
  const twice = [
    await alice.upload("a", content, "text/plain"),
    await alice.upload("b", content, "text/plain"),
  ];
  for (const uri of [...twice, ...twice]) await send(room, uri);
  const sticker = await alice.upload("s", Uint8Array.from([...pixel, 1]), "image/png");
  await alice.send(room, "m.sticker", { body: "ok", url: sticker, info: {} });
  const empty = await alice.upload("e", new Uint8Array(), "text/plain");
  await send(room, empty);

  const over = (await uploadNoise(alice, largeBytes + 1)).uri;
  const vanished: MediaUri = "mxc://cordon.test/NeverThere";
  const quarantined = await alice.upload("q", Uint8Array.of(1), "text/plain");
  const [server, id] = quarantined.slice("mxc://".length).split("/");
  await alice.call("POST", `/_synapse/admin/v1/media/quarantine/${server}/${id}`);
  const program = await alice.upload("p", Uint8Array.from(Buffer.from("MZ...")), "text/plain");
  const film = await alice.upload("f", Uint8Array.of(2), "text/plain");
  await send(room, over);
  await send(room, vanished);
  await send(room, quarantined);
  await send(room, program, { body: "harmless.txt" });
  await send(room, film, { info: { mimetype: "video/mp4" } });

  const archive = await archiveOf(room, "INC-0003");
  const errors = await linesOf(archive, "errors.ndjson");
  const expected = [
    [over, /larger than the \d+ bytes/],
    [vanished, /404 M_NOT_FOUND/],
    [quarantined, /404 M_NOT_FOUND/],
    [program, /type application\/x-msdownload are not kept/],
    [film, /type video\/\* are not kept/],
  ] as const;
  assert.deepEqual(errors.map(({ about }) => about).toSorted(), expected.map(([uri]) => uri).toSorted());
  const report = await readFile(join(archive, "data", "report.html"), "utf8");
  for (const [uri, reason] of expected) {
    const error = errors.find(({ about }) => about === uri);
    assert.match(String(error?.reason), reason);
    assert.ok(report.includes(uri));
  }
  const media = await linesOf(archive, "media.ndjson");
  const stored = media.filter(({ missing }) => missing === undefined);
  assert.deepEqual(
    stored.map(({ uri, use }) => [uri, use]).toSorted(),
    [[avatar, "avatar"], ...[...twice, sticker, empty].map((uri) => [uri, "attachment"])].toSorted(),
  );
  assert.equal(new Set(stored.map(({ sha256 }) => sha256)).size, 4);
  assert.ok((await verifyArchive(archive)).ok);
});

test("a file that was being fetched when the service died is fetched again, and nothing is left of the first half", async () => {
  const { room } = await declare(alice, bot, "sev3 A power cut");
  const { uri, sha256 } = await uploadNoise(alice, largeBytes / 4);
  await send(room, uri);
  const folder = join(config.archive.folder, ".attachments");
  const unfinished = async () => (await readdir(folder)).filter((name) => name.startsWith("."));
  await until(async () => (await unfinished()).length > 0, "the file being fetched");
  await service.kill();
  assert.equal((await unfinished()).length, 1);
  service.start();
  const archive = await archiveOf(room, "INC-0004");
  assert.deepEqual(await unfinished(), []);
  assert.equal((await linesOf(archive, "media.ndjson"))[0]?.sha256, sha256);
  assert.ok((await verifyArchive(archive)).ok);
});
