import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { describe, it } from "node:test";
import { catchUp } from "../../src/incident/catchup.ts";
import { make } from "./made.ts";
import { alice, SyntheticRoom } from "./synthetic.ts";

/** The words in the second cell of every row of a section of the report. */
function rowsOf(report: string, id: string): readonly string[] {
  const section = report.split(`<h2 id="${id}">`)[1]?.split("</section>")[0] ?? "";
  return [...section.matchAll(/<tr>.*?<bdi>(.*?)<\/bdi>/gs)].map(([, words = ""]) => words);
}

describe("what the report tells to have been known, ruled out and decided", () => {
  it("is what catching up told at that moment, in the same order", async () => {
    const room = new SyntheticRoom();
    room.fact({ type: "recorded", data: { kind: "decision", text: "wait for the provider" } });
    room.fact({ type: "recorded", data: { kind: "fact", text: "only cards" } });
    room.fact({ type: "recorded", data: { kind: "note", text: "chatter" } });
    room.fact({ type: "recorded", data: { kind: "ruledout", text: "DNS" } });
    room.fact({ type: "recorded", data: { kind: "decision", text: "roll back" } });
    room.fact({ type: "corrected", data: { line: 1, text: "wait no longer" } });
    room.fact({ type: "task-added", data: { text: "compare queues", owner: { user: alice } } });
    room.fact({ type: "task-added", data: { text: "call them", owner: { role: "comms" } } });
    room.fact({ type: "task-dropped", data: { task: 2, reason: "they called" } });
    const source = room.source({ seal: room.seal() });
    const { known, ruledOut, decided, doing } = catchUp(source.incident);
    const report = await readFile((await make(source)).report, "utf8");
    for (const [id, items] of [
      ["decisions", decided],
      ["known", known],
      ["ruledout", ruledOut],
    ] as const) {
      assert.ok(items.length > 0);
      assert.deepEqual(
        rowsOf(report, id),
        items.map(({ text }) => text),
      );
    }
    const tasks = rowsOf(report, "tasks");
    assert.deepEqual(tasks, ["compare queues", "call them"]);
    for (const { text } of doing) assert.ok(tasks.includes(text));
  });
});
