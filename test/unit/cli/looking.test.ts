import assert from "node:assert/strict";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import type { Fact } from "../../../src/incident/fact.ts";
import { append } from "../../../src/journal/append.ts";
import { openStore } from "../../../src/store/store.ts";
import { temporaryFolder } from "../../support/folder.ts";
import { alice, bob, carol, story } from "../../support/incident.ts";
import { runProgram } from "../../support/program.ts";

const folder = await temporaryFolder();
const config = join(folder, "cordon.yaml");
await writeFile(config, "homeserver:\n  url: http://127.0.0.1:9\n  server_name: bank.example\n");

const { incident, entries } = story(
  [alice, { type: "record", kind: "decision", text: "=roll back 214" }],
  [carol, { type: "record", kind: "ruledout", text: "the network" }],
  [alice, { type: "add-task", owner: { user: bob }, text: "compare the queue depth" }],
);
let current: typeof incident | undefined;
const store = await openStore({ engine: "sqlite", file: join(folder, "cordon.db") });
for (const [i, entry] of entries.entries()) {
  const { actor, actorRoles, eventAt, recordedAt, cause } = entry;
  await store.db.transaction().execute(async (change) => {
    const added = await append(
      change,
      incident.id,
      current,
      [{ type: entry.type, data: entry.data } as Fact],
      { actor, actorRoles, eventAt, recordedAt, cause: `${cause}/${i}` },
      "inc-abc",
    );
    current = added.incident;
  });
}
await store.close();

async function looked(...args: readonly string[]): Promise<string> {
  const { code, stdout, told } = await runProgram(...args, "--config", config);
  assert.deepEqual([code, told], [0, []]);
  return stdout;
}

test("the timeline is read as it happened, as JSON, and as a table that runs nothing", async () => {
  assert.match(
    await looked("timeline", "inc42"),
    /1 .* alice, decision: =roll back 214\n2 .* carol, ruled out: /,
  );
  const items = JSON.parse(await looked("timeline", "INC-0042", "--json"));
  assert.deepEqual(
    items.map(({ kind }: { kind: string }) => kind),
    ["decision", "ruledout"],
  );
  const [head, first] = (await looked("timeline", "INC-0042", "--csv")).split(/\r?\n/);
  assert.match(head ?? "", /^"number","happened","written"/);
  assert.ok(first?.includes(`"'=roll back 214"`));
});

test("tasks are read with their owners", async () => {
  assert.match(await looked("tasks", "INC-0042"), /1 bob: compare the queue depth/);
  assert.equal(JSON.parse(await looked("tasks", "INC-0042", "--json"))[0].owner.user, bob);
});

test("catching up is told in the words of the room", async () => {
  const told = await looked("catchup", "INC-0042");
  for (const words of ["Ruled out", "the network", "Decided", "Being done", "compare the queue depth"]) {
    assert.ok(told.includes(words), words);
  }
  assert.equal(JSON.parse(await looked("catchup", "INC-0042", "--json")).doing.length, 1);
});

test("what is not there is said", async () => {
  const { code, told } = await runProgram("timeline", "INC-0099", "--config", config);
  assert.equal(code, 1);
  assert.match(told.join("\n"), /There is no INC-0099/);
});
