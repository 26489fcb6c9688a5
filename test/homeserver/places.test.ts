import assert from "node:assert/strict";
import { test } from "node:test";
import { openDirectChat } from "../../src/demo/direct-chat.ts";
import type { Person } from "../../src/demo/person.ts";
import { inboxFigures } from "../../src/journal/inbox.ts";
import { administratorsRoom } from "../../src/journal/installation.ts";
import { text } from "../../src/matrix/event.ts";
import type { RoomId } from "../../src/matrix/ids.ts";
import { loadRosters } from "../../src/service/rosters.ts";
import type { RoomName } from "../../src/service/service.ts";
import { newPerson } from "../support/homeserver.ts";
import { command, isJoin } from "../support/incident-room.ts";
import { newInstallation, reading, startService, until } from "../support/service.ts";

const oncall = "#oncall:cordon.test";

const installation = await newInstallation();
const { synapse, bot } = installation;
const alice = await newPerson(synapse, "alice");
const bob = await newPerson(synapse, "bob");
const carl = await newPerson(synapse, "carl");
const flora = await newPerson(synapse, "flora");
const stranger = await newPerson(synapse, "stranger");

const lobby = await alice.createRoom({ preset: "public_chat" });
const roster = await alice.createRoom({ preset: "private_chat", room_alias_name: "oncall" });
const administration = await stranger.createRoom({ preset: "private_chat" });

const config = configured();
const service = await startService({ ...installation, config });

/** The configuration, with rooms in it and with access for some of those on the homeserver only. */
function configured(): typeof installation.config {
  const { config } = installation;
  const { definitions } = config.roles;
  const commander = definitions.get("commander");
  assert.ok(commander !== undefined);
  const members = [alice, bob, carl, flora].map((person) => person.userId);
  return {
    ...config,
    access: { ...config.access, members, administratorsRoom: administration },
    rooms: { ...config.rooms, lobbies: [lobby] },
    roles: {
      ...config.roles,
      definitions: new Map([...definitions, ["commander", { ...commander, eligible: [oncall, lobby] }]]),
    },
  };
}

/** Waits until the bot has left a room, or its invitation, and gives what stands there as the reason. */
async function whyLeft(person: Person, room: RoomId): Promise<string> {
  const left = await person.waitFor(
    ({ type, state_key, content }) =>
      type === "m.room.member" && state_key === bot && content.membership === "leave",
    { what: "the bot leaving", room },
  );
  return text(left.content, "reason") ?? "";
}

async function botIn(person: Person, room: RoomId): Promise<void> {
  await person.waitFor((event) => isJoin(event, bot), { what: "the bot joining", room });
}

async function isEligible(person: Person, through: RoomName = oncall): Promise<boolean> {
  return reading(config, async (db) => (await loadRosters(db, [through])).has(through, person.userId));
}

test("a direct chat with a member is accepted, and commands are taken there", async () => {
  const chat = await openDirectChat(alice, bot);
  assert.match(await command(alice, chat, bot, "help"), /new/);
});

test("an invitation to a group room is left, and the reason stands in the room", async () => {
  const room = await alice.createRoom({ preset: "private_chat", invite: [bot] });
  assert.match(await whyLeft(alice, room), /^I join direct chats, and rooms that my configuration names\./);
});

test("a direct chat with somebody who may not be in incidents is left, with what to do about it", async () => {
  const room = await stranger.directChatWith(bot);
  assert.match(await whyLeft(stranger, room), /access\.members/);
});

test("a flood of invitations is held off while the direct chat of another person works at once", async () => {
  const rooms = await Promise.all(Array.from({ length: 30 }, () => flora.directChatWith(bot)));
  const chat = await openDirectChat(bob, bot);
  assert.match(await command(bob, chat, bot, "help"), /new/);
  // The homeserver brings events in their order: the flood came before.
  await until(
    async () => (await reading(config, inboxFigures)).waiting === 0,
    "everything that came being handled",
  );
  const standing = await Promise.all(
    rooms.map(async (room) => text(await flora.state(room, "m.room.member", bot), "membership")),
  );
  const count = (membership: string) => standing.filter((each) => each === membership).length;
  assert.deepEqual([count("invite"), count("join"), count("leave")], [20, 5, 5]);
  const told = service.log.filter((line) => line.includes("invites the bot too often"));
  assert.equal(told.length, 1);
  assert.ok(told[0]?.includes(flora.userId) && !rooms.some((room) => told[0]?.includes(room)));
});

test("of six direct chats with one person the oldest is left", async () => {
  const chats: RoomId[] = [];
  for (let n = 0; n < 6; n++) chats.push(await openDirectChat(carl, bot));
  const [oldest, ...kept] = chats;
  assert.ok(oldest !== undefined);
  assert.match(await whyLeft(carl, oldest), /go on there/);
  for (const chat of kept) assert.match(await command(carl, chat, bot, "help"), /new/);
});

test("a direct chat that a third person enters, or is asked to, is none any more", async () => {
  const open = await alice.createRoom({ preset: "public_chat", is_direct: true, invite: [bot] });
  await botIn(alice, open);
  await bob.join(open);
  assert.match(await whyLeft(alice, open), /for two/);

  const closed = await openDirectChat(alice, bot);
  await alice.invite(closed, bob.userId);
  assert.match(await whyLeft(alice, closed), /for two/);

  const three = { preset: "private_chat", is_direct: true, invite: [bob.userId, bot] };
  assert.match(await whyLeft(alice, await alice.createRoom(three)), /for two/);
});

test("a lobby is joined at the start, takes commands, and may be a roster too", async () => {
  assert.match(await command(alice, lobby, bot, "!inc help"), /new/);
  assert.deepEqual([await isEligible(alice, lobby), await isEligible(stranger, lobby)], [true, false]);
});

test("a roster room makes eligible who is in it, from when the bot is in it until it is not", async () => {
  const warned = service.log.filter((line) => line.includes(oncall));
  assert.equal(warned.length, 1);
  assert.match(warned[0] ?? "", /invite the bot there/);
  assert.equal(await isEligible(alice), false);

  await alice.invite(roster, bot);
  await until(() => isEligible(alice), "Alice being eligible");
  assert.equal(await isEligible(bob), false);
  await alice.invite(roster, bob.userId);
  await bob.join(roster);
  await until(() => isEligible(bob), "Bob being eligible");
  await bob.leave(roster);
  await until(async () => !(await isEligible(bob)), "Bob not being eligible");

  await alice.kick(roster, bot);
  await until(async () => !(await isEligible(alice)), "nobody being eligible");
  await alice.invite(roster, bot);
  await until(() => isEligible(alice), "Alice being eligible again");
});

test("the administrators' room is entered on invitation by anyone, and takes no commands", async () => {
  const room = () => reading(config, administratorsRoom);
  assert.equal(await room(), undefined);
  await stranger.invite(administration, bot);
  await botIn(stranger, administration);
  await until(async () => (await room()) === administration, "the administrators' room being known");
  await stranger.say(administration, "!inc help");
  // What is typed in the lobby comes after it, and is answered.
  await command(alice, lobby, bot, "!inc help");
  await until(
    async () => (await reading(config, inboxFigures)).waiting === 0,
    "everything that came being handled",
  );
  const answers = await reading(config, (db) =>
    db.selectFrom("outbox").select("key").where("room_id", "=", administration).execute(),
  );
  assert.deepEqual(answers, []);
  await stranger.kick(administration, bot);
  await until(async () => (await room()) === undefined, "the administrators' room being forgotten");
});

test("what was known of a roster outlives a restart, and what changed meanwhile is seen", async () => {
  await service.stop();
  await alice.invite(roster, bob.userId);
  await bob.join(roster);
  assert.deepEqual([await isEligible(alice), await isEligible(bob)], [true, false]);
  await startService({ ...installation, config });
  await until(() => isEligible(bob), "Bob being eligible");
  assert.equal(await isEligible(alice), true);
});
