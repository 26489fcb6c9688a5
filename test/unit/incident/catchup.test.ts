import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { type CatchUp, catchUp } from "../../../src/incident/catchup.ts";
import { recordKinds } from "../../../src/incident/facts/record.ts";
import type { UserId } from "../../../src/incident/ids.ts";
import type { Policy } from "../../../src/incident/policy.ts";
import {
  alice,
  bob,
  carol,
  clerk,
  dave,
  joins,
  known,
  led,
  minute,
  noon,
  type Step,
  type Story,
  underWay,
  unhurried,
} from "../../support/incident.ts";

const house: Policy = {
  ...unhurried,
  playbooks: [{ name: "first minutes", version: "1", severities: "always", items: ["call the board"] }],
};
const records: readonly Step[] = recordKinds.map((kind) => [
  alice,
  { type: "record", kind, text: `a ${kind}` },
]);
const invites: Step = [alice, { type: "invite", users: [dave] }];

/** What is told, in words. */
function told(story: Story, since?: number): Readonly<Record<keyof CatchUp, readonly string[]>> {
  const { known: facts, ruledOut, decided, doing, waiting } = catchUp(known(story), since);
  const words = (all: readonly { readonly text: string }[]) => all.map(({ text }) => text);
  return {
    known: words(facts),
    ruledOut: words(ruledOut),
    decided: words(decided),
    doing: words(doing),
    waiting: words(waiting),
  };
}

describe("catching up", () => {
  test("tells what is known, ruled out and decided, and every open task, with and without an owner", () => {
    const story = underWay(house).tell(
      ...led,
      ...records,
      [alice, { type: "add-task", owner: { user: bob }, text: "compare the queues" }],
      [alice, { type: "add-task", owner: { role: "scribe" }, text: "write it down" }],
      [alice, { type: "add-task", owner: { user: bob }, text: "is done" }],
      [bob, { type: "finish-task", task: 4 }],
    );
    assert.deepEqual(told(story), {
      known: ["a fact"],
      ruledOut: ["a ruledout"],
      decided: ["a decision"],
      doing: ["compare the queues", "write it down"],
      waiting: ["call the board"],
    });
  });

  test("tells in the order in which things happened, what was put right as it is now", () => {
    const story = underWay().tell(
      [alice, { type: "record", kind: "fact", text: "second" }],
      [alice, { type: "record", kind: "fact", text: "frist", at: noon - minute }],
      [alice, { type: "correct", line: 2, text: "first" }],
    );
    assert.deepEqual(told(story).known, ["first", "second"]);
  });

  test("tells no chatter, and nothing that was unmarked or removed", () => {
    const mark = { type: "mark", message: "$said", sender: clerk, text: "hm", sentAt: noon } as const;
    const story = underWay().tell([bob, mark], [alice, { type: "record", kind: "fact", text: "secret" }]);
    const message = known(story).timeline[1]?.message ?? "$none";
    story.tell([{ type: "message-removed", message, by: alice, spoken: true }]);
    assert.deepEqual(Object.values(told(story)).flat(), []);
  });

  test("since a moment tells what was written since, whenever it happened, and every open task", () => {
    const story = underWay().tell(
      [alice, { type: "record", kind: "fact", text: "before" }],
      [alice, { type: "add-task", owner: { user: bob }, text: "compare the queues" }],
    );
    const since = story.now + 1;
    story.tell([alice, { type: "record", kind: "fact", text: "after", at: noon }]);
    assert.deepEqual(
      [told(story, since).known, told(story, since).doing],
      [["after"], ["compare the queues"]],
    );
  });
});

describe("who joins", () => {
  const behind = (story: Story, user: UserId) => known(story).people[user]?.behind;

  test("from the start has nothing to catch up with", () => {
    const story = underWay(house);
    for (const user of [alice, bob, carol]) assert.equal(behind(story, user), undefined);
  });

  test("later is told once what there is, and is behind until then", () => {
    for (const past of [
      records[0],
      [alice, { type: "add-task", owner: { user: bob }, text: "compare" }] as const,
    ]) {
      assert.ok(past !== undefined);
      const story = underWay(house).tell(past, invites, joins(dave));
      assert.equal(behind(story, dave), true);
      story.tell([{ type: "caught-up", user: dave }]);
      assert.equal(behind(story, dave), undefined);
      assert.deepEqual(story.see({ type: "caught-up", user: dave }), []);
    }
  });

  test("when all there was is gone again has nothing to catch up with", () => {
    const mark = { message: "$said", sender: clerk, text: "hm", sentAt: noon } as const;
    const story = underWay().tell(
      [bob, { type: "mark", ...mark }],
      [bob, { type: "unmark", message: "$said" }],
    );
    assert.equal(behind(story.tell(invites, joins(dave)), dave), undefined);
  });

  test("again, after they had left, is behind again", () => {
    const story = underWay().tell(...records, invites, joins(dave), [{ type: "caught-up", user: dave }]);
    story.tell([{ type: "member-left", user: dave, by: dave }], invites, joins(dave));
    assert.equal(behind(story, dave), true);
  });
});
