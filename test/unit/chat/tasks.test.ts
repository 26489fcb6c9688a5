import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { alice, bob, minute, noon } from "../../support/incident.ts";
import { at, heard, hour, said } from "./heard.ts";

describe("tasks have exactly one owner", () => {
  const task = (owner: object, text: string, dueAt?: number) => ({
    type: "add-task",
    owner,
    text,
    ...(dueAt === undefined ? {} : { dueAt }),
  });
  const bobs = (dueAt?: number) => task({ user: bob }, "compare the depth", dueAt);
  const table: readonly (readonly [string, unknown])[] = [
    ["task @bob compare the depth", bobs()],
    ["task bob: compare the depth", bobs()],
    ["task @bob due 10m compare the depth", bobs(noon + 10 * minute)],
    ["task @bob due in 10m: compare the depth", bobs(noon + 10 * minute)],
    ["task @bob 10m compare the depth", bobs(noon + 10 * minute)],
    ["task @bob 1h30m compare the depth", bobs(noon + 90 * minute)],
    ["task @bob due at 19:30 compare the depth", bobs(at("19:30"))],
    ["task @bob due 19:30 compare the depth", bobs(at("19:30"))],
    ["task @bob at 19:30 compare the depth", bobs(at("19:30"))],
    ["task @bob by 19:30 compare the depth", bobs(at("19:30"))],
    ["task @bob due tomorrow 09:00 compare the depth", bobs(at("09:00") + 24 * hour)],
    ["task @bob at the shop", task({ user: bob }, "at the shop")],
    ["task ops compare the depth", task({ role: "ops" }, "compare the depth")],
    ["task IC, compare the depth", task({ role: "commander" }, "compare the depth")],
    ["task INC-0042 @bob compare the depth", { incident: "INC-0042", ...bobs() }],
    ["task @bob carol knows more", task({ user: bob }, "carol knows more")],
    ["task @bob and call", task({ user: bob }, "and call")],
    ["task 3 @bob", { type: "give-task", task: 3, owner: { user: bob } }],
    ["task #3 scribe", { type: "give-task", task: 3, owner: { role: "scribe" } }],
    ["task 3 @bob now", { tooMuch: "now" }],
    ["task @bob @alice compare", { misread: "no-owner" }],
    ["task @bob, @alice compare", { misread: "no-owner" }],
    ["task @bob and @alice compare", { misread: "no-owner" }],
    ["task bob or alice compare", { misread: "no-owner" }],
    ["task ops & comms compare", { misread: "no-owner" }],
    ["task look at the database", { misread: "no-owner" }],
    ["task", { misread: "missing", label: "owner" }],
    ["task 3", { misread: "missing", label: "owner" }],
    ["task @bob", { misread: "missing", label: "text" }],
    ["task @bob due", { misread: "missing", label: "time" }],
    ["give 3 @alice", { type: "give-task", task: 3, owner: { user: alice } }],
    ["give #3 ops", { type: "give-task", task: 3, owner: { role: "ops" } }],
    ["give @alice", { misread: "no-number", label: "task number", typed: "@alice" }],
    ["give 3 nobody", { misread: "no-owner" }],
    ["done 3", { type: "finish-task", task: 3 }],
    ["done 3: the queue is empty", { type: "finish-task", task: 3, text: "the queue is empty" }],
    ["done", { misread: "missing", label: "task number" }],
    ["done it", { misread: "no-number", label: "task number", typed: "it" }],
    ["drop 3 not needed", { type: "drop-task", task: 3, reason: "not needed" }],
    ["drop 3", { misread: "missing", label: "reason" }],
  ];
  for (const [line, expected] of table)
    test(line, () => assert.deepEqual(heard(said(`!inc ${line}`)), expected));
});
