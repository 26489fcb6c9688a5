import fc from "fast-check";
import { cancelReasons } from "../../src/incident/facts/course.ts";
import { recordKinds } from "../../src/incident/facts/record.ts";
import type { EventId, UserId } from "../../src/incident/ids.ts";
import type { Intent } from "../../src/incident/intent.ts";
import { crowdFrom, type Policy } from "../../src/incident/policy.ts";
import { severities } from "../../src/incident/severity.ts";
import { alice, bob, bot, carol, clerk, dave, minute, noon, policy, stranger } from "./incident.ts";

const second = 1_000;

/**
 * The default roles and one of the house's own, where the clerk may open incidents, but not command. Every
 * severity has a checklist, the worst one more.
 */
export const house: Policy = {
  ...policy,
  playbooks: [
    { name: "first minutes", version: "3", severities: "always", items: ["say who is affected"] },
    { name: "big ones", version: "1", severities: ["sev1"], items: ["call the board", "open a bridge"] },
  ],
  mayDeclare: policy.isMember,
  roles: new Map([
    ...policy.roles,
    [
      "liaison",
      {
        name: "liaison",
        holders: "one",
        required: ["sev3"],
        level: 50,
        excludes: { scribe: "always", comms: ["sev1"] },
        eligible: [],
        rights: ["invite", "offer-role", "update"],
      },
    ],
  ]),
};

export const always = <T extends string>(value: T) => fc.constant(value);
export const person = fc.constantFrom(alice, bob, carol, dave, clerk, stranger, bot);
const guest = fc.constantFrom(bob, carol, dave, clerk);
const crowd = Array.from({ length: crowdFrom }, (_, nth): UserId => `@guest${nth}:bank.example`);
export const role = fc.constantFrom(...house.roles.keys(), "commander", "deputy", "wizard");
const severity = fc.constantFrom(...severities, "unknown" as const);
const people = fc.array(fc.oneof({ weight: 4, arbitrary: guest }, person), { minLength: 1, maxLength: 3 });
export const text = fc.constantFrom("a", "b", "for a good reason");
export const message = fc.constantFrom<EventId>("$one", "$two");
const number = fc.integer({ min: 1, max: 5 });
const moment = fc.constantFrom(noon - 10 * minute, noon + 2 * minute, noon + 31 * minute);
const owner = fc.oneof(
  { weight: 3, arbitrary: guest.map((user) => ({ user })) },
  { weight: 1, arbitrary: person.map((user) => ({ user })) },
  { weight: 2, arbitrary: role.map((name) => ({ role: name })) },
);
export const time = fc.constantFrom(
  30 * second,
  2 * minute,
  5 * minute,
  11 * minute,
  31 * minute,
  24 * 60 * minute,
);

/** How an incident is opened. */
export const beginning: fc.Arbitrary<readonly [UserId, Intent]> = fc.tuple(
  fc.constantFrom(alice, alice, clerk),
  fc.oneof(
    fc.record({ type: always("declare"), title: text, severity, people }),
    fc.record({ type: always("report"), title: text }),
  ),
);

export const aboutPeople: fc.Arbitrary<Intent> = fc.oneof(
  fc.record({ type: always("invite"), users: people }),
  fc.record({ type: always("invite"), users: fc.constant(crowd) }),
  fc.record({ type: always("invite"), users: people, role }),
  fc.record({ type: always("remove"), user: person, reason: text }),
  fc.record({ type: always("offer-role"), role, user: guest }),
  fc.record({ type: always("offer-role"), role, user: person }),
  fc.record({ type: always("handover"), user: person }),
  fc.record({ type: always("handover"), role, user: person }),
  fc.record({ type: always("confirm-role"), role, user: person }),
  fc.record({ type: always("refuse-role"), role, user: person }),
);
export const aboutOneself: fc.Arbitrary<Intent> = fc.oneof(
  fc.record({ type: always("enter"), reason: text }),
  fc.record({ type: always("accept-role") }),
  fc.record({ type: always("accept-role"), role }),
  fc.record({ type: always("decline-role") }),
  fc.record({ type: always("volunteer"), role }),
  fc.record({ type: always("takeover"), role: always("commander"), reason: text }),
  fc.record({ type: always("takeover"), role, reason: text }),
  fc.record({ type: always("release-role") }),
  fc.record({ type: always("release-role"), role }),
);
export const aboutTheIncident: fc.Arbitrary<Intent> = fc.oneof(
  fc.record({ type: always("activate"), people }),
  fc.record({ type: always("activate"), people, severity }),
  fc.record({ type: always("cancel"), reason: fc.constantFrom(...cancelReasons) }),
  fc.record({ type: always("change-severity"), to: severity, reason: text }),
  fc.record({ type: always("change-severity"), to: severity, reason: text }),
  fc.record({ type: always("change-title"), title: text }),
  fc.record({ type: always("state-impact"), text }),
  fc.record({ type: always("state-impact"), text, from: moment }),
  fc.record({ type: always("update"), text }),
  fc.record({ type: always("update"), text, nextMs: time }),
  fc.record({ type: always("mitigate"), how: text }),
  fc.record({ type: always("relapse"), reason: text }),
  fc.record({ type: always("close"), summary: text }),
  fc.record({ type: always("close"), summary: text, anyway: text }),
  fc.record({ type: always("reopen"), reason: always("for a good reason") }),
  fc.record({ type: always("reopen"), reason: text }),
  fc.record({ type: always("archive") }),
);
export const onRecord: fc.Arbitrary<Intent> = fc.oneof(
  fc.record({ type: always("record"), kind: fc.constantFrom(...recordKinds), text }),
  fc.record({ type: always("record"), kind: fc.constantFrom(...recordKinds), text, at: moment }),
  fc.record({ type: always("correct"), line: number, text }),
  fc.record({ type: always("correct"), line: number, text, at: moment }),
  fc.record({ type: always("redact"), message, reason: text }),
  fc.record({ type: always("mark"), message, sender: person, text, sentAt: moment }),
  fc.record({ type: always("mark"), message, sender: person, text, sentAt: moment }),
  fc.record({ type: always("unmark"), message }),
);
export const atWork: fc.Arbitrary<Intent> = fc.oneof(
  fc.record({ type: always("add-task"), owner, text }),
  fc.record({ type: always("add-task"), owner, text, dueAt: moment }),
  fc.record({ type: always("give-task"), task: number, owner }),
  fc.record({ type: always("acknowledge-task"), task: number }),
  fc.record({ type: always("finish-task"), task: number }),
  fc.record({ type: always("drop-task"), task: number, reason: text }),
);
