import assert from "node:assert/strict";
import { test } from "node:test";
import { HomeserverRefusal } from "../../src/demo/client.ts";
import { openDirectChat } from "../../src/demo/direct-chat.ts";
import type { Person } from "../../src/demo/person.ts";
import { fold } from "../../src/incident/evolve.ts";
import { type IncidentId, incidentId, type RoomId } from "../../src/incident/ids.ts";
import { object } from "../../src/matrix/event.ts";
import { newPerson } from "../support/homeserver.ts";
import { carryOut, command, enter, levelsIn, openIncident, saying } from "../support/incident-room.ts";
import { journal, newInstallation, startService, until } from "../support/service.ts";

const installation = await newInstallation({ grace: "1h", administrators: ["root"] });
const { synapse, bot, config } = installation;
await startService(installation);
const alice = await newPerson(synapse, "alice", { displayName: "Alice" });
const bob = await newPerson(synapse, "bob", { displayName: "Bob" });
const carol = await newPerson(synapse, "carol", { displayName: "Carol" });
const dave = await newPerson(synapse, "dave", { displayName: "Dave" });
const root = await newPerson(synapse, "root", { displayName: "Root" });
const direct = await openDirectChat(alice, bot);
const first = incidentId(1);
const room = await openIncident(alice, direct, "new sev4 Payments fail @bob @carol");
await enter(room, bob, carol);
await carryOut(alice, room, bot, "!inc accept");

/** Waits until the homeserver gives somebody this power in a room. */
async function hasPower(person: Person, level: number, where = room): Promise<void> {
  const isSo = async () => {
    const levels = await alice.state(where, "m.room.power_levels");
    return (levelsIn(levels)[person.userId] ?? 0) === level;
  };
  await until(isSo, `${person.userId} having the power ${level}`);
}

/** Waits until this power is needed to post in a room. */
async function speaksFrom(level: number, where: RoomId): Promise<void> {
  const isSo = async () => (await alice.state(where, "m.room.power_levels")).events_default === level;
  await until(isSo, `the power to post being ${level}`);
}

async function forbidden(attempt: Promise<unknown>): Promise<void> {
  await assert.rejects(attempt, (error) => error instanceof HomeserverRefusal && error.status === 403);
}

async function stateOf(id: IncidentId): Promise<string | undefined> {
  return fold(await journal(config, id))?.state;
}

test("a volunteer is confirmed by ✅ of who gives out roles, and of nobody else", async () => {
  await carryOut(bob, room, bot, "!inc volunteer scribe");
  const { event_id: question } = await alice.waitFor(saying(bot, "Bob offers to be scribe"), {
    what: "the question",
    room,
  });
  await carol.react(room, question, "✅");
  await bob.react(room, question, "✅");
  // What is typed after it in the same room is handled after it.
  await carryOut(bob, room, bot, "!inc note both of us said yes");
  await hasPower(bob, 10);
  await alice.react(room, question, "✅");
  await hasPower(bob, 50);
  const accepted = (await journal(config, first)).filter(
    (entry) => entry.type === "role-accepted" && entry.data.role === "scribe",
  );
  assert.deepEqual(
    accepted.map(({ actor }) => actor),
    [alice.userId],
  );
});

test("an administrator breaks the glass in the open; for anyone else there is nothing to break", async () => {
  const chat = await openDirectChat(root, bot);
  await carryOut(root, chat, bot, `enter ${first} the commander cannot be reached`);
  await enter(room, root);
  const news = await bob.waitFor(saying(bot, "an administrator, has entered"), {
    what: "the news",
    room,
  });
  assert.match(String(news.content.body), /the commander cannot be reached/);
  assert.deepEqual([news.content.msgtype, object(news.content, "m.mentions")], ["m.text", { room: true }]);
  const entered = (await journal(config, first)).find(({ type }) => type === "entered");
  assert.equal(entered?.actor, root.userId);
  await hasPower(root, 10);
  await carryOut(root, room, bot, "!inc note an administrator is here");

  const elsewhere = await openDirectChat(dave, bot);
  const known = await command(dave, elsewhere, bot, `enter ${first} I am curious`);
  const unknown = await command(dave, elsewhere, bot, "enter INC-9999 I am curious");
  assert.equal(known.replaceAll(first, "INC-9999"), unknown);
  await forbidden(dave.join(room));
});

test("who is removed loses the roles too, and is back only by a new invitation", async () => {
  await carryOut(alice, room, bot, "!inc remove @bob was needed elsewhere");
  await hasPower(bob, 0);
  await until(async () => !(await alice.joinedMembers(room)).includes(bob.userId), "Bob being out");
  const removed = (await journal(config, first)).find((entry) => entry.type === "removed");
  assert.ok(removed?.type === "removed");
  assert.deepEqual(removed.data.vacated, ["scribe"]);
  await forbidden(bob.join(room));

  await carryOut(alice, room, bot, "!inc invite @bob");
  await enter(room, bob);
  await hasPower(bob, 10);
  await carryOut(bob, room, bot, "!inc note back again");
  assert.match(await command(bob, room, bot, "!inc release scribe"), /scribe/);
});

test("what is over falls silent for all but the lead, and can be opened again", async () => {
  await carryOut(alice, room, bot, "!inc over rolled back");
  await speaksFrom(55, room);
  await forbidden(bob.say(room, "one more thing"));
  await alice.say(room, "thank you all");
  await carryOut(alice, room, bot, "!inc reopen the same payments fail again");
  await speaksFrom(10, room);
  await bob.say(room, "here again");
  await hasPower(alice, 60);
  assert.equal(await stateOf(first), "active");
});

test("what is reported is its reporter's alone until it is declared, and can be called off", async () => {
  const reported = incidentId(2);
  const small = await openIncident(alice, direct, "report Card payments look slow");
  assert.deepEqual((await alice.joinedMembers(small)).toSorted(), [alice.userId, bot].toSorted());
  assert.equal(await stateOf(reported), "triage");
  const pages = alice.seen(small).filter(({ content }) => object(content, "m.mentions")?.room === true);
  assert.deepEqual(pages, []);

  await carryOut(alice, small, bot, "!inc declare sev4 @bob");
  await enter(small, bob);
  await hasPower(bob, 10, small);
  assert.equal(await stateOf(reported), "active");
  await carryOut(alice, small, bot, "!inc cancel false alarm");
  await speaksFrom(55, small);
  await forbidden(bob.say(small, "are you sure"));
  assert.equal(await stateOf(reported), "cancelled");
});
