import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { Intent } from "../../../src/incident/intent.ts";
import { bob, carol, minute, view } from "../../support/incident.ts";
import { heard, note, said } from "./heard.ts";

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
});
