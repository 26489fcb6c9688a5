import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, it } from "node:test";
import { verifyArchive } from "../../src/archive/verify/verify.ts";
import { temporaryFolder } from "../support/folder.ts";
import { make } from "./made.ts";
import { alice, bot, SyntheticRoom } from "./synthetic.ts";

const bob = "@bob:example.org";

describe("a long room", async () => {
  const room = new SyntheticRoom();
  const first = room.say("the first message");
  for (let i = 0; i < 4500; i += 1) room.say(`message ${i}`);
  const answer = room.add("m.room.message", {
    msgtype: "m.text",
    body: "an answer",
    "m.relates_to": { "m.in_reply_to": { event_id: first } },
  });
  const seal = room.seal();
  const { path } = await make(room.source({ seal, pageSize: 700 }));
  const page = (number: number) => readFile(join(path, `data/messages/000${number}.html`), "utf8");

  it("has pages of 2,000 lines, each linked to its neighbours", async () => {
    assert.deepEqual(await readdir(join(path, "data/messages")), ["0001.html", "0002.html", "0003.html"]);
    const lines = (await page(2)).match(/ id="\$/g) ?? [];
    assert.equal(lines.length, 2000);
    assert.match(
      await page(2),
      /<a href="0001\.html">Earlier page<\/a>\s*<a href="0003\.html">Later page<\/a>/,
    );
    assert.doesNotMatch(await page(1), /Earlier page/);
    assert.doesNotMatch(await page(3), /Later page/);
  });

  it("links an answer to what it answers, pages away", async () => {
    assert.ok((await page(1)).includes(` id="${first}"`));
    assert.ok((await page(3)).includes(` id="${answer}"`));
    assert.ok(
      (await page(3)).includes(
        `<a href="0001.html#${first}"><bdi>alice</bdi>: <bdi>the first message</bdi></a>`,
      ),
    );
  });

  it("verifies", async () => assert.ok((await verifyArchive(path)).ok));
});

/** The transcript of a room that fits one page, without its tags. */
async function transcriptOf(room: SyntheticRoom): Promise<string> {
  const { path } = await make(room.source({ seal: room.seal() }));
  const page = await readFile(join(path, "data/messages/0001.html"), "utf8");
  return page.replaceAll(/<span class="face".*?<\/span>|<[^>]*>/g, "");
}

const edit = (target: string, body: string) => ({
  msgtype: "m.text",
  body: `* ${body}`,
  "m.new_content": { msgtype: "m.text", body },
  "m.relates_to": { rel_type: "m.replace", event_id: target },
});

describe("the transcript", () => {
  it("does not let one person change the words of another", async () => {
    const room = new SyntheticRoom();
    const said = room.say("said by alice");
    room.add("m.room.message", edit(said, "put into her mouth"), { sender: bob });
    const shown = await transcriptOf(room);
    assert.match(shown, /said by alice/);
    assert.doesNotMatch(shown, /Edited/);
    assert.match(shown, /bob.*\* put into her mouth/s, "it is not hidden either");
  });

  it("shows the last wording first and the others with it", async () => {
    const room = new SyntheticRoom();
    const said = room.say("one");
    room.add("m.room.message", edit(said, "two"));
    room.add("m.room.message", edit(said, "three"));
    assert.match(
      await transcriptOf(room),
      /three\s*Edited twice, last at \d\d:\d\d:\d\d, 2 s later\s*\d\d:\d\d:\d\d one\s*\d\d:\d\d:\d\d onetwo\s*\d\d:\d\d:\d\d twothree/,
    );
  });

  it("gives people the names that they had then, and tells namesakes apart", async () => {
    const room = new SyntheticRoom();
    const call = (user: string, displayname: string) =>
      room.add("m.room.member", { membership: "join", displayname }, { sender: user, stateKey: user });
    call(alice, "Alice");
    room.say("as Alice");
    call(alice, "Alice Bell");
    room.say("as Alice Bell");
    call(bob, "Alice Bell");
    room.say("as a namesake");
    const names = [...(await transcriptOf(room)).matchAll(/^(Alice.*)$/gm)].map(([, name]) => name);
    assert.deepEqual(
      names.filter((name) => !/ (?:is|sent) /.test(name ?? "")),
      [
        "Alice acting commander",
        "Alice Bell acting commander",
        "Alice Bell (@alice:example.org) acting commander",
      ],
    );
  });

  it("has the journal's entries in their place", async () => {
    const room = new SyntheticRoom();
    room.say("before");
    room.fact({ type: "noted", data: { text: "in between" } });
    room.say("after");
    assert.match(await transcriptOf(room), /before.*Note: in between.*after/s);
  });

  it("shows what it does not know by its type", async () => {
    const room = new SyntheticRoom();
    room.add("org.example.thing", { anything: 1 });
    room.add("org.example.state", { anything: 1 }, { sender: bot, stateKey: "key" });
    const shown = await transcriptOf(room);
    assert.match(shown, /alice sent org\.example\.thing/);
    assert.match(shown, /cordon set org\.example\.state for key/);
  });

  it("shows a time that no calendar has", async () => {
    const room = new SyntheticRoom();
    room.say("from afar", { at: 9e15 });
    assert.match(await transcriptOf(room), /A day out of range.*from afar/s);
  });
});

describe("an attachment", () => {
  const uri = "mxc://example.org/file";
  const file = { msgtype: "m.file", body: "notes.txt", url: uri };

  async function archiveWith(media: (folder: string) => Promise<{ sha256: string }>): Promise<string> {
    const folder = await temporaryFolder();
    const room = new SyntheticRoom();
    room.add("m.room.message", file);
    const { sha256 } = await media(folder);
    const source = room.source({ seal: room.seal() });
    const stored = { path: join(folder, "stored"), sha256, bytes: 5 };
    return (await make({ ...source, media: async () => stored })).path;
  }

  it("lies in the archive under the name of its content", async () => {
    const sha256 = createHash("sha256").update("notes").digest("hex");
    const path = await archiveWith(async (folder) => {
      await writeFile(join(folder, "stored"), "notes");
      return { sha256 };
    });
    assert.equal(
      await readFile(join(path, `data/media/${sha256.slice(0, 2)}/${sha256}.txt`), "utf8"),
      "notes",
    );
  });

  it("that is not the file that was fetched is named as a gap, and is not there", async () => {
    const path = await archiveWith(async (folder) => {
      await writeFile(join(folder, "stored"), "other");
      return { sha256: "0".repeat(64) };
    });
    assert.match(
      await readFile(join(path, "data/completeness.json"), "utf8"),
      /the stored file is not the one that was fetched/,
    );
    assert.ok(
      !(await readdir(join(path, "data"))).includes("media") ||
        (await readdir(join(path, "data/media"))).length === 0,
    );
    assert.ok((await verifyArchive(path)).ok);
  });
});
