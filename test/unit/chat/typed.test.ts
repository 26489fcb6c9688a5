import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { UserId } from "../../../src/incident/ids.ts";
import { alice, bob, carol } from "../../support/incident.ts";
import { type Content, heard, note, said } from "./heard.ts";

/** A message with mentions as Element writes them. */
const withPills = (body: string, html: string): Content =>
  said(body, { format: "org.matrix.custom.html", formatted_body: html });
const pill = (user: UserId, name: string) => `<a href="https://matrix.to/#/${user}">${name}</a>`;

describe("what is no command", () => {
  const table: readonly (readonly [string, Content])[] = [
    ["talk", said("we should open an incident")],
    ["the prefix in the middle", said("type !inc help")],
    ["a longer word", said("!incidental costs")],
    ["a notice, as other bots send it", { ...said("!inc over done"), msgtype: "m.notice" }],
    ["an emote", { ...said("!inc over done"), msgtype: "m.emote" }],
    [
      "a picture with a command as its name",
      { ...said("!inc over done"), msgtype: "m.image", url: "mxc://a/b" },
    ],
    [
      "an edit",
      said("* !inc over done", {
        "m.new_content": said("!inc over done"),
        "m.relates_to": { rel_type: "m.replace", event_id: "$1" },
      }),
    ],
    [
      "an edit without its star",
      said("!inc over done", { "m.relates_to": { rel_type: "m.replace", event_id: "$1" } }),
    ],
    [
      "a command that is only quoted",
      said("> <@bob:bank.example> !inc over done\n\nno, not yet", {
        "m.relates_to": { "m.in_reply_to": { event_id: "$1" } },
      }),
    ],
    [
      "a quote without an answer",
      said("> !inc over done", { "m.relates_to": { "m.in_reply_to": { event_id: "$1" } } }),
    ],
    ["no body", { msgtype: "m.text" }],
    ["a body that is no text", { msgtype: "m.text", body: { "!inc": "over" } }],
    ["nothing", {}],
  ];
  for (const [name, content] of table) test(name, () => assert.equal(heard(content), "not for us"));
});

test("a command below a quote runs, and what it quotes does not", () => {
  const content = said("> <@bob:bank.example> !inc over done\n\n!inc note not yet", {
    "m.relates_to": { "m.in_reply_to": { event_id: "$1" } },
  });
  assert.deepEqual(heard(content), note("not yet"));
});

test("a command in a thread runs", () => {
  const relation = {
    rel_type: "m.thread",
    event_id: "$1",
    is_falling_back: true,
    "m.in_reply_to": { event_id: "$1" },
  };
  assert.deepEqual(heard(said("!inc note one", { "m.relates_to": relation })), note("one"));
});

describe("mentions, as Element writes them", () => {
  const table: readonly (readonly [string, Content, unknown])[] = [
    [
      "a pill",
      withPills("!inc role scribe Alice Smith", `!inc role scribe ${pill(alice, "Alice Smith")}`),
      { type: "offer-role", role: "scribe", user: alice },
    ],
    [
      "a pill with a colon behind it",
      withPills("!inc invite Bob: now", `!inc invite ${pill(bob, "Bob")}: now`),
      { type: "invite", users: [bob], reason: "now" },
    ],
    [
      "an encoded address",
      withPills("!inc add Bob", '!inc add <a href="https://matrix.to/#/%40bob%3Abank.example">Bob</a>'),
      { type: "invite", users: [bob] },
    ],
    [
      "a matrix: address",
      withPills("!inc add Bob", "!inc add <a href='matrix:u/bob:bank.example'>Bob</a>"),
      { type: "invite", users: [bob] },
    ],
    [
      "the pill decides, not the name in it",
      withPills("!inc role scribe Bob", `!inc role scribe ${pill(carol, "Bob")}`),
      { type: "offer-role", role: "scribe", user: carol },
    ],
    [
      "a name with an ampersand",
      withPills("!inc add R&D", `!inc add ${pill(bob, "R&amp;D")}`),
      { type: "invite", users: [bob] },
    ],
    [
      "several behind a title",
      withPills(
        "!inc new Mail is slow Alice Smith Bob",
        `!inc new Mail is slow ${pill(alice, "Alice Smith")} ${pill(bob, "Bob")}`,
      ),
      { type: "declare", title: "Mail is slow", severity: "unknown", people: [alice, bob] },
    ],
    [
      "a link that is no person",
      withPills("!inc note see the plan", '!inc note see <a href="https://wiki.example/plan">the plan</a>'),
      note("see the plan"),
    ],
    [
      "a link to a room",
      withPills("!inc note kitchen", '!inc note <a href="https://matrix.to/#/!a:b">kitchen</a>'),
      note("kitchen"),
    ],
  ];
  for (const [name, content, expected] of table) test(name, () => assert.deepEqual(heard(content), expected));
});
