import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, it } from "node:test";
import { hostileRoom } from "./hostile-room.ts";
import { make, makeRecorded } from "./made.ts";
import { alice, SyntheticRoom } from "./synthetic.ts";

/** A line of the draft: a time that links to its evidence, and words. */
const line = /^- \[(?<at>[^\]]+)\]\((?<page>messages\/\d{4}\.html)#(?<place>[^)\s]+)\) (?<words>.+)$/;

/** Everything that Markdown, as it is commonly read, could take for a sign within a line. */
const sign = /(?<!\\)(?:\\\\)*(?:[`*_{}[\]<>#|~&!$@]|:\/\/|www\.)/i;

/** The lines of a draft besides its headings, each held against its evidence. */
async function linesOf(path: string): Promise<readonly string[]> {
  const draft = await readFile(join(path, "data/postmortem.md"), "utf8");
  const [heading, ...lines] = draft.split("\n").filter((text) => text !== "");
  assert.match(heading ?? "", /^# INC-\d{4} /);
  const pages = new Map<string, string>();
  const said: string[] = [];
  for (const text of lines) {
    if (/^## [A-Z][a-z ]+$/.test(text)) continue;
    const { at = "", page = "", place = "", words = "" } = line.exec(text)?.groups ?? {};
    assert.notEqual(words, "", `it is a line with its evidence: ${text}`);
    assert.doesNotMatch(words, sign, text);
    const transcript = pages.get(page) ?? (await readFile(join(path, "data", page), "utf8"));
    pages.set(page, transcript);
    const evidence = new RegExp(`id="\\${place}">.*?<time datetime="([^"]*)"`, "s").exec(transcript)?.[1];
    assert.ok(evidence !== undefined, `${place} is in ${page}`);
    assert.match(at, /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\dZ$/);
    said.push(words);
  }
  return said;
}

describe("the draft of a post-mortem", () => {
  it("says nothing that does not link to an event or an entry of the journal", async () => {
    const { path } = await makeRecorded("12");
    const lines = await linesOf(path);
    assert.equal(lines.length, 18);
    assert.ok(lines.includes("Severity SEV1 → SEV2: payments by invoice work (Alice)"));
  });

  it("tells what was decided, known and done", async () => {
    const room = new SyntheticRoom();
    const typed = room.say("!inc decide roll back");
    room.fact({ type: "recorded", data: { kind: "decision", text: "roll back 214" } }, typed);
    room.fact({ type: "recorded", data: { kind: "fact", text: "only cards are affected" } });
    room.fact({ type: "recorded", data: { kind: "ruledout", text: "DNS" } });
    room.fact({ type: "task-added", data: { text: "compare queues", owner: { user: alice } } });
    room.fact({ type: "task-done", data: { task: 1, text: "they agree" } });
    room.fact({ type: "over", data: { summary: "fixed", missing: ["scribe"], anyway: "late" } });
    const { path } = await make(room.source({ seal: room.seal() }));
    const said = await linesOf(path);
    for (const words of [
      "roll back 214 (alice)",
      "only cards are affected (alice)",
      "DNS (alice)",
      "Task for alice: compare queues (alice)",
      "Task 1 done: they agree (alice)",
      "Over: fixed (alice)",
    ]) {
      assert.ok(said.includes(words), words);
    }
  });

  it("is nothing but text where somebody wrote to do harm", async () => {
    const room = hostileRoom();
    const { path } = await make(room.source({ seal: room.seal() }));
    assert.ok((await linesOf(path)).length > 20);
  });
});
