import assert from "node:assert/strict";
import { test } from "node:test";
import { commands } from "../../src/chat/commands.ts";
import { type IncidentId, incidentId } from "../../src/incident/ids.ts";
import { verdictOn } from "../support/answer.ts";
import { actors, type Lead, type Stage, stages, title } from "../support/cast.ts";
import {
  type Cell,
  dueIn,
  isAboutOne,
  isReaction,
  isUnseen,
  type Row,
  readHandbook,
} from "../support/handbook.ts";
import { type Outcome, places, reacting, roomOf, typing, Walk } from "../support/walk.ts";

/** An incident that there never was. */
const noIncident = incidentId(9999);

const rows = readHandbook();
const walk = await Walk.begin();
/** The incidents as nobody has changed them yet. */
const scenes = new Map<string, IncidentId>();
let walked = 0;

test("every command has a line in the handbook, and every line a command", () => {
  const named = new Set(rows.filter((row) => !isReaction(row)).map((row) => row.command));
  assert.deepEqual([...named].toSorted(), commands.map((command) => command.name).toSorted());
});

for (const row of rows) {
  test(`${row.typed}: whoever types it, whenever and wherever, it is as the handbook says`, async () => {
    const differences: string[] = [];
    for (const cell of cellsOf(row)) {
      const [verdict, due] = [await tryOut(row, cell), dueIn(row, cell)];
      const { actor, stage, place } = cell;
      if (verdict !== due) differences.push(`${actor}, ${stage}, ${place}: is ${verdict}, should be ${due}`);
    }
    assert.deepEqual(differences, []);
  });
}

test("for who is not in it, an incident that exists is like one that never did", async () => {
  for (const row of rows.filter((each) => isAboutOne(each) && !isReaction(each))) {
    for (const cell of cellsOf(row).filter(isUnseen)) {
      const id = await sceneOf(cell.stage, "commander");
      const there = await say(row, cell, id, id);
      const nowhere = await say(row, cell, id, noIncident);
      assert.deepEqual(
        without(noIncident, nowhere),
        without(id, there),
        `${row.typed}: ${Object.values(cell)}`,
      );
      walked += 2;
    }
  }
});

test("nor does it become known by another that is called its duplicate", async () => {
  const about = await sceneOf("active", "commander");
  // The commander of the one is not in the other.
  const unseen = await sceneOf("active", "acting");
  const duplicateOf = (other: IncidentId) =>
    walk.hear({
      ...{ actor: "commander", place: "room", about },
      ...typing(`${walk.prefix} cancel duplicate ${other}`),
    });
  assert.deepEqual(
    without(noIncident, await duplicateOf(noIncident)),
    without(unseen, await duplicateOf(unseen)),
  );
});

test("thousands of cells were walked", (t) => {
  t.diagnostic(`${walked} cells`);
  assert.ok(walked > 10_000);
});

/** Stage by stage, so that an incident is used again until somebody has changed it. */
function cellsOf(row: Row): readonly Cell[] {
  // The question that is reacted to stands in the room.
  const where = isReaction(row) ? (["room"] as const) : places;
  return stages.flatMap((stage) =>
    actors.flatMap((actor) => where.map((place): Cell => ({ actor, stage, place }))),
  );
}

/** Tries one cell out. What was changed or opened by it is not used again. */
async function tryOut(row: Row, cell: Cell): Promise<string> {
  const lead = cell.actor === "acting" ? "acting" : "commander";
  const id = await sceneOf(cell.stage, lead);
  const outcome = await say(row, cell, id, id);
  walked += 1;
  assertDiscreet(outcome, id, { isSeen: isAboutOne(row) || !isUnseen(cell) });
  for (const changed of outcome.changed) {
    assert.equal(changed === id, isAboutOne(row), "it concerns the incident that it is about");
    await walk.forget(changed);
    if (changed === id) scenes.delete(`${cell.stage}/${lead}`);
  }
  return verdictOn(outcome);
}

/** Outside its room nobody reads an incident's title, nor its id who does not see it and has not typed it. */
function assertDiscreet({ sent }: Outcome, id: IncidentId, { isSeen }: { readonly isSeen: boolean }): void {
  for (const { content } of sent.filter(({ room }) => room !== roomOf(id))) {
    const written = JSON.stringify(content);
    assert.ok(!written.includes(title), written);
    assert.ok(isSeen || !written.includes(id), written);
  }
}

async function sceneOf(stage: Stage, lead: Lead): Promise<IncidentId> {
  const key = `${stage}/${lead}`;
  const id = scenes.get(key) ?? (await walk.open(stage, lead));
  scenes.set(key, id);
  return id;
}

/** Has it said in a place of the incident `about`; where an incident has to be named, that is `named`. */
async function say(row: Row, { actor, place }: Cell, about: IncidentId, named: IncidentId): Promise<Outcome> {
  if (isReaction(row)) return walk.hear({ actor, place, about, ...reacting(about, row.typed) });
  const line = place !== "room" && isAboutOne(row) ? naming(named, lineOf(row)) : lineOf(row);
  return walk.hear({ actor, place, about, ...typing(`${walk.prefix} ${line}`) });
}

/** A whole line as it is, a command as its example shows, but without the incident that one names. */
function lineOf({ typed, command }: Row): string {
  if (typed !== command) return typed;
  const { example = "" } = commands.find(({ name }) => name === command) ?? {};
  return example.replace(/^(\S+) INC-\d+/, "$1");
}

function naming(id: IncidentId, line: string): string {
  return line.replace(/^\S+/, `$& ${id}`);
}

/** What came of it, with the incident's id taken out. */
function without(id: IncidentId, outcome: Outcome): unknown {
  return JSON.parse(JSON.stringify(outcome).replaceAll(id, "INC-…"));
}
