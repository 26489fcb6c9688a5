import assert from "node:assert/strict";
import { test } from "node:test";
import type { UserId } from "../../../src/incident/ids.ts";
import type { Incident } from "../../../src/incident/incident.ts";
import { type Difference, difference, isInOrder } from "../../../src/room/difference.ts";
import { type ActualState, type DesiredRoom, planRoom } from "../../../src/room/plan.ts";
import { stateName } from "../../../src/room/state-name.ts";
import {
  after,
  alice,
  bob,
  bot,
  carol,
  led,
  over,
  policy,
  type Step,
  sealed,
  view,
} from "../../support/incident.ts";

type Content = ActualState["content"];

const erin: UserId = "@erin:bank.example";
const card = "$card";
const alias = "#inc-abc:bank.example";
const archiveKey = { fingerprint: "SHA256:abc", publicKey: "ssh-ed25519 AAAA" };

function planOf(incident: Incident, roomVersion = "12"): DesiredRoom {
  return planRoom(incident, { policy, view, bot, roomVersion, alias, card, archiveKey });
}

const incident = after(...led);
const plan = planOf(incident);
const members = [bot, alice, bob, carol].map((user) => member(user, "join"));

function member(user: UserId, membership: string): ActualState {
  return { type: "m.room.member", stateKey: user, content: { membership } };
}

/** The room as planned, with these pieces in the place of its own. */
function room(wanted: DesiredRoom, ...others: readonly ActualState[]): readonly ActualState[] {
  const isOther = ({ type, stateKey }: ActualState) =>
    others.some((other) => other.type === type && other.stateKey === stateKey);
  return [...[...wanted.state, ...members].filter((state) => !isOther(state)), ...others];
}

function state(type: string, content: Content, stateKey = ""): ActualState {
  return { type, stateKey, content };
}

/** What has to be done about the room with these pieces in the place of its own. */
function due(...others: readonly ActualState[]): Difference {
  return difference(plan, room(plan, ...others));
}

/** The content that is written in the place of a piece of state; `undefined` where it may stay. */
function written(piece: ActualState): Content | undefined {
  assert.deepEqual(
    due(piece).write.map(({ type, stateKey }) => [type, stateKey]),
    isInOrder(plan, piece) ? [] : [[piece.type, piece.stateKey]],
  );
  return due(piece).write[0]?.content;
}

test("a room as planned needs nothing", () => {
  assert.deepEqual(due(), { write: [], redact: [], invite: [], unban: new Set(), remove: [] });
});

test("whatever is planned and different is written as planned", () => {
  const planned = plan.state.filter(({ type }) => type !== "m.room.pinned_events");
  for (const { type, stateKey, content } of planned) {
    assert.deepEqual(written({ type, stateKey, content: { other: true } }), content, type);
  }
  const empty = difference(plan, members).write;
  assert.deepEqual(empty, plan.state, "and what is not there at all");
});

test("the card is among the pins, first where it had been taken away; the others stay", () => {
  const pins = (...pinned: readonly string[]) => state("m.room.pinned_events", { pinned });
  assert.equal(written(pins("$other", card)), undefined);
  assert.deepEqual(written(pins("$other", "$third")), { pinned: [card, "$other", "$third"] });
  assert.deepEqual(written(pins()), { pinned: [card] });
  assert.deepEqual(written(state("m.room.pinned_events", {})), { pinned: [card] });
  assert.deepEqual(written(state("m.room.pinned_events", { pinned: [7, "$other"] })), {
    pinned: [card, "$other"],
  });
});

test("a topic may come with its newer form, where both say the same", () => {
  const content = plan.state.find(({ type }) => type === "m.room.topic")?.content ?? {};
  const withBlock = (body: unknown) => ({ ...content, "m.topic": { "m.text": [{ body }] } });
  assert.equal(written(state("m.room.topic", withBlock(content.topic))), undefined);
  assert.deepEqual(written(state("m.room.topic", withBlock("Call 555-0100"))), content);
});

test("state that the plan does not know is made to say nothing", () => {
  assert.deepEqual(written(state("m.room.avatar", { url: "mxc://bank.example/a" })), {});
  assert.deepEqual(written(state("im.vector.modular.widgets", { url: "https://widget.example" }, "w")), {});
  assert.deepEqual(written(state("org.cordon.role", { users: [erin] }, "king")), {});
  assert.deepEqual(written(state("m.room.topic", { topic: "a second one" }, "second")), {});
  const everyone = { allow: ["*"], deny: [], allow_ip_literals: true };
  assert.deepEqual(written(state("m.room.server_acl", { allow: ["bank.example"] })), everyone);
  for (const quiet of [state("m.room.avatar", {}), state("m.room.server_acl", everyone)]) {
    assert.equal(written(quiet), undefined);
  }
});

test("what makes a room, who is in it or in a call, and that it is encrypted stays", () => {
  for (const type of [
    "m.room.create",
    "m.room.encryption",
    "m.call.member",
    "org.matrix.msc3401.call.member",
  ]) {
    assert.equal(written(state(type, { any: "thing" }, "key")), undefined, type);
  }
});

test("what nothing can be written over is redacted", () => {
  const tombstone = state("m.room.tombstone", { replacement_room: "!other" });
  const erins = state("com.example.mine", { on: true }, erin);
  assert.deepEqual(due(tombstone, erins).redact, [tombstone, erins]);
  assert.deepEqual(due(state("m.room.tombstone", {})).redact, []);
  assert.equal(isInOrder(plan, tombstone), false);
});

test("up to version 11 nobody lowers the bot's equal: the rest is as planned, and they cannot be removed", () => {
  const old = planOf(incident, "11");
  const levels = old.state.find(({ type }) => type === "m.room.power_levels")?.content ?? {};
  const users = { ...Object(levels.users), [erin]: 1000 };
  const promoted = state("m.room.power_levels", { ...levels, users, invite: 0 });
  const first = difference(old, room(old, promoted, member(erin, "join")));
  assert.deepEqual(first.write, [{ ...promoted, content: { ...levels, users } }]);
  assert.deepEqual(first.remove, []);
  const then = difference(old, room(old, ...first.write, member(erin, "join")));
  assert.deepEqual(then.write, []);
  assert.equal(isInOrder(old, promoted), false);

  const lesser = state("m.room.power_levels", { ...levels, users: { ...Object(levels.users), [erin]: 999 } });
  const removable = difference(old, room(old, lesser, member(erin, "join")));
  assert.deepEqual(removable.write[0]?.content, levels);
  assert.deepEqual(removable.remove, [erin]);
});

test("from version 12 on everybody can be lowered and removed", () => {
  const levels = plan.state.find(({ type }) => type === "m.room.power_levels")?.content ?? {};
  const users = { ...Object(levels.users), [erin]: 1_000_000 };
  const promoted = due(state("m.room.power_levels", { ...levels, users }), member(erin, "join"));
  assert.deepEqual(promoted.write[0]?.content, levels);
  assert.deepEqual(promoted.remove, [erin]);
});

test("who is wanted is invited until the room closes, and a ban is lifted first", () => {
  const asked: Step = [alice, { type: "invite", users: [erin] }];
  const running = after(...led, asked);
  for (const wanted of [planOf(running), planOf(after(...led, asked, over))]) {
    assert.deepEqual(difference(wanted, room(wanted)).invite, [erin]);
    assert.deepEqual(difference(wanted, room(wanted, member(erin, "leave"))).unban, new Set());
    const banned = difference(wanted, room(wanted, member(erin, "ban")));
    assert.deepEqual([banned.invite, banned.unban], [[erin], new Set([erin])]);
    assert.deepEqual(difference(wanted, room(wanted, member(erin, "invite"))).invite, []);
  }
  const closed = planOf(after(...led, asked, over, ...sealed));
  assert.deepEqual(difference(closed, room(closed)).invite, []);
});

test("who is not of the incident is taken out, invited, knocking or there", () => {
  for (const membership of ["invite", "knock", "join"]) {
    assert.deepEqual(due(member(erin, membership)).remove, [erin]);
  }
  for (const membership of ["leave", "ban"]) assert.deepEqual(due(member(erin, membership)).remove, []);
});

test("what is contested is left alone, until the room closes", () => {
  const name = state("m.room.name", { name: "mine" });
  const widget = state("im.vector.modular.widgets", { on: true }, "w");
  const avatar = state("m.room.avatar", { url: "mxc://bank.example/a" });
  const contested = { name: 1, widgets: 1 };
  const left = planOf({ ...incident, contested });
  assert.deepEqual(
    difference(left, room(left, name, widget, avatar)).write.map(({ type }) => type),
    ["m.room.avatar"],
  );
  const closing = planOf({ ...after(...led, over, [alice, { type: "archive" }]), contested });
  assert.deepEqual(
    difference(closing, room(closing, name, widget)).write.map(({ type }) => type),
    ["m.room.name", "im.vector.modular.widgets"],
  );
});

test("every planned piece of state has a name, and what nobody knows is named without its tricks", () => {
  for (const { type } of plan.state) assert.doesNotMatch(stateName(type), /state of type/, type);
  assert.equal(stateName("com.example.mark"), "state of type com.example.mark");
  assert.equal(stateName("a\u202Eb <c>\n"), "state of type a?b??c??");
  assert.ok(stateName("x".repeat(300)).length < 80);
});
