import assert from "node:assert/strict";
import { test } from "node:test";
import { commands } from "../../../src/chat/commands.ts";
import { rights } from "../../../src/config/right.ts";
import { defaultRoles } from "../../../src/config/role.ts";
import type { Incident } from "../../../src/incident/incident.ts";
import { permissions } from "../../../src/incident/permissions.ts";
import { type PowerLevels, planPowerLevels } from "../../../src/room/power-levels.ts";
import { after, archived, bot, led, over, policy, sealed } from "../../support/incident.ts";
import { Page } from "./page.ts";

const page = new Page("roles.md");
const none = "–";

const levelsOf = (incident: Incident) => planPowerLevels(incident, policy, bot, "12");
const running = levelsOf(after(...led));

/** The one level that several things take. */
function shared(...levels: readonly (number | undefined)[]): number {
  const [level, ...others] = new Set(levels);
  assert.ok(level !== undefined && others.length === 0, `of several levels: ${levels.join(", ")}`);
  return level;
}

/** What takes power in the room: as a row says it, and by which levels. */
const powers: Readonly<Record<string, (levels: PowerLevels) => number>> = {
  "write, react, edit, redact one's own, join a call": ({ events_default, events }) =>
    shared(
      events_default,
      events["m.reaction"],
      events["m.room.redaction"],
      events["m.call.member"],
      events["org.matrix.msc3401.call.member"],
    ),
  pin: ({ events }) => shared(events["m.room.pinned_events"]),
  "mention @room": ({ notifications }) => notifications.room,
  "invite, remove": ({ invite, kick }) => shared(invite, kick),
  "redact another's message, ban": ({ redact, ban }) => shared(redact, ban),
  "name, topic, levels, join rule, visibility, encryption, every other setting": (levels) =>
    levels.state_default,
  "replace the room": ({ events }) => shared(events["m.room.tombstone"]),
};

/** What a level is good for while an incident runs. */
function abilities(level: number): string {
  const { events_default, events, notifications, invite, kick } = running;
  const needed = {
    write: events_default,
    pin: shared(events["m.room.pinned_events"]),
    "@room": notifications.room,
    "invite and remove": shared(invite, kick),
  };
  const able = Object.entries(needed).filter(([, least]) => level >= least);
  return able.map(([what]) => what).join(", ") || "read";
}

test("the roles are those of the configuration", () => {
  const rows = Object.entries(defaultRoles).map(([name, { holders, required, level }]) => {
    const when = typeof required === "string" ? required : required.join(", ");
    return [`\`${name}\``, holders, when || none, String(level), abilities(level)];
  });
  assert.deepEqual(page.table("Role"), rows);
});

test("the rights are those of the table of permissions", () => {
  const rows = rights.map(({ name }) => {
    const command = commands.find(({ who }) => typeof who === "object" && who.want === name);
    return [`\`${name}\``, `\`!inc ${command?.name}\``, permissions[name].roles.join(", ")];
  });
  assert.deepEqual(page.table("Right"), rows);
});

test("the levels are those of the room, in its three phases", () => {
  const phases = [running, levelsOf(after(...led, over)), levelsOf(after(...led, over, ...sealed, archived))];
  const rows = Object.entries(powers).map(([name, power]) => [
    name,
    ...phases.map((levels) => String(power(levels))),
  ]);
  assert.deepEqual(page.table("In the room"), rows);
});
