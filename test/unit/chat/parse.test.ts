import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { Act } from "../../../src/chat/command.ts";
import type { Misread } from "../../../src/chat/parameter.ts";
import { isForUs, isMistake, parseCommand } from "../../../src/chat/parse.ts";
import { People } from "../../../src/chat/people.ts";
import { typedIn } from "../../../src/chat/typed.ts";
import type { RecordKind } from "../../../src/incident/facts/record.ts";
import type { UserId } from "../../../src/incident/ids.ts";
import type { Intent } from "../../../src/incident/intent.ts";
import { alice, bob, carol, minute, noon, view } from "../../support/incident.ts";
import { reading } from "./reading.ts";

const prefixes = ["!incident", "!inc"];
const otherCarol: UserId = "@carol.king:bank.example";
const people = new People("bank.example", [
  { user: alice, name: "Alice Smith" },
  { user: bob, name: "Bob" },
  { user: carol, name: "Carol" },
  { user: otherCarol, name: "Carol King" },
  { user: "@carol.two:bank.example", name: "Carol King" },
]);

type Content = Readonly<Record<string, unknown>>;

/** What a message comes to: an intent, what is to be shown, a mistake; or nothing, where it is not for us. */
function heard(content: Content, { inIncident = true } = {}): unknown {
  const typed = typedIn(content);
  if (typed === undefined || !isForUs(typed, prefixes)) return "not for us";
  const parsed = parseCommand(typed, prefixes, { ...reading, ...typed, people, inIncident });
  if (isMistake(parsed)) {
    if (parsed.mistake === "misread") return parsed.misread;
    return parsed.mistake === "too-much"
      ? { tooMuch: parsed.typed }
      : { unknown: parsed.typed, meant: parsed.meant };
  }
  const { act, incident } = parsed;
  return { ...(incident === undefined ? {} : { incident }), ...whatOf(act) };
}

function whatOf(act: Act): object {
  if (act.act === "want") return act.intent;
  const { act: _, view: show, ...asked } = act;
  return { show, ...asked };
}

const said = (body: string, more: Content = {}): Content => ({ msgtype: "m.text", body, ...more });

/** A message with mentions as Element writes them. */
const withPills = (body: string, html: string): Content =>
  said(body, { format: "org.matrix.custom.html", formatted_body: html });
const pill = (user: UserId, name: string) => `<a href="https://matrix.to/#/${user}">${name}</a>`;

const note = (text: string): Intent => ({ type: "record", kind: "note", text });
const takeover = (reason: string): Intent => ({ type: "takeover", role: "commander", reason });

describe("what is typed, and what it comes to", () => {
  const table: readonly (readonly [string, unknown])[] = [
    [
      "!inc new sev2 Payments fail @bob @carol",
      { type: "declare", title: "Payments fail", severity: "sev2", people: [bob, carol] },
    ],
    ["!inc new Payments fail", { type: "declare", title: "Payments fail", severity: "unknown", people: [] }],
    [
      '!inc new SEV-1 "Payments fail" @bob',
      { type: "declare", title: "Payments fail", severity: "sev1", people: [bob] },
    ],
    [
      "!inc new 3 servers are down",
      { type: "declare", title: "3 servers are down", severity: "unknown", people: [] },
    ],
    ["!inc open s3 Mail\nis slow", { type: "declare", title: "Mail is slow", severity: "sev3", people: [] }],
    ["!INC   Note  the provider   was called ", note("the provider   was called")],
    ["!incident note one", note("one")],
    ["/incident note one", note("one")],
    ["!inc n one\ntwo", note("one\ntwo")],
    ["!inc note “in quotes”", note("in quotes")],
    ["!inc", { show: "help" }],
    ["!inc help ROLE", { show: "help", topic: "ROLE" }],
    ["!inc st", { show: "status" }],
    ["!inc status inc42", { incident: "INC-0042", show: "status" }],
    ["!inc note INC-0042: done", { incident: "INC-0042", ...note("done") }],
    ["!inc role scribe @bob", { type: "offer-role", role: "scribe", user: bob }],
    ["!inc role IC bob", { type: "offer-role", role: "commander", user: bob }],
    ["!inc role scribe @bob:bank.example,", { type: "offer-role", role: "scribe", user: bob }],
    ["!inc role scribe @newcomer", { type: "offer-role", role: "scribe", user: "@newcomer:bank.example" }],
    ["!inc accept", { type: "accept-role" }],
    ["!inc yes Writer", { type: "accept-role", role: "scribe" }],
    ["!inc no", { type: "decline-role" }],
    [
      "!inc invite @bob, @carol as comms to talk to the press",
      { type: "invite", users: [bob, carol], role: "comms", reason: "to talk to the press" },
    ],
    ["!inc add bob", { type: "invite", users: [bob] }],
    ["!inc sev 1 all regions", { type: "change-severity", to: "sev1", reason: "all regions" }],
    ["!inc update rolled back next 45m", { type: "update", text: "rolled back", nextMs: 45 * minute }],
    ["!inc update rolled back next 19:30", { type: "update", text: "rolled back", nextMs: 30 * minute }],
    [
      "!inc update rolled back next in 1 h 30 min",
      { type: "update", text: "rolled back", nextMs: 90 * minute },
    ],
    ["!inc update see you next week", { type: "update", text: "see you next week" }],
    ["!inc up what comes next 1h30m", { type: "update", text: "what comes", nextMs: 90 * minute }],
    ["!inc mitigated switched over", { type: "mitigate", how: "switched over" }],
    ["!inc over rolled back", { type: "close", summary: "rolled back" }],
    [
      "!inc over anyway nobody was left",
      { type: "close", summary: "nobody was left", anyway: "nobody was left" },
    ],
    ["!inc archive", { type: "archive" }],
    ["!inc report Card payments look slow", { type: "report", title: "Card payments look slow" }],
    ["!inc report sev2 is not for reports", { type: "report", title: "sev2 is not for reports" }],
    ["!inc volunteer Scribe", { type: "volunteer", role: "scribe" }],
    ["!inc volunteer ic", { type: "volunteer", role: "commander" }],
    ["!inc handover commander @bob", { type: "handover", role: "commander", user: bob }],
    ["!inc handover lead bob", { type: "handover", role: "commander", user: bob }],
    ["!inc handover @bob", { type: "handover", user: bob }],
    ["!inc handover bob", { type: "handover", user: bob }],
    ["!inc takeover commander Alice is gone", takeover("Alice is gone")],
    ["!inc takeover Alice is gone", takeover("Alice is gone")],
    ["!inc takeover IC Alice is gone", takeover("Alice is gone")],
    ["!inc takeover scribe nobody writes", { type: "takeover", role: "scribe", reason: "nobody writes" }],
    ["!inc release", { type: "release-role" }],
    ["!inc release scribe", { type: "release-role", role: "scribe" }],
    ["!inc remove @bob not needed", { type: "remove", user: bob, reason: "not needed" }],
    ["!inc kick bob not needed", { type: "remove", user: bob, reason: "not needed" }],
    ["!inc title Cards\nfail", { type: "change-title", title: "Cards fail" }],
    ["!inc rename “Cards fail”", { type: "change-title", title: "Cards fail" }],
    ["!inc relapse the queue grows", { type: "relapse", reason: "the queue grows" }],
    ["!inc reopen it fails again", { type: "reopen", reason: "it fails again" }],
    ["!inc enter inc42 nobody answers", { incident: "INC-0042", type: "enter", reason: "nobody answers" }],
  ];
  for (const [line, expected] of table) test(line, () => assert.deepEqual(heard(said(line)), expected));
});

const hour = 60 * minute;
/** A clock time of the day on which everything here is typed, at 19:00. */
const at = (clock: string) => Date.parse(`2026-11-20T${clock}Z`);
const dayBefore = (clock: string) => at(clock) - 24 * hour;

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

describe("declaring is opening what was reported, and elsewhere a new one", () => {
  const activate = { type: "activate", severity: "sev2", people: [bob] };
  const table: readonly (readonly [string, "in its room" | "elsewhere", unknown])[] = [
    ["!inc declare s2 @bob", "in its room", activate],
    ["!inc declare", "in its room", { type: "activate", people: [] }],
    ["!inc declare INC-0042 s2 @bob", "elsewhere", { incident: "INC-0042", ...activate }],
    [
      "!inc declare s2 Mail is slow @bob",
      "elsewhere",
      { type: "declare", title: "Mail is slow", severity: "sev2", people: [bob] },
    ],
    ["!inc declare Mail is slow", "in its room", { tooMuch: "Mail is slow" }],
    ["!inc declare", "elsewhere", { misread: "missing", label: "title" }],
  ];
  for (const [line, where, expected] of table) {
    const circumstances = { inIncident: where === "in its room" };
    test(`${line}, ${where}`, () => assert.deepEqual(heard(said(line), circumstances), expected));
  }
});

describe("calling off, for one of four reasons", () => {
  const duplicate = { type: "cancel", reason: "duplicate", of: "INC-0041" };
  const falseAlarm = { type: "cancel", reason: "false-alarm" };
  const table: readonly (readonly [string, unknown])[] = [
    ["duplicate INC-0041", duplicate],
    ["Duplicate of inc41", duplicate],
    ["duplicate: INC-41.", duplicate],
    ["duplicate INC-0041 same switch", { ...duplicate, text: "same switch" }],
    ["INC-0042 duplicate INC-0041", { incident: "INC-0042", ...duplicate }],
    ["false alarm", falseAlarm],
    ["False-Alarm", falseAlarm],
    ["false_alarm.", falseAlarm],
    ["false–alarm", falseAlarm],
    ["false positive: a test ran", { ...falseAlarm, text: "a test ran" }],
    ["superseded", { type: "cancel", reason: "superseded" }],
    ["superseded: by the outage", { type: "cancel", reason: "superseded", text: "by the outage" }],
    ["other “opened by mistake”", { type: "cancel", reason: "other", text: "opened by mistake" }],
    ["other", { misread: "missing", label: "reason" }],
    ["", { misread: "missing", label: "reason" }],
    ["false start", { misread: "no-reason", typed: "false" }],
    ["duplicate", { misread: "missing", label: "other incident" }],
    ["duplicate of the first", { misread: "no-incident", typed: "the" }],
  ];
  for (const [reason, expected] of table) {
    test(`cancel ${reason}`, () => assert.deepEqual(heard(said(`!inc cancel ${reason}`)), expected));
  }
});

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

describe("what is not understood is never done", () => {
  const table: readonly (readonly [string, unknown])[] = [
    ["!inc statsu", { unknown: "statsu", meant: "status" }],
    ["!inc xyzzy", { unknown: "xyzzy", meant: undefined }],
    ["!inc archive now", { tooMuch: "now" }],
    ["!inc status of everything", { tooMuch: "of everything" }],
    ["!inc note", { misread: "missing", label: "text" }],
    ["!inc new @bob", { misread: "missing", label: "title" }],
    ["!inc over anyway", { misread: "missing", label: "summary" }],
    ["!inc role", { misread: "missing", label: "role" }],
    ["!inc role scribe", { misread: "missing", label: "person" }],
    ["!inc role scirbe @bob", { misread: "no-role", typed: "scirbe", roles: view.roles }],
    ["!inc role scribe bobby", { misread: "no-person", typed: "bobby" }],
    ["!inc role scribe @carol king", { tooMuch: "king" }],
    ["!inc accept the role", { misread: "no-role", typed: "the", roles: view.roles }],
    ["!inc volunteer", { misread: "missing", label: "role" }],
    ["!inc handover", { misread: "missing", label: "person" }],
    ["!inc handover scirbe @bob", { misread: "no-role", typed: "scirbe", roles: view.roles }],
    ["!inc handover @bob scribe", { tooMuch: "scribe" }],
    ["!inc takeover commander", { misread: "missing", label: "reason" }],
    ["!inc release everything", { misread: "no-role", typed: "everything", roles: view.roles }],
    ["!inc remove @bob", { misread: "missing", label: "reason" }],
    ["!inc enter INC-0042", { misread: "missing", label: "reason" }],
    ["!inc title", { misread: "missing", label: "title" }],
    ["!inc impact", { misread: "missing", label: "impact" }],
    ["!inc relapse", { misread: "missing", label: "reason" }],
    ["!inc reopen", { misread: "missing", label: "reason" }],
    ["!inc sev 5 worse", { misread: "no-severity", typed: "5" }],
    ["!inc sev 1", { misread: "missing", label: "reason" }],
    [`!inc note ${"x".repeat(4_001)}`, { misread: "too-long", label: "text", most: 4_000 }],
    [`!inc new ${"x".repeat(201)}`, { misread: "too-long", label: "title", most: 200 }],
  ];
  for (const [line, expected] of table)
    test(line.slice(0, 60), () => assert.deepEqual(heard(said(line)), expected));

  test("a name that several have", () => {
    const reader = new People("bank.example", [
      { user: carol, name: "Kim" },
      { user: otherCarol, name: "Kim" },
    ]);
    assert.deepEqual(reader.find({ text: "kim", from: 0, to: 3 }), {
      misread: "several-people",
      typed: "kim",
      people: [carol, otherCarol],
    });
  });

  test("whoever has the name as an id is meant, whatever others call themselves", () => {
    const reader = new People("bank.example", [
      { user: bob, name: "alice" },
      { user: alice, name: "Boss" },
    ]);
    assert.equal(reader.find({ text: "@Alice", from: 0, to: 6 }), alice);
  });
});
