import assert from "node:assert/strict";
import { test } from "node:test";
import { HomeserverRefusal } from "../../src/demo/client.ts";
import { incidentId } from "../../src/incident/ids.ts";
import { isObject } from "../../src/matrix/event.ts";
import { newPerson } from "../support/homeserver.ts";
import { answerTo, command, declare, isJoin, saying } from "../support/incident-room.ts";
import { journal, newInstallation, startService } from "../support/service.ts";

const installation = await newInstallation({ grace: "1h", friend: "friend.test" });
const { synapse, bot, config } = installation;
const service = await startService(installation);
const alice = await newPerson(synapse, "alice", { displayName: "Alice" });
const bob = await newPerson(synapse, "bob", { displayName: "Bob" });
const carol = await newPerson(synapse, "carol", { displayName: "Carol" });
const dave = await newPerson(synapse, "dave", { displayName: "Dave" });
const { direct, room } = await declare(
  alice,
  bot,
  "sev3 Payments fail at checkout @bob @eve:friend.test @mallory:elsewhere.test",
);

test("who was named is invited, and who cannot be is named in the room", async () => {
  assert.equal(await bob.waitForInvitation(), room);
  await bob.join(room);
  for (const words of [
    'eve could not be invited: the homeserver said "M_',
    "mallory could not be invited: they are not among",
  ]) {
    const told = await alice.waitFor(saying(bot, words), { what: words, room });
    assert.equal(told.content.msgtype, "m.notice");
  }
  assert.equal(await command(alice, room, bot, "!inc note we go on without them"), "✅");
});

test("where it was typed the title is not repeated", async () => {
  const told = await alice.waitFor(saying(bot, "is open"), { what: "the answer", room: direct });
  assert.doesNotMatch(JSON.stringify(told.content), /Payments/);
});

test("a responder posts, but cannot invite, remove or change anything", async () => {
  await bob.say(room, "I am looking at the logs");
  await refused(bob.invite(room, dave.userId));
  await refused(bob.kick(room, alice.userId));
  await refused(bob.sendState(room, "m.room.topic", "", { topic: "mine" }));
  assert.match(
    await command(bob, room, bot, "!inc sev 1 worse than it looks"),
    /^Only the commander or the deputy/,
  );
});

test("an observer reads, and the homeserver itself keeps them from writing", async () => {
  assert.equal(await command(alice, room, bot, "!inc invite @carol as observer to read along"), "✅");
  await carol.waitForInvitation({ room });
  await carol.join(room);
  await refused(carol.say(room, "may I"));
  await refused(
    carol.react(
      room,
      (await alice.waitFor(saying(bot, "INC-0001"), { what: "the card", room })).event_id,
      "👍",
    ),
  );
});

test("an offered role is taken with a reaction, and its powers come with it", async () => {
  await command(alice, room, bot, "!inc role deputy @bob");
  const offer = await bob.waitFor(saying(bot, "Bob: ✅ to be deputy"), { what: "the offer", room });
  await alice.react(room, offer.event_id, "✅");
  await bob.react(room, offer.event_id, "✅");
  await bob.waitFor(saying(bot, "Bob is deputy since"), { what: "the acceptance", room });
  await bob.waitFor((event) => levelOf(event.content, bob.userId) === 55, { what: "deputy's level", room });
  await bob.invite(room, dave.userId);
  await dave.waitForInvitation({ room });
  await dave.join(room);
  await alice.waitFor((event) => isJoin(event, dave.userId), { what: "Dave", room });
  assert.equal(await command(dave, room, bot, "!inc note invited from a client, at home here"), "✅");
});

test("power comes only from roles: what somebody changes by hand is put back", async () => {
  // A commander may pin; everything else is out of reach for every human.
  await refused(alice.sendState(room, "m.room.power_levels", "", { users: { [alice.userId]: 100 } }));
  const changed = await alice.sendState(room, "m.room.pinned_events", "", { pinned: [] });
  await alice.waitFor(saying(bot, "changed the pinned messages of this room; it was put back"), {
    what: "the drift",
    room,
    after: changed,
  });
  const back = await alice.waitFor((event) => event.type === "m.room.pinned_events" && event.sender === bot, {
    what: "the pins",
    room,
    after: changed,
  });
  assert.equal(Array.isArray(back.content.pinned) && back.content.pinned.length, 1);
});

test("command passes in one step: at no moment are there two commanders, or none", async () => {
  await alice.say(room, "!inc role commander @dave");
  const offer = await dave.waitFor(saying(bot, "Dave: ✅ to be commander"), { what: "the offer", room });
  await dave.react(room, offer.event_id, "✅");
  await dave.waitFor(saying(bot, "Dave is commander since"), { what: "the acceptance", room });
  const rights = dave
    .seen(room)
    .flatMap(({ type, content }) => (type === "m.room.power_levels" ? [content.users] : []));
  for (const users of rights) {
    const commanders = Object.values(isObject(users) ? users : {}).filter((level) => level === 60);
    assert.equal(commanders.length, 1);
  }
  assert.match(
    await command(alice, room, bot, "!inc over all is well"),
    /^Only the commander ends an incident\. That is Dave\./,
  );
});

test("an edit and a quoted reply run nothing", async () => {
  const before = (await journal(config, incidentId(1))).length;
  const typo = await alice.say(room, "not a command");
  await alice.edit(room, typo, "!inc note from an edit");
  await alice.say(room, "> <@bob:cordon.test> !inc note from a quote\n\nagreed", { replyTo: typo });
  const last = await alice.say(room, "!inc roles");
  assert.match(await answerTo(alice, room, bot, last), /Commander/);
  assert.equal((await journal(config, incidentId(1))).length, before);
});

test("no title, no text and no token is in the log at level info or above", () => {
  const told = service.log.filter((line) => JSON.parse(line).level >= 30).join("");
  assert.notEqual(told, "");
  assert.doesNotMatch(told, /Payments|looking at the logs/);
  for (const token of [installation.registration.asToken, installation.registration.hsToken]) {
    assert.ok(!told.includes(token));
  }
});

async function refused(attempt: Promise<unknown>): Promise<void> {
  await assert.rejects(attempt, (error) => error instanceof HomeserverRefusal && error.status === 403);
}

function levelOf(content: Readonly<Record<string, unknown>>, user: string): unknown {
  return isObject(content.users) ? content.users[user] : undefined;
}
