import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, it } from "node:test";
import { hostileRoom } from "./hostile-room.ts";
import { make, makeRecorded } from "./made.ts";
import { readMarkdown } from "./stocktools.ts";
import { alice, SyntheticRoom } from "./synthetic.ts";

/** The lines of a draft besides its headings, each held against its evidence. */
async function linesOf(path: string): Promise<readonly string[]> {
  const { headings, lines, other } = await readMarkdown(join(path, "data/postmortem.md"));
  assert.deepEqual(other, [], "nothing is there but headings and lines with their evidence");
  const [title = "", ...parts] = headings;
  assert.match(title, /^INC-\d{4} ./);
  for (const part of parts) assert.match(part, /^[A-Z][a-z ]+$/);
  const pages = new Map<string, ReadonlySet<string>>();
  for (const { href, label, words } of lines) {
    const { file = "", anchor = "" } =
      /^(?<file>messages\/\d{4}\.html)#(?<anchor>.+)$/.exec(href)?.groups ?? {};
    const places = pages.get(file) ?? placesIn(await readFile(join(path, "data", file), "utf8"));
    pages.set(file, places);
    assert.ok(places.has(decodeURIComponent(anchor)), `${href} leads to a line of the transcript`);
    assert.match(label, /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\dZ$/);
    assert.notEqual(words, "");
  }
  return lines.map(({ words }) => words);
}

/** The anchors of the lines of a page of the transcript. */
function placesIn(page: string): ReadonlySet<string> {
  const lines = page.matchAll(/<(?:article|p) class="(?:message|quiet|journal)[^"]*" id="([^"]+)">/g);
  return new Set([...lines].map(([, anchor = ""]) => anchor));
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
