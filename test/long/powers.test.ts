import assert from "node:assert/strict";
import { test } from "node:test";
import { isDeepStrictEqual } from "node:util";
import { HomeserverRefusal } from "../../src/demo/client.ts";
import type { Person } from "../../src/demo/person.ts";
import { type JsonObject, object } from "../../src/matrix/event.ts";
import type { UserId } from "../../src/matrix/ids.ts";
import { newPerson } from "../support/homeserver.ts";
import { command, saying, untilArchived } from "../support/incident-room.ts";
import {
  cast,
  type Leader,
  leaders,
  type Name,
  type Phase,
  phases,
  type Trying,
  table,
} from "../support/powers.ts";
import { newRoleRoom, type RoleRoom } from "../support/role-room.ts";
import { until } from "../support/service.ts";
import { newUnseeing } from "../support/unseen.ts";

for (const roomVersion of ["10", "11", "12"] as const) {
  test(`in a room of version ${roomVersion} each role has its powers, and no other`, async (t) => {
    const scene = await newScene(roomVersion);
    const { place, people, guests, leavers } = scene;
    const { room } = place;
    const { bot } = scene.installation;
    const before = Date.now();
    let attempts = 0;

    await t.test("while the incident runs", async () => {
      attempts += await everybodyTries(scene, "active");
      await hasInvited(place, guests.active);
      for (const name of leaders) await place.isRidOf(leavers.active[name].userId);
      for (const name of leaders) await hasRevoked(place, people[name].userId);
      assert.equal(levelForRoom(await place.state("m.room.power_levels")), 50);
    });

    await t.test("what an administrator of the homeserver does is put back", () => administrate(scene));

    await t.test("when it is over", async () => {
      await command(people.commander, room, bot, "!inc over all is well");
      await place.hasLevels((levels) => levels.events_default === 55 && levelForRoom(levels) === 55);
      attempts += await everybodyTries(scene, "over");
      // An incident that is over takes nobody in.
      for (const name of leaders) await place.isRidOf(guests.over[name].userId);
      assert.deepEqual(
        (await place.entries("invitation-withdrawn"))
          .slice(-2)
          .map(({ data }) => [data.by, data.user])
          .toSorted(),
        leaders.map((name) => [people[name].userId, guests.over[name].userId]),
      );
      for (const name of leaders) await place.isRidOf(leavers.over[name].userId);
    });

    await t.test("once it is archived", async () => {
      await people.commander.say(room, "!inc archive");
      await untilArchived(people.commander, room, bot);
      await place.hasLevels((levels) => levels.events_default === 100 && levelForRoom(levels) === 100);
      attempts += await everybodyTries(scene, "archived");
    });

    t.diagnostic(`${attempts} attempts in ${Math.round((Date.now() - before) / 1000)} s`);
    assert.equal(attempts, table.length * cast.length * phases.length);
  });
}

/** What a person needs to mention the whole room. */
function levelForRoom(levels: JsonObject): unknown {
  return object(levels, "notifications")?.room;
}

/** Everybody tries everything, each one thing after the other, and what comes of it is compared with the table. */
async function everybodyTries(scene: Scene, phase: Phase): Promise<number> {
  const could = async (name: Name) => {
    const trying = await scene.prepare(name, phase);
    const done: string[] = [];
    for (const { what, attempt } of table) if (await succeeds(attempt(trying))) done.push(what);
    return [name, done] as const;
  };
  const may = (name: Name) =>
    [name, table.flatMap((row) => (row.may[phase].includes(name) ? [row.what] : []))] as const;
  const outcomes = await Promise.all(cast.map(could));
  assert.deepEqual(Object.fromEntries(outcomes), Object.fromEntries(cast.map(may)));
  return table.length * cast.length;
}

/** Whether the homeserver lets it happen; every refusal but "forbidden" is a fault of the test. */
async function succeeds(attempt: Promise<unknown>): Promise<boolean> {
  try {
    await attempt;
    return true;
  } catch (error) {
    if (error instanceof HomeserverRefusal && error.status === 403) return false;
    throw error;
  }
}

/** An invitation made in a client by somebody entitled counts like one made by command. */
async function hasInvited(place: RoleRoom, guests: Record<Leader, Person>): Promise<void> {
  const adopted = async () => (await place.entries("invited")).map(({ actor, data }) => [actor, data.user]);
  const expected = leaders.map((name) => [place.people[name].userId, guests[name].userId]);
  await until(async () => includesAll(await adopted(), expected), "the invitations being in the journal");
}

/** Nobody is known by an address of theirs: such an invitation is taken back. */
async function hasRevoked(place: RoleRoom, by: UserId): Promise<void> {
  const invitation = () => place.state("m.room.third_party_invite", by.slice(1));
  await until(async () => isDeepStrictEqual(await invitation(), {}), "the invitation being taken back");
  const drifts = (await place.entries("drift")).map(({ data }) => [data.what, data.by]);
  assert.ok(includesAll(drifts, [["invitation by email", by]]));
}

function includesAll(list: readonly unknown[], wanted: readonly unknown[]): boolean {
  return wanted.every((each) => list.some((other) => isDeepStrictEqual(each, other)));
}

/** Somebody who was never asked lets themselves and others in, over the heads of everyone in the room. */
async function administrate({ place, people, admin, unseen, installation }: Scene): Promise<void> {
  const { bot, config } = installation;
  const { room } = place;
  const path = encodeURIComponent(room);
  const nora = people.never.userId;
  const bringIn = () => admin.call("POST", `/_synapse/admin/v1/join/${path}`, { user_id: nora });
  await assert.rejects(bringIn(), /403/, "who is not in the room brings nobody in");

  const planned = await place.state("m.room.power_levels");
  const takeOver = async () => {
    await admin.call("POST", `/_synapse/admin/v1/rooms/${path}/make_room_admin`, { user_id: admin.userId });
    await admin.join(room);
    await bringIn();
    return place.memberEvent(nora);
  };
  // The service reads for itself once a minute, and may put things back in the middle of it.
  await unseen(() => takeOver().catch(takeOver));
  if (Number(config.rooms.version) < 12) {
    // Nobody lowers an equal: this level alone stays until its holder gives it up.
    const users = { ...object(planned, "users"), [admin.userId]: 1000 };
    await place.hasLevels((levels) => isDeepStrictEqual(levels, { ...planned, users }));
    await admin.sendState(room, "m.room.power_levels", "", planned);
  }
  await place.hasLevels((levels) => isDeepStrictEqual(levels, planned));
  for (const intruder of [nora, admin.userId]) await place.isRidOf(intruder);

  assert.ok(
    (await place.entries("drift")).some(({ data }) => data.what === "power levels" && data.by === bot),
  );
  const removed = new Set((await place.entries("intruder-removed")).map(({ data }) => data.user));
  assert.deepEqual(removed, new Set([admin.userId, nora]));
}

type Scene = Awaited<ReturnType<typeof newScene>>;

/** An incident with somebody in each role, somebody who was removed, and people to invite and to remove. */
async function newScene(roomVersion: "10" | "11" | "12") {
  const { installation, unseen } = await newUnseeing({ grace: "1h", roomVersion });
  const { synapse, bot } = installation;
  const forEach = async (kind: string) => ({
    commander: await newPerson(synapse, `${kind}-of-commander`),
    deputy: await newPerson(synapse, `${kind}-of-deputy`),
  });
  const place = await newRoleRoom(installation);
  const people = {
    ...place.people,
    removed: await newPerson(synapse, "removed"),
    never: await newPerson(synapse, "never"),
  };
  const guests = { active: await forEach("guest"), over: await forEach("late-guest") };
  const leavers = { active: await forEach("leaver"), over: await forEach("late-leaver") };
  const { removed, commander, responder } = people;
  await place.admit([removed, ...Object.values(leavers.active), ...Object.values(leavers.over)]);
  await commander.kick(place.room, removed.userId, "not needed any more");
  const card = await commander.waitFor(saying(bot, "INC-0001"), { what: "the card", room: place.room });
  const [words, answer] = [await commander.say(place.room, "look"), await responder.say(place.room, "I do")];

  /** What somebody needs to try everything. Whoever cannot speak has nothing of their own to edit or redact. */
  async function prepare(name: Name, phase: Phase): Promise<Trying> {
    const person = people[name];
    const say = async () =>
      table[0]?.may[phase].includes(name) ? person.say(place.room, `${name} in ${phase}`) : words;
    const inOther = phase === "archived" ? "over" : phase;
    const leader = name === "commander" ? "commander" : "deputy";
    return {
      person,
      room: place.room,
      unique: `${name} ${phase}`,
      card: card.event_id,
      own: await say(),
      slip: await say(),
      foreign: name === "responder" ? words : answer,
      guest: guests[inOther][leader].userId,
      leaver: leavers[inOther][leader].userId,
    };
  }

  return {
    installation,
    unseen,
    place,
    people,
    guests,
    leavers,
    prepare,
    admin: await newPerson(synapse, "admin", { admin: true }),
  };
}
