import assert from "node:assert/strict";
import { randomBytes, randomUUID } from "node:crypto";
import { test } from "node:test";
import { commands } from "../../src/chat/commands.ts";
import { HomeserverRefusal } from "../../src/demo/client.ts";
import { openDirectChat } from "../../src/demo/direct-chat.ts";
import type { Person } from "../../src/demo/person.ts";
import { type IncidentId, incidentId } from "../../src/incident/ids.ts";
import { type JsonObject, object, text } from "../../src/matrix/event.ts";
import { isRoomAlias, type RoomId } from "../../src/matrix/ids.ts";
import { newPerson } from "../support/homeserver.ts";
import { command, saying, wholeRoom } from "../support/incident-room.ts";
import { overhear, talk } from "../support/outsider.ts";
import { journal, newInstallation, startService, until } from "../support/service.ts";

/** Stands in everything that nobody outside may come across: titles, texts, reasons, names, user ids. */
const canary = /marrowfat/i;

const running = incidentId(1);
const cancelled = incidentId(2);
const archived = incidentId(3);
const reported = incidentId(4);
const fromLobby = incidentId(5);
const never = incidentId(999);

const installation = await newInstallation({
  grace: "1h",
  friend: "friend.test",
  settings: { presence: { enabled: true } },
});
const { synapse, bot, registration } = installation;
const mallory = await newPerson(synapse, "mallory");
const overheard = overhear(mallory);
const ada = await newPerson(synapse, "ada");
const dora = await newPerson(synapse, "dora");
// What somebody types in a lobby is for all to see: who is named there has the canary in their name alone.
const nora = await newPerson(synapse, "nora", { displayName: "Nora Marrowfat" });
const alice = await newMember("alice");
const bob = await newMember("bob");
const rita = await newMember("rita");
const leo = await newMember("leo");
const ivan = await newMember("ivan");
const lobby = await newLobby();
const [oneLobby, otherLobby] = [await newLobby(), await newLobby()];

const config = {
  ...installation.config,
  access: {
    ...installation.config.access,
    declare: [alice.userId, dora.userId],
    administrators: [ada.userId],
  },
  rooms: { ...installation.config.rooms, lobbies: [lobby, oneLobby, otherLobby] },
};
const service = await startService({ ...installation, config });

const alicesChat = await openDirectChat(alice, bot);
const room = await open(
  alice,
  alicesChat,
  `new sev3 Marrowfat payments fail ${[bob, rita, leo, ivan].map(({ userId }) => userId).join(" ")} @marrowfat-eve:friend.test`,
);
await playRunning();
await open(alice, alicesChat, "new sev4 Marrowfat was a false alarm").then((other) =>
  command(alice, other, bot, "!inc cancel false alarm marrowfat"),
);
await playArchived(await open(alice, alicesChat, "new sev4 Marrowfat is over"));
await open(alice, alicesChat, "report Marrowfat may be slow");
const dorasRoom = await open(dora, lobby, `new sev3 Shops are closed ${nora.userId}`);

test("what an outsider asks of an incident that is there is answered as of one that never was", async () => {
  const outsiders = [
    ...[running, cancelled, archived, reported, never].map((id) => ({ person: mallory, id })),
    // Who was taken out, or has left, is as much outside as whoever was never in.
    { person: rita, id: running },
    { person: leo, id: running },
  ];
  allEqual(
    await Promise.all(
      outsiders.map(async ({ person, id }) => talk(person, bot, await openDirectChat(person, bot), id)),
    ),
  );
});

test("in a lobby too", async () => {
  allEqual(await Promise.all([talk(mallory, bot, oneLobby, running), talk(mallory, bot, otherLobby, never)]));
});

function allEqual(talks: readonly (readonly string[])[]): void {
  const [first, ...others] = talks;
  assert.ok(first !== undefined && first.length > commands.length);
  for (const other of others) assert.deepEqual(other, first);
}

test("in one's own incident another one cannot be told from none", async () => {
  const chat = await openDirectChat(dora, bot);
  const cases: readonly (readonly [RoomId, (id: IncidentId) => string])[] = [
    [chat, (id) => `cancel ${fromLobby} duplicate ${id}`],
    [dorasRoom, (id) => `cancel duplicate ${id}`],
    [dorasRoom, (id) => `status ${id}`],
  ];
  for (const [place, words] of cases) {
    const [there, not] = await Array.fromAsync([running, never], async (id) =>
      (await command(dora, place, bot, `!inc ${words(id)}`)).replaceAll(id, ""),
    );
    assert.equal(there, not);
  }
});

test("what the bot answers in a lobby names nobody", async () => {
  const told = (await talk(dora, bot, lobby, fromLobby)).join("\n");
  assert.match(told, /INC-… is open, and you are invited to its room\./);
  assert.doesNotMatch(told, /marrowfat|nora|in all shops/i);
});

test("aliases and user ids cannot be asked for", async () => {
  const { alias } = await alice.state(room, "m.room.canonical_alias");
  assert.ok(isRoomAlias(alias));
  const guesses = ["INC-0001", "inc-0001", "inc-1", `inc-${"a".repeat(20)}`] as const;
  for (const guess of guesses) {
    await assert.rejects(
      mallory.resolveAlias(`#${guess}:cordon.test`),
      (error) => error instanceof HomeserverRefusal && error.status === 404,
    );
  }
  const [answer, ...others] = await Promise.all(
    [
      ...[alias, `#inc-${"a".repeat(20)}:cordon.test`].map((each) => `rooms/${encodeURIComponent(each)}`),
      ...[bot, alice.userId, "@nobody:cordon.test"].map((each) => `users/${encodeURIComponent(each)}`),
    ].map(async (path) => {
      const headers = { authorization: `Bearer ${registration.hsToken}` };
      const response = await fetch(`${service.url}/_matrix/app/v1/${path}`, { headers });
      const told = [...response.headers].filter(([name]) => name !== "date");
      return { status: response.status, told, body: await response.text() };
    }),
  );
  assert.equal(answer?.status, 404);
  for (const other of others) assert.deepEqual(other, answer);
  assert.deepEqual((await mallory.call("GET", "/_matrix/client/v3/publicRooms")).chunk, []);
});

test("a reaction from outside to what was asked inside does nothing, and is not answered", async () => {
  const offers = (await wholeRoom(alice, room)).filter((event) =>
    object(event.content, "org.cordon.question"),
  );
  assert.deepEqual(
    offers.map(({ content }) => object(content, "org.cordon.question")?.kind),
    ["asked", "volunteered"],
  );
  const before = await journal(config, running);
  for (const person of [mallory, ada, rita]) {
    const chat = await openDirectChat(person, bot);
    // No homeserver has to refuse a relation to an event of another room.
    await deliver(
      offers.map(({ event_id }) => ({
        type: "m.reaction",
        room_id: chat,
        sender: person.userId,
        content: { "m.relates_to": { rel_type: "m.annotation", event_id, key: "✅" } },
      })),
    );
    await command(person, chat, bot, "help");
    const answers = (await wholeRoom(person, chat)).filter(
      ({ sender, type }) => sender === bot && type !== "m.room.member",
    );
    assert.equal(answers.length, 1);
  }
  assert.deepEqual(await journal(config, running), before);
});

test("who is invited sees the room's name and topic, which the homeserver shows, and nothing else", async () => {
  const { rooms } = await ivan.call("GET", "/_matrix/client/v3/sync");
  const shown = object(object(object(rooms, "invite"), room), "invite_state")?.events;
  assert.ok(Array.isArray(shown));
  const [canaries, others] = [canaryIn, (event: unknown) => !canaryIn(event)].map((fits) =>
    shown.filter(fits).map((event) => text(event, "type")),
  );
  assert.deepEqual(new Set(canaries), new Set(["m.room.name", "m.room.topic", "m.room.member"]));
  assert.doesNotMatch(JSON.stringify(shown), /marrowfat (?:impact|note|update|reason)/);
  assert.ok(others?.every((type) => type?.startsWith("m.room.")));
  const at = `/_matrix/client/v3/rooms/${encodeURIComponent(room)}`;
  for (const path of ["messages?dir=b", "state", "joined_members", "members"]) {
    await assert.rejects(
      ivan.call("GET", `${at}/${path}`),
      (error) => error instanceof HomeserverRefusal && error.status === 403,
    );
  }
});

function canaryIn(value: unknown): boolean {
  return canary.test(JSON.stringify(value));
}

test("an administrator outside sees how an incident stands, and that it is, without its title", async () => {
  const chat = await openDirectChat(ada, bot);
  const status = await command(ada, chat, bot, `!inc status ${running}`);
  assert.match(status, /INC-0001 · SEV2/);
  const list = await command(ada, chat, bot, "!inc list");
  assert.match(list, /INC-0001.*you are not in it/);
  assert.doesNotMatch(status + list, /marrowfat (?:payments|cards|impact)/i);
});

test("how long an answer takes does not tell either", async (t) => {
  const chat = await openDirectChat(mallory, bot);
  const took: Record<IncidentId, number[]> = { [running]: [], [never]: [] };
  for (let n = 0; n < 50; n++) {
    for (const id of n % 2 === 0 ? [running, never] : [never, running]) {
      const from = performance.now();
      await command(mallory, chat, bot, `!inc status ${id}`);
      took[id]?.push(performance.now() - from);
    }
  }
  const [there = [], not = []] = Object.values(took);
  const median = (all: readonly number[]) => all.toSorted((a, b) => a - b)[all.length / 2]?.toFixed(1);
  t.diagnostic(
    `medians of ${there.length}: ${median(there)} ms where it is, ${median(not)} ms where it is not`,
  );
  // Of two answers, either takes longer as often as the other: half of all pairs, give or take five times
  // what chance makes of so few (the standard deviation of a Mann-Whitney test).
  const longer = there.flatMap((one) => not.filter((other) => one > other)).length;
  const share = longer / (there.length * not.length);
  assert.ok(Math.abs(share - 0.5) < 0.3, `where it is, the answer takes longer in ${share} of all pairs`);
});

test("nothing that came to the outsider from the first moment on holds the canary or the room", async () => {
  const last = await mallory.say(lobby, "that was all");
  await until(async () => overheard.some((each) => each.includes(last)), "everything having come");
  for (const each of overheard) {
    assert.doesNotMatch(each, canary);
    assert.ok(!each.includes(room));
  }
});

test("nothing that went wrong brings the canary into the log, or to who looks after the service", async () => {
  // Much longer in HTML than it is typed.
  const long = '"'.repeat(3_950);
  await command(alice, room, bot, `!inc impact marrowfat impact ${long}`);
  await command(alice, room, bot, `!inc update marrowfat update ${long}`);
  await deliver([
    { type: "m.room.message", sender: alice.userId, content: { body: "marrowfat" } },
    { type: "m.room.message", room_id: room, sender: "marrowfat", content: {} },
  ]);
  for (const body of ['{"marrowfat', '["marrowfat"]']) assert.equal((await transaction(body)).status, 400);
  await fetch(`${service.url}/_matrix/app/v1/rooms/%23marrowfat`);
  await fetch(`${service.url}/_matrix/app/v1/rooms/%23marrowfat`, { headers: { authorization: "Bearer x" } });

  await synapse.kill("SIGKILL");
  const words = { msgtype: "m.text", body: "!inc invite @marrowfat-zoe" };
  await deliver([{ type: "m.room.message", room_id: room, sender: alice.userId, content: words }]);
  await hasLogged("a step failed");
  await until(async () => !(await looked("ready")).ok, "the service saying that something is wrong");

  const told = service.log.filter((line) => JSON.parse(line).level >= 30);
  for (const line of told) assert.doesNotMatch(line, canary);
  for (const path of ["ready", "live", "health", "metrics"]) {
    assert.doesNotMatch((await looked(path)).words, /marrowfat|INC-/i);
  }
});

async function hasLogged(words: string): Promise<void> {
  await until(async () => service.log.some((line) => line.includes(words)), `"${words}" in the log`);
}

async function looked(path: string): Promise<{ readonly ok: boolean; readonly words: string }> {
  const response = await fetch(`${service.url}/${path}`);
  return { ok: response.ok, words: await response.text() };
}

/** Brings events to the service as the homeserver would, each with an id and a time of its own. */
async function deliver(events: readonly JsonObject[]): Promise<void> {
  const whole = events.map((event) => ({
    event_id: `$${randomBytes(32).toString("base64url")}`,
    origin_server_ts: Date.now(),
    ...event,
  }));
  assert.equal((await transaction(JSON.stringify({ events: whole }))).status, 200);
}

function transaction(body: string): Promise<Response> {
  const headers = { authorization: `Bearer ${registration.hsToken}`, "content-type": "application/json" };
  const path = `/_matrix/app/v1/transactions/${randomUUID()}`;
  return fetch(`${service.url}${path}`, { method: "PUT", headers, body });
}

/** A lobby with the outsider in it. */
async function newLobby(): Promise<RoomId> {
  const made = await dora.createRoom({ preset: "public_chat" });
  await mallory.join(made);
  return made;
}

function newMember(name: string): Promise<Person> {
  return newPerson(synapse, `marrowfat-${name}`, { displayName: `${name} Marrowfat` });
}

/** Opens an incident in a direct chat or a lobby, and enters its room. */
async function open(person: Person, place: RoomId, words: string): Promise<RoomId> {
  await person.say(place, `!inc ${words}`);
  const opened = await person.waitForInvitation();
  await person.join(opened);
  await command(person, opened, bot, "!inc roles");
  return opened;
}

/** Everything that can hold the canary happens in the incident that goes on; two go, and one never comes. */
async function playRunning(): Promise<void> {
  for (const person of [bob, rita, leo]) {
    await person.waitForInvitation({ room });
    await person.join(room);
  }
  await alice.waitFor(saying(bot, "could not be invited"), { what: "Eve not being invited", room });
  for (const words of [
    "accept",
    "impact marrowfat impact",
    "title Marrowfat cards fail",
    "note marrowfat note",
    "update marrowfat update",
    "sev 2 marrowfat reason",
    `role deputy ${rita.userId}`,
  ]) {
    await command(alice, room, bot, `!inc ${words}`);
  }
  await command(bob, room, bot, "!inc volunteer comms");
  await command(alice, room, bot, `!inc remove ${rita.userId} marrowfat reason`);
  await leo.leave(room);
  const told = [
    "impact-stated",
    "title-changed",
    "recorded",
    "updated",
    "severity-changed",
    "removed",
    "left",
  ];
  await until(async () => {
    const types = new Set<string>((await journal(config, running)).map(({ type }) => type));
    return told.every((type) => types.has(type));
  }, "all of that in the journal");
}

async function playArchived(over: RoomId): Promise<void> {
  await command(alice, over, bot, "!inc accept");
  await command(alice, over, bot, "!inc over marrowfat summary");
  await command(alice, over, bot, "!inc archive");
  await alice.waitFor(saying(bot, "Archived"), { what: "the archive", room: over });
}
