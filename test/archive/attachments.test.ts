import assert from "node:assert/strict";
import { readdir, readFile, stat } from "node:fs/promises";
import { join } from "node:path";
import { describe, it } from "node:test";
import { verifyArchive } from "../../src/archive/verify/verify.ts";
import { archiveWith, type Files, hashOf, pixel } from "./files.ts";
import { everyFile } from "./made.ts";
import { alice, SyntheticRoom } from "./synthetic.ts";

const mxc = (name: string) => `mxc://example.org/${name}`;

function send(room: SyntheticRoom, content: Record<string, unknown>): `$${string}` {
  return room.add("m.room.message", { msgtype: "m.file", body: "notes", ...content });
}

/** An archive's pages and lists, once it has been verified as folder and as zip. */
async function read(room: SyntheticRoom, files: Files) {
  const { path, zip, verdict } = await archiveWith(room, files);
  for (const form of [path, zip]) assert.ok((await verifyArchive(form)).ok, form);
  const text = (file: string) => readFile(join(path, "data", file), "utf8");
  const lines = async (file: string) =>
    (await text(file))
      .split("\n")
      .filter((line) => line !== "")
      .map((line): Record<string, unknown> => JSON.parse(line));
  const media = (await everyFile(path)).filter((file) => file.startsWith("data/media/"));
  return { path, verdict, media, text, lines, page: await text("messages/0001.html") };
}

describe("the files of an archive", () => {
  it("are there once for each content, however often and by whatever name they were sent", async () => {
    const room = new SyntheticRoom();
    for (const name of ["one", "two", "one", "three"]) send(room, { url: mxc(name), body: name });
    const { media, lines } = await read(room, {
      [mxc("one")]: "same",
      [mxc("two")]: "same",
      [mxc("three")]: "",
    });
    assert.deepEqual(
      media,
      ["same", ""]
        .map((content) => `data/media/${hashOf(content).slice(0, 2)}/${hashOf(content)}.txt`)
        .sort(),
    );
    const listed = await lines("media.ndjson");
    assert.deepEqual(
      listed.map(({ uri, use, sha256, bytes }) => [uri, use, sha256, bytes]),
      [
        [mxc("one"), "attachment", hashOf("same"), 4],
        [mxc("two"), "attachment", hashOf("same"), 4],
        [mxc("three"), "attachment", hashOf(""), 0],
      ],
    );
  });

  it("take no room of their own beside where they were kept", async () => {
    const room = new SyntheticRoom();
    send(room, { url: mxc("one") });
    const { path, media } = await read(room, { [mxc("one")]: "content" });
    const kept = await stat(join(path, "..", hashOf("content")));
    const archived = await stat(join(path, media[0] ?? ""));
    assert.deepEqual([archived.ino, archived.nlink], [kept.ino, 2]);
  });

  it("that are not there are named as errors, as gaps, in the report and where they were sent", async () => {
    const room = new SyntheticRoom();
    const reasons = [
      "it is larger than what is kept",
      "files of the type video/* are not kept",
      "404 <gone>",
    ];
    for (const [index] of reasons.entries()) send(room, { url: mxc(`${index}`), body: `file ${index}` });
    const files = Object.fromEntries(reasons.map((missing, index) => [mxc(`${index}`), { missing }]));
    const { lines, text, page, media, verdict } = await read(room, files);
    assert.deepEqual(media, []);
    assert.equal(verdict, "explained-gaps");
    const named = reasons.map((reason, index) => ({
      what: "missing-media",
      about: mxc(`${index}`),
      reason,
      explained: true,
    }));
    assert.deepEqual(await lines("errors.ndjson"), named);
    assert.deepEqual(JSON.parse(await text("completeness.json")).gaps, named);
    for (const [index, reason] of reasons.entries()) {
      const shown = reason.replace("<", "&lt;").replace(">", "&gt;");
      for (const report of ["index.html", "report.html"]) {
        assert.ok((await text(report)).includes(mxc(`${index}`)), report);
        assert.ok((await text(report)).includes(shown), report);
      }
      assert.ok(
        page.includes(`<bdi>file ${index}</bdi> <span class="note">not in the archive: ${shown}</span>`),
      );
    }
  });

  it("that only decorate are listed, and are no gap where they are missing", async () => {
    const room = new SyntheticRoom();
    room.add(
      "m.room.member",
      { membership: "join", avatar_url: mxc("face") },
      { sender: alice, stateKey: alice },
    );
    send(room, { msgtype: "m.image", url: mxc("picture"), info: { thumbnail_url: mxc("small") } });
    const { lines, verdict } = await read(room, { [mxc("picture")]: pixel });
    assert.equal(verdict, "proven");
    assert.deepEqual(
      (await lines("media.ndjson")).map(({ uri, use, missing }) => [uri, use, missing]),
      [
        [mxc("picture"), "attachment", undefined],
        [mxc("small"), "preview", "never fetched"],
        [mxc("face"), "avatar", "never fetched"],
      ],
    );
    assert.deepEqual(await lines("errors.ndjson"), []);
  });

  it("that decorate and were sent as well are a gap where they are missing", async () => {
    const room = new SyntheticRoom();
    room.add(
      "m.room.member",
      { membership: "join", avatar_url: mxc("face") },
      { sender: alice, stateKey: alice },
    );
    room.say("hello");
    send(room, { url: mxc("face") });
    const { lines } = await read(room, {});
    assert.deepEqual(
      (await lines("errors.ndjson")).map(({ about }) => about),
      [mxc("face")],
    );
  });

  it("are a thousand, if so many were sent", async () => {
    const room = new SyntheticRoom();
    const files: Record<string, string> = {};
    for (let i = 0; i < 1_000; i += 1) {
      send(room, { url: mxc(`${i}`) });
      files[mxc(`${i}`)] = `content ${i}`;
    }
    const { media } = await read(room, files);
    assert.equal(media.length, 1_000);
  });
});

describe("an attachment in the transcript", () => {
  it("is shown by its sender's preview, which leads to the picture itself", async () => {
    const room = new SyntheticRoom();
    const large = Buffer.concat([pixel, Buffer.from("large")]);
    const info = { w: 640, h: 480, thumbnail_url: mxc("small") };
    send(room, { msgtype: "m.image", url: mxc("large"), body: "the panel", info });
    const { page } = await read(room, { [mxc("large")]: large, [mxc("small")]: pixel });
    const path = (content: Buffer) => `../media/${hashOf(content).slice(0, 2)}/${hashOf(content)}.png`;
    assert.ok(
      page.includes(
        `<a class="picture" href="${path(large)}"><img src="${path(pixel)}" alt="the panel" width="640" height="480" loading="lazy"></a>`,
      ),
    );
  });

  it("is shown by itself where its preview is no picture", async () => {
    const room = new SyntheticRoom();
    send(room, { msgtype: "m.image", url: mxc("large"), info: { thumbnail_url: mxc("small") } });
    const { page } = await read(room, {
      [mxc("large")]: pixel,
      [mxc("small")]: "<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>",
    });
    assert.deepEqual([...page.matchAll(/<img src="([^"]*)"/g)].length, 1);
    assert.ok(page.includes(`<img src="../media/${hashOf(pixel).slice(0, 2)}/${hashOf(pixel)}.png"`));
  });

  it("that is a film or too large still has its preview, and a length", async () => {
    const room = new SyntheticRoom();
    const info = { duration: 83_000, thumbnail_url: mxc("small") };
    send(room, { msgtype: "m.video", url: mxc("film"), body: "film.mp4", info });
    const { page } = await read(room, { [mxc("film")]: { missing: "too large" }, [mxc("small")]: pixel });
    assert.match(page, /<span class="picture"><img src="[^"]*\.png" alt="film\.mp4" loading="lazy"><\/span>/);
    assert.ok(page.includes(`<span class="note">film, 1 min, not in the archive: too large</span>`));
  });

  it("that is a voice message says how long it is, by whichever member says so", async () => {
    const room = new SyntheticRoom();
    send(room, {
      msgtype: "m.audio",
      url: mxc("voice"),
      body: "voice.ogg",
      "org.matrix.msc3245.voice": {},
      "org.matrix.msc1767.audio": { duration: 5_000, waveform: [1, 2, 3] },
    });
    const { page } = await read(room, { [mxc("voice")]: "OggS..." });
    assert.match(page, /voice\.ogg<\/bdi><\/a> <span class="note">voice message, 5 s, 7 bytes, audio\/ogg</);
  });

  it("that its sender encrypted is kept, and said to be so", async () => {
    const room = new SyntheticRoom();
    send(room, { url: undefined, file: { url: mxc("secret"), key: {}, iv: "", hashes: {} } });
    const { page, media } = await read(room, { [mxc("secret")]: Buffer.from([1, 2, 3]) });
    assert.equal(media.length, 1);
    assert.match(page, /application\/octet-stream, encrypted by its sender/);
  });

  it("has its caption beside it, and no second name without one", async () => {
    const room = new SyntheticRoom();
    send(room, { url: mxc("one"), filename: "log.txt", body: "see **line** 7" });
    send(room, { url: mxc("one"), body: "plain.txt" });
    const { page } = await read(room, { [mxc("one")]: "log" });
    assert.ok(page.includes("see **line** 7"));
    assert.equal(page.split("plain.txt").length, 2);
  });

  it("that an edit replaced is kept, and shown with the wordings", async () => {
    const room = new SyntheticRoom();
    const first = send(room, { url: mxc("first"), body: "first.txt" });
    send(room, {
      url: mxc("second"),
      body: "* second.txt",
      "m.new_content": { msgtype: "m.file", body: "second.txt", url: mxc("second") },
      "m.relates_to": { rel_type: "m.replace", event_id: first },
    });
    const { page, media } = await read(room, { [mxc("first")]: "first", [mxc("second")]: "second" });
    assert.equal(media.length, 2);
    const [shown = "", versions = ""] = page.split("<summary>");
    assert.ok(shown.includes(hashOf("second")) && !shown.includes(hashOf("first")));
    assert.ok(versions.includes(hashOf("first")));
  });

  it("goes with the message that brought it", async () => {
    const room = new SyntheticRoom();
    const sent = send(room, { url: mxc("one") });
    room.redact(sent, "not for here");
    const { media, lines } = await read(room, { [mxc("one")]: "secret" });
    assert.deepEqual([media, await lines("media.ndjson")], [[], []]);
  });

  it("of a kind named like something in every object is no attachment", async () => {
    const room = new SyntheticRoom();
    for (const msgtype of ["constructor", "__proto__", "toString"]) send(room, { msgtype, url: mxc("one") });
    const { media } = await read(room, { [mxc("one")]: "content" });
    assert.deepEqual(media, []);
  });
});

describe("somebody's picture", () => {
  const join = (room: SyntheticRoom, content: Record<string, unknown>) =>
    room.add("m.room.member", { membership: "join", ...content }, { sender: alice, stateKey: alice });

  it("is the one they had then", async () => {
    const room = new SyntheticRoom();
    const other = Buffer.concat([pixel, Buffer.from("other")]);
    join(room, { displayname: "Ana Maria Silva", avatar_url: mxc("one") });
    room.say("with the first");
    join(room, { displayname: "Ana Maria Silva", avatar_url: mxc("two") });
    room.say("with the second", { at: Date.UTC(2026, 10, 21) });
    join(room, { displayname: "Ana Maria Silva" });
    room.say("with none", { at: Date.UTC(2026, 10, 22) });
    const { page } = await read(room, { [mxc("one")]: pixel, [mxc("two")]: other });
    const faces = [
      ...page.matchAll(
        /<p class="who"><(?:img class="face" src="[^"]*\/(\w+)\.png"|span class="face"[^>]*>(\w+))/g,
      ),
    ];
    assert.deepEqual(
      faces.map(([, file, letters]) => file ?? letters),
      [hashOf(pixel), hashOf(other), "AS"],
    );
  });

  it("that is none gives way to letters", async () => {
    for (const [name, letters] of [
      ["alice", "A"],
      ["🦀 crab", "C"],
      ["🦀", "?"],
      ["<b>x</b> &y", "BY"],
      ["ß", "SS"],
    ] as const) {
      const room = new SyntheticRoom();
      join(room, { displayname: name, avatar_url: mxc("page") });
      room.say("hello");
      const { page } = await read(room, { [mxc("page")]: "<!doctype html><script>alert(1)</script>" });
      assert.ok(page.includes(`<span class="face" aria-hidden="true">${letters}</span>`), name);
      assert.doesNotMatch(page, /<img/);
    }
  });
});

it("a folder without files has none for them", async () => {
  const { path } = await archiveWith(new SyntheticRoom(), {});
  assert.ok(!(await readdir(join(path, "data"))).includes("media"));
});
