import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, it } from "node:test";
import type { Completeness } from "../../src/archive/completeness.ts";
import type { ArchiveSource } from "../../src/archive/source.ts";
import { verifyArchive } from "../../src/archive/verify/verify.ts";
import { keyAnswer } from "../support/server-key.ts";
import { make } from "./made.ts";
import { bot, SyntheticRoom } from "./synthetic.ts";

/** Makes an archive, lets it verify, and gives its own judgement of itself. */
async function judged(source: ArchiveSource): Promise<Completeness & { readonly path: string }> {
  const { path } = await make(source);
  const { levels } = await verifyArchive(path);
  assert.deepEqual(
    levels.filter(({ outcome }) => outcome === "fail"),
    [],
  );
  return { ...JSON.parse(await readFile(join(path, "data/completeness.json"), "utf8")), path };
}

const summary = ({ verdict, gaps }: Completeness) => [
  verdict,
  ...gaps.map(({ what, explained }) => `${what} ${explained ? "explained" : "unexplained"}`),
];

describe("the judgement on a record", () => {
  it("finds nothing where nothing is missing, whatever the size of the pages", async () => {
    for (const pageSize of [1, 3, 1000]) {
      const room = new SyntheticRoom();
      for (let i = 0; i < 5; i += 1) room.say(`message ${i}`);
      const seal = room.seal();
      assert.deepEqual(summary(await judged(room.source({ seal, pageSize }))), ["proven"]);
    }
  });

  it("names an event that the homeserver does not give, and does not call the record whole", async () => {
    const room = new SyntheticRoom();
    const lost = room.say("lost");
    room.say("kept");
    const seal = room.seal();
    room.forget(lost);
    const result = await judged(room.source({ seal }));
    assert.deepEqual(summary(result), ["unproven", "missing-event unexplained", "unsealed-event explained"]);
    assert.equal(result.gaps[0]?.about, lost);
    assert.match(result.gaps[1]?.reason ?? "", /^3 lie behind what is missing/);
    assert.equal(result.statement, "Not proven: 5 events, 2 gaps, not all explained.");
  });

  it("names an event once that arrived live and is not given any more", async () => {
    const room = new SyntheticRoom();
    const lost = room.say("lost");
    const seal = room.seal();
    const live = room.arrivals();
    room.forget(lost);
    const result = await judged(room.source({ seal, live }));
    assert.deepEqual(summary(result), ["unproven", "missing-event unexplained", "unsealed-event explained"]);
    assert.match(result.gaps[0]?.reason ?? "", /, and it arrived live, and the homeserver does not give it/);
    const errors = await readFile(join(result.path, "data/errors.ndjson"), "utf8");
    assert.deepEqual(
      errors
        .trimEnd()
        .split("\n")
        .map((line) => JSON.parse(line)),
      result.gaps,
    );
  });

  it("knows a dummy with which the homeserver tied branches together", async () => {
    const room = new SyntheticRoom();
    const fork = room.last;
    const branches = ["one", "other"].map((words) => room.say(words, { after: [fork] }));
    const dummy = room.add("org.matrix.dummy_event", {}, { sender: bot, after: branches });
    const seal = room.seal();
    const live = room.arrivals();
    room.forget(dummy);
    const result = await judged(room.source({ seal, live }));
    assert.deepEqual(summary(result), [
      "explained-gaps",
      "missing-event explained",
      "unsealed-event explained",
    ]);
    assert.match(result.gaps[0]?.reason ?? "", /a dummy of the homeserver's/);
  });

  it("does not call proven what another server signed, whose key nobody has", async () => {
    const room = new SyntheticRoom();
    room.say("hello from elsewhere", { sender: "@eve:elsewhere.org", signer: "elsewhere.org" });
    const seal = room.seal();
    const result = await judged(room.source({ seal }));
    assert.deepEqual(summary(result), ["explained-gaps", "unchecked-signature explained"]);
    assert.equal(
      result.gaps[0]?.reason,
      "the signatures of 1 event: there is no key of elsewhere.org to check them with",
    );
  });

  it("is unproven where the seal is not given", async () => {
    const room = new SyntheticRoom();
    room.say("last words");
    const seal = room.seal();
    room.forget(seal);
    assert.deepEqual(summary(await judged(room.source({ seal }))), ["unproven", "no-seal unexplained"]);
  });

  it("names an event that only arrived live", async () => {
    const room = new SyntheticRoom();
    room.say("kept");
    const beside = room.say("beside");
    const live = room.arrivals();
    room.forget(beside);
    const seal = room.seal();
    room.forget(seal);
    const again = new SyntheticRoom();
    again.say("kept");
    const sealed = again.seal();
    assert.deepEqual(summary(await judged(again.source({ seal: sealed, live }))), [
      "unproven",
      "only-live unexplained",
    ]);
  });

  it("knows an event that the homeserver showed to nobody", async () => {
    const room = new SyntheticRoom();
    const live = room.arrivals();
    const hidden = JSON.stringify({
      ...JSON.parse(live[0]?.json ?? ""),
      event_id: "$hidden",
      unsigned: { "io.element.synapse.soft_failed": true },
    });
    const seal = room.seal();
    const result = await judged(room.source({ seal, live: [...live, { seq: 99, json: hidden }] }));
    assert.deepEqual(summary(result), ["explained-gaps", "only-live explained"]);
    assert.match(await readFile(join(result.path, "data/events/live.ndjson"), "utf8"), /soft_failed/);
  });

  it("names a branch that the seal does not continue", async () => {
    const room = new SyntheticRoom();
    const fork = room.last;
    const beside = room.say("beside", { after: [fork] });
    room.say("continued", { after: [fork] });
    const seal = room.seal();
    const result = await judged(room.source({ seal }));
    assert.deepEqual(summary(result), ["explained-gaps", "unsealed-event explained"]);
    assert.equal(result.gaps[0]?.about, beside);
  });

  it("joins branches that were joined again", async () => {
    const room = new SyntheticRoom();
    const fork = room.last;
    const one = room.say("one", { after: [fork] });
    const other = room.say("other", { after: [fork] });
    room.say("joined", { after: [one, other] });
    const seal = room.seal();
    assert.deepEqual(summary(await judged(room.source({ seal }))), ["proven"]);
  });

  it("leaves out what came after the seal, live too", async () => {
    const room = new SyntheticRoom();
    const seal = room.seal();
    room.say("after the seal");
    const result = await judged(room.source({ seal }));
    assert.deepEqual(summary(result), ["proven"]);
    assert.ok(
      !(await readFile(join(result.path, "data/events/live.ndjson"), "utf8")).includes("after the seal"),
    );
  });

  it("sets an event aside that is not what its id says, and goes on", async () => {
    const room = new SyntheticRoom();
    const forged = room.say("as it was");
    room.say("after");
    const seal = room.seal();
    room.forge(forged, { msgtype: "m.text", body: "as it never was" });
    const result = await judged(room.source({ seal }));
    assert.deepEqual(summary(result).slice(0, 1), ["unproven"]);
    assert.equal(result.events.unsound, 1);
    assert.match(
      await readFile(join(result.path, "data/errors.ndjson"), "utf8"),
      /its content is not the content that was hashed/,
    );
    assert.ok(
      !(await readFile(join(result.path, "data/messages/0001.html"), "utf8")).includes("as it never was"),
    );
  });

  it("is unproven where the homeserver gives no events in federation format", async () => {
    const room = new SyntheticRoom();
    const seal = room.seal();
    const page = async () => ({
      events: room
        .arrivals()
        .map(({ json }) => JSON.parse(json))
        .toReversed(),
    });
    const { path, verdict, events } = await make({ ...room.source({ seal }), page });
    assert.deepEqual({ verdict, events }, { verdict: "unproven", events: 0 });
    assert.match(
      await readFile(join(path, "data/errors.ndjson"), "utf8"),
      /did not come in federation format/,
    );
  });

  it("sets an event aside that its server did not sign", async () => {
    const room = new SyntheticRoom();
    const unsigned = room.say("signed by somebody else", { signer: "elsewhere.org" });
    const seal = room.seal();
    const result = await judged(room.source({ seal }));
    assert.deepEqual(summary(result).slice(0, 2), ["unproven", "missing-event unexplained"]);
    assert.equal(result.gaps[0]?.about, unsigned);
    assert.match(
      await readFile(join(result.path, "data/errors.ndjson"), "utf8"),
      /example\.org did not sign it/,
    );
  });

  it("is not proven where the homeserver gives no keys, or those of somebody else", async () => {
    for (const keys of [null, keyAnswer("elsewhere.org")]) {
      const room = new SyntheticRoom();
      const seal = room.seal();
      const result = await judged(room.source({ seal, keys }));
      assert.deepEqual(summary(result), ["explained-gaps", "unchecked-signature explained"]);
      assert.equal(result.checks.signatures, "not-made");
      assert.equal(
        result.gaps[0]?.reason,
        "the signatures of 4 events: there is no key of example.org to check them with",
      );
    }
  });

  it("says so where no seal was posted", async () => {
    const room = new SyntheticRoom();
    room.say("last words");
    assert.deepEqual(summary(await judged(room.source())), ["explained-gaps", "no-seal explained"]);
  });
});
