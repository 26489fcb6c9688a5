import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, it } from "node:test";
import { localClock } from "../../src/archive/pages/clock.ts";
import { showDifference } from "../../src/archive/pages/difference.ts";
import type { ArchiveSource } from "../../src/archive/source.ts";
import { verifyArchive } from "../../src/archive/verify/verify.ts";
import { temporaryFolder } from "../support/folder.ts";
import { everyFile, make } from "./made.ts";
import { complaintOfSchema } from "./stocktools.ts";
import { alice, SyntheticRoom } from "./synthetic.ts";

const bob = "@bob:example.org";
const carol = "@carol:example.org";

/** The first page of a room's transcript. */
async function pageOf(room: SyntheticRoom, changed: Partial<ArchiveSource> = {}): Promise<string> {
  const { path } = await make({ ...room.source({ seal: room.seal() }), ...changed });
  return readFile(join(path, "data/messages/0001.html"), "utf8");
}

/** The words of a page. */
function textOf(page: string): string {
  return page.replaceAll(/<[^>]*>/g, "").replaceAll(/\s+/g, " ");
}

describe("what a message holds", () => {
  it("is code, marked by its language and verbatim", async () => {
    const room = new SyntheticRoom();
    const formatted_body = '<pre><code class="language-sql">SELECT 1 &lt; 2; -- why?</code></pre>';
    room.add("m.room.message", {
      msgtype: "m.text",
      body: "code",
      format: "org.matrix.custom.html",
      formatted_body,
    });
    const page = await pageOf(room);
    assert.match(page, /<span class="hljs-keyword">SELECT<\/span>/);
    assert.match(textOf(page), /SELECT 1 &lt; 2; -- why\?/);
  });

  it("is a location, told in numbers", async () => {
    const room = new SyntheticRoom();
    room.add("m.room.message", {
      msgtype: "m.location",
      body: "at the bridge",
      geo_uri: "geo:47.37,8.54;u=20",
    });
    room.add("m.room.message", { msgtype: "m.location", body: "nowhere", geo_uri: "javascript:alert(1)" });
    const text = textOf(await pageOf(room));
    assert.match(text, /Location: latitude 47\.37, longitude 8\.54, within 20 m ?at the bridge/);
    assert.match(text, /Location: a place that cannot be read ?nowhere/);
  });

  for (const [spelling, start, response, end] of [
    [
      "of clients",
      "org.matrix.msc3381.poll.start",
      "org.matrix.msc3381.poll.response",
      "org.matrix.msc3381.poll.end",
    ],
    ["of the specification", "m.poll.start", "m.poll.response", "m.poll.end"],
  ] as const) {
    it(`is a poll in the spelling ${spelling}, counted until it ended`, async () => {
      const isNew = start === "m.poll.start";
      const words = (text: string) =>
        isNew ? { "m.text": [{ body: text }] } : { "org.matrix.msc1767.text": text };
      const answers = ["yes", "no"].map((text, index) => ({
        [isNew ? "m.id" : "id"]: `${index}`,
        ...words(text),
      }));
      const room = new SyntheticRoom();
      const poll = room.add(start, {
        [isNew ? "m.poll" : start]: { question: words("Roll back?"), answers, max_selections: 1 },
      });
      const about = { "m.relates_to": { rel_type: "m.reference", event_id: poll } };
      const vote = (sender: string, ...chosen: readonly string[]) =>
        room.add(
          response,
          { ...about, ...(isNew ? { "m.selections": chosen } : { [response]: { answers: chosen } }) },
          { sender },
        );
      vote(bob, "1");
      vote(carol, "0", "1");
      vote(bob, "0");
      vote(alice, "7");
      room.add(end, about, { sender: carol });
      room.add(end, about);
      vote(carol, "1");
      const text = textOf(await pageOf(room));
      assert.match(text, /Poll, ended at 12:00:09 ?Roll back\? ?2 yes bob, carol ?0 no/);
      assert.doesNotMatch(text, /poll\.response/);
    });
  }

  it("is a call, a sticker, something unknown or something encrypted", async () => {
    const room = new SyntheticRoom();
    room.add("m.call.invite", { offer: { sdp: "v=0\nm=video 9 UDP" } });
    room.add("m.call.hangup", {});
    room.add("org.matrix.msc3401.call.member", { memberships: [] }, { stateKey: alice });
    room.add("m.sticker", { body: "a waving hand", url: "mxc://example.org/hand" });
    room.add("org.example.thing", { body: "its own words" });
    room.add("m.room.encrypted", { ciphertext: "AAAA" });
    const text = textOf(await pageOf(room));
    for (const words of [
      "alice called with video",
      "alice ended the call",
      "alice left the call",
      "a waving hand sticker, not in the archive: never fetched",
      "alice sent org.example.thing: its own words",
      "alice sent something encrypted",
    ]) {
      assert.ok(text.includes(words), words);
    }
  });

  it("is a recording or a picture, under the name and the size that its sender gave", async () => {
    const folder = await temporaryFolder();
    const png = Buffer.from("\x89PNG\r\n\x1a\n....", "latin1");
    await writeFile(join(folder, "stored"), png);
    const sha256 = createHash("sha256").update(png).digest("hex");
    const media = async () => ({ path: join(folder, "stored"), sha256, bytes: png.length });
    const room = new SyntheticRoom();
    const url = "mxc://example.org/file";
    const voice = { "org.matrix.msc3245.voice": {}, info: { duration: 12_000 } };
    room.add("m.room.message", { msgtype: "m.audio", body: "Voice", url, ...voice });
    const info = { w: 640, h: 480 };
    room.add("m.room.message", { msgtype: "m.image", body: "the graph", filename: "g.png", url, info });
    room.add("m.room.message", { msgtype: "m.image", body: "x.png", url, info: { w: -1, h: "<b>" } });
    const page = await pageOf(room, { media });
    assert.match(textOf(page), /Voice voice message, 12 s, 12 bytes, image\/png/);
    assert.match(page, /alt="g.png" width="640" height="480" loading="lazy">/);
    assert.match(textOf(page), /the graph ?g\.png 12 bytes/, "what was said with it is shown");
    assert.match(page, /alt="x.png" loading="lazy">/);
  });

  it("is a thread, linked forwards and back", async () => {
    const room = new SyntheticRoom();
    const root = room.say("the beginning");
    const answer = (body: string) =>
      room.add("m.room.message", {
        msgtype: "m.text",
        body,
        "m.relates_to": { rel_type: "m.thread", event_id: root },
      });
    const [first, second] = [answer("one"), answer("two")];
    const page = await pageOf(room);
    assert.ok(page.includes(`<a href="#${first}">2 replies in its thread</a>`));
    assert.ok(
      page.includes(`In the thread <a href="#${root}"><bdi>the beginning</bdi></a> · <a href="#${second}">`),
    );
  });

  it("is long, or in many scripts, and is all there", async () => {
    const room = new SyntheticRoom();
    const body = Array.from({ length: 4000 }, (_, line) => `line ${line}`).join("\n");
    const name = "Ñ".repeat(300);
    room.add("m.room.member", { membership: "join", displayname: name }, { sender: bob, stateKey: bob });
    room.say(body, { sender: bob });
    room.say("שלום 👩‍🚒 日本", { sender: bob });
    const page = await pageOf(room);
    assert.match(page, /role="group" aria-label="A message of 4000 lines" tabindex="0"/);
    assert.ok(page.includes("line 3998\nline 3999"));
    assert.ok(page.includes(name));
    assert.ok(page.includes("שלום 👩‍🚒 日本"));
  });
});

describe("a change of somebody's name", () => {
  it("is told as one", async () => {
    const room = new SyntheticRoom();
    const call = (displayname: string) =>
      room.add("m.room.member", { membership: "join", displayname }, { stateKey: alice });
    call("Alice");
    call("Alice Bell");
    assert.match(
      textOf(await pageOf(room)),
      /Alice goes by the name “Alice” now .*Alice Bell was called “Alice” before/,
    );
  });
});

describe("the difference of two wordings", () => {
  const table: readonly (readonly [before: string, after: string, shown: string])[] = [
    ["same", "same", "same"],
    ["the old cat sat", "the new cat sat", "the <del>old</del><ins>new</ins> cat sat"],
    ["a b c", "a c", "a <del>b </del>c"],
    ["", "all new", "<ins>all new</ins>"],
    [
      "one two three four",
      "zero two 3 four",
      "<del>one</del><ins>zero</ins> two <del>three</del><ins>3</ins> four",
    ],
    ["<b>", "<i>", "&lt;<del>b</del><ins>i</ins>&gt;"],
  ];
  for (const [before, after, shown] of table) {
    it(`from ${JSON.stringify(before)} to ${JSON.stringify(after)} is ${shown}`, () => {
      assert.equal(String(showDifference(before, after)), shown);
    });
  }

  it("loses nothing of either, however long", () => {
    const before = Array.from({ length: 900 }, (_, i) => `a${i % 7}`).join(" ");
    const after = Array.from({ length: 900 }, (_, i) => `b${i % 5} a${i % 7}`).join(" ");
    const shown = String(showDifference(before, after));
    assert.equal(shown.replaceAll(/<ins>.*?<\/ins>|<\/?del>/g, ""), before);
    assert.equal(shown.replaceAll(/<del>.*?<\/del>|<\/?ins>/g, ""), after);
  });
});

describe("the words of a removed message", () => {
  it("are in no file of the archive", async () => {
    const room = new SyntheticRoom();
    const typed = room.say("!inc decide SECRET-WORD");
    room.fact({ type: "recorded", data: { kind: "decision", text: "SECRET-WORD" } }, typed);
    const marked = room.say("SECRET-WORD too");
    room.fact({
      type: "marked",
      data: { message: marked, sender: alice, text: "SECRET-WORD too", sentAt: 0 },
    });
    const summary = room.say("!inc over SECRET-WORD three");
    room.fact({ type: "over", data: { summary: "SECRET-WORD three", missing: [] } }, summary);
    for (const said of [typed, marked, summary]) room.redact(said, "held a password");
    const { path } = await make(room.source({ seal: room.seal() }));
    const data = join(path, "data");
    for (const file of await everyFile(path)) {
      assert.ok(!(await readFile(join(path, file), "utf8")).includes("SECRET-WORD"), file);
    }
    assert.match(await readFile(join(data, "index.html"), "utf8"), /\(removed\)/);
    assert.equal((await verifyArchive(path)).ok, true, "the journal's chain holds without its words");
  });
});

describe("a clock of a zone", () => {
  const table: readonly (readonly [zone: string, utc: string, shown: string])[] = [
    ["Europe/Zurich", "2026-03-29T00:59:59Z", "2026-03-29 01:59:59 Europe/Zurich"],
    ["Europe/Zurich", "2026-03-29T01:00:00Z", "2026-03-29 03:00:00 Europe/Zurich"],
    ["Asia/Kathmandu", "2026-12-31T20:00:00Z", "2027-01-01 01:45:00 Asia/Kathmandu"],
    ["Nowhere/AtAll", "2026-03-29T01:00:00Z", "2026-03-29 01:00:00Z"],
  ];
  for (const [zone, utc, shown] of table) {
    it(`shows ${utc} as ${shown}`, () => assert.equal(localClock(zone)(Date.parse(utc)), shown));
  }

  it("shows what no calendar has as that", () => {
    assert.equal(localClock("Europe/Zurich")(9e15), "out of range");
  });
});

describe("the text that is searched in", () => {
  it("comes in files of a million characters, and holds every line that is shown", async () => {
    const room = new SyntheticRoom();
    for (let i = 0; i < 1200; i += 1) room.say(`message ${i} ${"x".repeat(2000)}`);
    const { path } = await make(room.source({ seal: room.seal() }));
    const files = (await readdir(join(path, "data/assets"))).filter((file) => file.startsWith("search-"));
    assert.deepEqual(files.sort(), ["search-000.js", "search-001.js", "search-002.js"]);
    const texts = await Promise.all(files.map((file) => readFile(join(path, "data/assets", file), "utf8")));
    const lines = texts.flatMap((text) =>
      JSON.parse(text.replace(/^cordonSearch\(/, "").replace(/\);\n$/, "")),
    );
    const messages = lines.filter(([, , , , words]: readonly string[]) => words?.startsWith("message "));
    assert.equal(messages.length, 1200);
    assert.match(await readFile(join(path, "data/search.html"), "utf8"), /data-shards="3"/);
  });
});

describe("incident.json", () => {
  it("is as its schema says, which a validator for any JSON Schema confirms", async () => {
    const room = new SyntheticRoom();
    const typed = room.say("!inc impact all card payments");
    room.fact({ type: "impact-stated", data: { text: "all card payments" } }, typed);
    room.fact({ type: "recorded", data: { kind: "decision", text: "roll back", happenedAt: 0 } });
    room.fact({ type: "task-added", data: { text: "compare", owner: { role: "scribe" }, dueAt: 1e12 } });
    room.fact({ type: "task-dropped", data: { task: 1, reason: "no need" } });
    room.fact({ type: "over", data: { summary: "fixed", missing: ["scribe"], anyway: "late", tasks: [1] } });
    const { path } = await make(room.source({ seal: room.seal() }));
    const file = join(path, "data/incident.json");
    assert.equal(await complaintOfSchema(file), undefined);
    const incident = JSON.parse(await readFile(file, "utf8"));
    await writeFile(file, JSON.stringify({ ...incident, state: "exploded", tasks: [{ number: 0 }] }));
    assert.notEqual(await complaintOfSchema(file), undefined, "the validator finds what is wrong");
  });
});
