import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { Misread } from "../../../src/chat/parameter.ts";
import type { RecordKind } from "../../../src/incident/facts/record.ts";
import type { Intent } from "../../../src/incident/intent.ts";
import { minute, noon } from "../../support/incident.ts";
import { at, type Content, dayBefore, heard, hour, said } from "./heard.ts";

describe("the record, with the times at which things happened", () => {
  const record = (kind: RecordKind, text: string, happened?: number): Intent =>
    happened === undefined ? { type: "record", kind, text } : { type: "record", kind, text, at: happened };
  const table: readonly (readonly [string, unknown])[] = [
    ["note at 14:05 the provider was called", record("note", "the provider was called", at("14:05"))],
    ["note AT 14:05: the provider was called", record("note", "the provider was called", at("14:05"))],
    ["note at 14:05 – called", record("note", "called", at("14:05"))],
    ["fact at 14:05Z: only cards fail", record("fact", "only cards fail", at("14:05"))],
    ["fact at 14:05 UTC only cards fail", record("fact", "only cards fail", at("14:05"))],
    ["fact at 2:30 pm it began", record("fact", "it began", at("14:30"))],
    ["fact at 20:15+02:00 it began", record("fact", "it began", at("18:15"))],
    ["note 10m ago called", record("note", "called", noon - 10 * minute)],
    ["note at 10m ago: called", record("note", "called", noon - 10 * minute)],
    ["note an hour ago, called", record("note", "called", noon - hour)],
    ["note 1 h 30 min ago called", record("note", "called", noon - 90 * minute)],
    ["note yesterday 23:50 called", record("note", "called", dayBefore("23:50"))],
    ["note yesterday at 23:50 called", record("note", "called", dayBefore("23:50"))],
    ["note at 2026-11-18 09:00 called", record("note", "called", Date.UTC(2026, 10, 18, 9))],
    ["decision at 14:05\nroll back\nthe release", record("decision", "roll back\nthe release", at("14:05"))],
    ["decided roll back", record("decision", "roll back")],
    ["ruledout the network", record("ruledout", "the network")],
    ["ruled-out the network", record("ruledout", "the network")],
    ["note at the shop", record("note", "at the shop")],
    ["note at 3 shops", record("note", "at 3 shops")],
    ["note at", record("note", "at")],
    ["note yesterday it was fine", record("note", "yesterday it was fine")],
    ["note yesterday 5 shops were down", record("note", "yesterday 5 shops were down")],
    ["note 14:05 is when it began", record("note", "14:05 is when it began")],
    ["note 10m are not enough", record("note", "10m are not enough")],
    ["note long ago it was fine", record("note", "long ago it was fine")],
    ["note at 14:05", { misread: "missing", label: "text" }],
    ["correct 3 it began in the shops", { type: "correct", line: 3, text: "it began in the shops" }],
    [
      "correct #3 at 13:40 it began in the shops",
      { type: "correct", line: 3, text: "it began in the shops", at: at("13:40") },
    ],
    ["correct", { misread: "missing", label: "line number" }],
    ["correct three it began", { misread: "no-number", label: "line number", typed: "three" }],
    ["correct 0 it began", { misread: "no-number", label: "line number", typed: "0" }],
    ["correct 3", { misread: "missing", label: "text" }],
    ["impact all shops from 13:40", { type: "state-impact", text: "all shops", from: at("13:40") }],
    ["impact all shops\nsince 13:40", { type: "state-impact", text: "all shops", from: at("13:40") }],
    ["impact all shops until 14:20", { type: "state-impact", text: "all shops", until: at("14:20") }],
    [
      "impact all shops from yesterday 23:50 until 2 h ago",
      { type: "state-impact", text: "all shops", from: dayBefore("23:50"), until: at("17:00") },
    ],
    ["impact nothing works from the shops", { type: "state-impact", text: "nothing works from the shops" }],
    ["impact from 13:40", { misread: "missing", label: "impact" }],
  ];
  for (const [line, expected] of table)
    test(line, () => assert.deepEqual(heard(said(`!inc ${line}`)), expected));
});

describe("a time that could mean two things, or none, is asked about", () => {
  const table: readonly (readonly [string, string, readonly string[]])[] = [
    ["note at 25:61 x", "no-such-clock", []],
    ["note at 24:00 x", "no-such-clock", ["00:00"]],
    ["note at yesterday x", "no-clock", ["yesterday 00:00"]],
    ["note at 19:30 x", "not-yet", ["yesterday 19:30"]],
    ["note at 10m x", "not-yet", ["10m ago"]],
    ["correct 3 at 25:61 x", "no-such-clock", []],
    ["impact x from yesterday", "no-clock", ["yesterday 00:00"]],
    ["timeline since 25:61", "no-such-clock", []],
    ["catchup since 1", "not-a-time", []],
    ["update x next 5x", "not-a-time", []],
    ["update x next 1h30", "clock-or-length", ["in 1h30m", "tomorrow 01:30"]],
    ["task @bob due soon x", "not-a-time", []],
    ["task @bob due 1h30 x", "clock-or-length", ["in 1h30m", "tomorrow 01:30"]],
    ["task @bob due 10m ago x", "past-already", ["in 10m"]],
  ];
  for (const [line, doubt, choices] of table) {
    test(line, () => {
      const { misread, moment } = heard(said(`!inc ${line}`)) as Misread & { misread: "unclear-time" };
      assert.equal(misread, "unclear-time");
      assert.deepEqual([moment.unclear, moment.choices.map(({ written }) => written)], [doubt, choices]);
    });
  }
});

describe("a message to be removed is named by its link, by its id, or by replying to it", () => {
  const redact = (message: string, named: { readonly room?: string } = {}) => {
    return { type: "redact", message, ...named, reason: "a password" };
  };
  const reply = (relation: Content) => ({
    "m.relates_to": { "m.in_reply_to": { event_id: "$1" }, ...relation },
  });
  const thread = reply({ rel_type: "m.thread", event_id: "$0", is_falling_back: true });
  const replyInThread = reply({ rel_type: "m.thread", event_id: "$0", is_falling_back: false });
  const missing = { misread: "no-message", typed: "a" };
  const table: readonly (readonly [string, Content, unknown])[] = [
    ["https://matrix.to/#/!room/$2?via=bank.example a password", {}, redact("$2", { room: "!room" })],
    [
      "https://matrix.to/#/%21room%3Abank.example/%242 a password",
      {},
      redact("$2", { room: "!room:bank.example" }),
    ],
    ["https://chat.bank.example/#/room/!room/$2 a password", {}, redact("$2", { room: "!room" })],
    ["https://matrix.to/#/#payments:bank.example/$2 a password", {}, redact("$2")],
    ["$2 a password", {}, redact("$2")],
    ["a password", reply({}), redact("$1")],
    ["$2 a password", reply({}), redact("$2")],
    ["a password", replyInThread, redact("$1")],
    ["a password", thread, missing],
    ["a password", {}, missing],
    ["https://matrix.to/#/!room a password", {}, { ...missing, typed: "https://matrix.to/#/!room" }],
    ["https://matrix.to/#/!room/%E0%A4%A x", {}, { ...missing, typed: "https://matrix.to/#/!room/%E0%A4%A" }],
    ["$2", {}, { misread: "missing", label: "reason" }],
  ];
  for (const [typed, relation, expected] of table) {
    test(`${typed}, ${JSON.stringify(relation)}`, () =>
      assert.deepEqual(heard(said(`!inc redact ${typed}`, relation)), expected));
  }
});

describe("what is looked at", () => {
  const timeline = (asked: object) => ({ show: "timeline", ...asked });
  const table: readonly (readonly [string, unknown])[] = [
    ["timeline", timeline({})],
    ["tl 20", timeline({ most: 20 })],
    ["timeline decisions", timeline({ kind: "decision" })],
    ["timeline fact", timeline({ kind: "fact" })],
    ["timeline since 14:00", timeline({ since: at("14:00") })],
    ["timeline 20 ruledout since 2 h ago", timeline({ most: 20, kind: "ruledout", since: at("17:00") })],
    ["timeline INC-0042 5", { incident: "INC-0042", ...timeline({ most: 5 }) }],
    ["timeline everything", { tooMuch: "everything" }],
    ["timeline since then", { tooMuch: "since then" }],
    ["catchup", { show: "catchup" }],
    ["catch-up since yesterday 23:50", { show: "catchup", since: dayBefore("23:50") }],
    ["who", { show: "who" }],
    ["tasks", { show: "tasks" }],
    ["todo", { show: "tasks" }],
  ];
  for (const [line, expected] of table)
    test(line, () => assert.deepEqual(heard(said(`!inc ${line}`)), expected));
});
