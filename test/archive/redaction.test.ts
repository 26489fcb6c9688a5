import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, it } from "node:test";
import type { LiveEvent } from "../../src/archive/source.ts";
import { verifyArchive } from "../../src/archive/verify/verify.ts";
import { temporaryFolder } from "../support/folder.ts";
import { everyFile, make, makeRecorded } from "./made.ts";
import { recorded, recordedVersions, sourceOf } from "./recorded.ts";
import { SyntheticRoom } from "./synthetic.ts";

/** Everything in an archive's folder, and in its zip as far as it is not compressed. */
async function everything(path: string): Promise<string> {
  const files = await everyFile(path);
  return (await Promise.all(files.map((file) => readFile(join(path, file), "latin1")))).join("\n");
}

for (const version of recordedVersions) {
  describe(`redacted content of a version ${version} room`, () => {
    it("arrived, and is in no byte of the archive", async () => {
      const { live } = await recorded(version);
      const heard = live.map(({ json }) => json).join("");
      const { path } = await makeRecorded(version);
      const written = await everything(path);
      // A message, a message with an edit, a file and its name, and a topic.
      for (const secret of ["ALPHA", "BRAVO one", "BRAVO two", "CHARLIE", "DELTA"]) {
        assert.ok(heard.includes(`SECRET-${secret}`), `${secret} was heard`);
        assert.ok(!written.includes(`SECRET-${secret}`), `${secret} is gone`);
      }
      assert.ok(!written.includes("SECRET"));
    });

    it("is remembered by who took it away, when and why", async () => {
      const { path } = await makeRecorded(version);
      const lines = (await readFile(join(path, "data/redactions.ndjson"), "utf8")).trimEnd().split("\n");
      const redactions: readonly Record<string, unknown>[] = lines.map((line) => JSON.parse(line));
      const shown = redactions.map(({ because, by, reason, effect }) =>
        [because, by, reason, effect].join(" "),
      );
      assert.deepEqual(shown, [
        "redaction @carol:example.org  removed",
        "redaction @bob:example.org held a password removed",
        "edit-of-redacted   ",
        "redaction @cordon:example.org removed for Carol: a token removed",
        "redaction @bob:example.org  removed",
        "redaction @cordon:example.org wrong topic removed",
      ]);
    });
  });
}

describe("content that was redacted", () => {
  it("does not hide in what live events quote of others", async () => {
    const recording = await recorded("12");
    const quoting = recording.live.map(({ seq, json }): LiveEvent => {
      const event = JSON.parse(json);
      return {
        seq,
        json: JSON.stringify({
          ...event,
          prev_content: { topic: "SECRET-ECHO" },
          unsigned: { prev_content: { topic: "SECRET-ECHO" }, redacted_because: { content: "SECRET-ECHO" } },
        }),
      };
    });
    const source = await sourceOf({ ...recording, live: quoting }, await temporaryFolder());
    const { path, events } = await make(source);
    assert.equal(events, 68);
    assert.ok(!(await everything(path)).includes("SECRET-ECHO"));
  });

  it("is gone where the message only arrived live, with its edit", async () => {
    const room = new SyntheticRoom();
    const said = room.say("SECRET-FOXTROT");
    const edit = room.add("m.room.message", {
      msgtype: "m.text",
      body: "* SECRET-FOXTROT",
      "m.new_content": { body: "SECRET-FOXTROT" },
      "m.relates_to": { rel_type: "m.replace", event_id: said },
    });
    const arrivals = room.arrivals();
    room.redact(said, "a secret");
    const later = room.arrivals().slice(arrivals.length);
    room.forget(edit);
    room.forget(said);
    const seal = room.seal();
    const { path } = await make(room.source({ seal, live: [...arrivals, ...later] }));
    const live = await readFile(join(path, "data/events/live.ndjson"), "utf8");
    assert.ok(live.includes(said) && live.includes(edit));
    assert.ok(!(await everything(path)).includes("FOXTROT"));
  });

  it("is gone when it was redacted after the seal, and the archive says by whom", async () => {
    const room = new SyntheticRoom();
    const said = room.say("SECRET-GOLF");
    const seal = room.seal();
    room.redact(said, "found later");
    const { path } = await make(room.source({ seal }));
    assert.ok(!(await everything(path)).includes("GOLF"));
    assert.match(await readFile(join(path, "data/redactions.ndjson"), "utf8"), /"reason":"found later"/);
    assert.match(
      await readFile(join(path, "data/messages/0001.html"), "utf8"),
      /removed by <bdi>alice<\/bdi> .*found later/,
    );
    assert.ok((await verifyArchive(path)).ok);
  });

  it("is not taken for redacted where the homeserver did not follow the redaction", async () => {
    const room = new SyntheticRoom();
    const said = room.say("still there");
    room.add("m.room.redaction", { redacts: said }, { sender: "@mallory:example.org" });
    const seal = room.seal();
    const { path } = await make(room.source({ seal }));
    assert.match(await readFile(join(path, "data/redactions.ndjson"), "utf8"), /"effect":"kept"/);
    assert.match(await readFile(join(path, "data/messages/0001.html"), "utf8"), /still there/);
  });

  it("cannot be taken away later without a redaction that the room knows of", async () => {
    const room = new SyntheticRoom();
    const said = room.say("SECRET-HOTEL");
    room.forge(said, {});
    const seal = room.seal();
    const { path, verdict } = await make(room.source({ seal, live: [] }));
    assert.equal(verdict, "unproven");
    assert.match(await readFile(join(path, "data/completeness.json"), "utf8"), /unexplained-redaction/);
  });
});
