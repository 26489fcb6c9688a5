import assert from "node:assert/strict";
import { test } from "node:test";
import { setTimeout as delay } from "node:timers/promises";
import { HomeserverRefusal } from "../../src/demo/client.ts";
import { openDirectChat } from "../../src/demo/direct-chat.ts";
import { pill } from "../../src/demo/message.ts";
import { Person } from "../../src/demo/person.ts";
import { incidentId } from "../../src/incident/ids.ts";
import { isObject } from "../../src/matrix/event.ts";
import type { EventId, RoomId, UserId } from "../../src/matrix/ids.ts";
import { newPerson } from "../support/homeserver.ts";
import { isEdit, openIncident, saying, wholeRoom } from "../support/incident-room.ts";
import {
  type Installation,
  type InstallationOptions,
  journal,
  newInstallation,
  readiness,
  startService,
  until,
} from "../support/service.ts";

/** How many people join a room at first, and from then on each second; Synapse's own limit is 10 and 1. */
const joins = { burst_count: 10, per_second: 10 };
/** The same for invitations, where the bot is limited too. */
const invitations = { burst_count: 10, per_second: 8 };

/** An incident that one person commands, and a crowd that is not in it. */
interface Place {
  readonly installation: Installation;
  readonly service: string;
  readonly commander: Person;
  readonly room: RoomId;
  readonly crowd: readonly Person[];
}

async function newPlace(size: number, options: InstallationOptions): Promise<Place> {
  const installation = await newInstallation(options);
  const { url: service } = await startService(installation);
  const { synapse, bot } = installation;
  const commander = await newPerson(synapse, "alice", { displayName: "Alice" });
  const room = await openIncident(commander, await openDirectChat(commander, bot), "new sev4 Payments fail");
  await commander.waitFor(saying(bot, incidentId(1)), { what: "the card", room });
  // One after the other they would wait for the homeserver, all at once it for them.
  const crowd: Person[] = [];
  const names = Array.from({ length: size }, (_, i) => `p${i + 1}`).values();
  const register = async () => {
    for (const name of names) crowd.push(new Person(await synapse.registerPerson(name)));
  };
  await Promise.all(Array.from({ length: 8 }, register));
  return { installation, service, commander, room, crowd };
}

/** Invites people in one message, each with a pill, as Element writes it. */
async function inviteAll({ commander, room }: Place, people: readonly Person[]): Promise<EventId> {
  const pills = people.map((person) => pill(person.userId, nameOf(person)));
  const html = `!inc invite ${pills.join(" ")}`;
  return commander.say(room, `!inc invite ${people.map(nameOf).join(" ")}`, { html });
}

function nameOf({ userId }: Person): string {
  return userId.slice(1, userId.indexOf(":"));
}

/** Those whose membership of a room is this one, asked of the homeserver. */
async function those(
  membership: "invite" | "join",
  { commander, room }: Place,
): Promise<ReadonlySet<UserId>> {
  const path = `/_matrix/client/v3/rooms/${encodeURIComponent(room)}/members?membership=${membership}`;
  const { chunk } = await commander.call("GET", path);
  const events = Array.isArray(chunk) ? chunk.filter(isObject) : [];
  return new Set(events.map(({ state_key }) => state_key as UserId));
}

/** Waits until the bot says that they are invited, checks that they are, and gives how long it took, in ms. */
async function areInvited(place: Place, people: readonly Person[]): Promise<number> {
  const { installation, commander, room } = place;
  const from = Date.now();
  const words = `${people.length} people are invited.`;
  await commander.waitFor(saying(installation.bot, words), { what: words, room });
  const invited = await those("invite", place);
  assert.deepEqual(people.filter(({ userId }) => !invited.has(userId)).map(nameOf), []);
  return Date.now() - from;
}

/** Joins as clients do: who is told to wait tries again. */
async function join(person: Person, room: RoomId): Promise<void> {
  for (;;) {
    try {
      await person.join(room);
      return;
    } catch (error) {
      if (!(error instanceof HomeserverRefusal) || error.status !== 429) throw error;
      await delay(200);
    }
  }
}

/** What the bot said in the room after an event, and how often it wrote the power levels since. */
async function since({ installation, commander, room }: Place, event: EventId) {
  const all = await wholeRoom(commander, room);
  const after = all.slice(all.findIndex(({ event_id }) => event_id === event) + 1);
  const isSaid = (each: (typeof after)[number]) =>
    each.type === "m.room.message" && each.sender === installation.bot && !isEdit(each);
  return {
    said: after.filter(isSaid).map(({ content }) => (isObject(content) ? content.body : undefined)),
    levels: after.filter(({ type }) => type === "m.room.power_levels").length,
  };
}

/** Looks at `/ready` again and again until stopped, and gives every answer that was not the good one. */
function watch(url: string): { stop(): Promise<readonly string[]> } {
  const bad: string[] = [];
  const watching = { stopped: false };
  const done = (async () => {
    while (!watching.stopped) {
      const { ready, words } = await readiness(url);
      if (!ready) bad.push(words);
      await delay(50);
    }
  })();
  return {
    async stop() {
      watching.stopped = true;
      await done;
      return bad;
    },
  };
}

const place = await newPlace(215, { settings: { rc_joins_per_room: joins } });

test("200 people are invited by one command: all of them, with one write of power levels and one summary", async (t) => {
  const { installation, service, room } = place;
  const crowd = place.crowd.slice(0, 200);
  const ready = watch(service);
  const typed = await inviteAll(place, crowd);
  t.diagnostic(`200 people are invited after ${await areInvited(place, crowd)} ms`);

  const from = Date.now();
  await Promise.all(crowd.map((person) => join(person, room)));
  t.diagnostic(`all of them have joined after ${Date.now() - from} ms more`);
  const joined = await those("join", place);
  assert.deepEqual(crowd.filter(({ userId }) => !joined.has(userId)).map(nameOf), []);
  const inJournal = async () =>
    (await journal(installation.config, incidentId(1))).filter(({ type }) => type === "joined").length;
  // The commander has joined too.
  await until(async () => (await inJournal()) === crowd.length + 1, "all of them in the journal");
  assert.deepEqual(await ready.stop(), []);
  assert.deepEqual(await since(place, typed), { said: ["200 people are invited."], levels: 1 });
});

test("those of a crowd who cannot be invited are named in one message", async () => {
  const crowd = place.crowd.slice(200);
  const closed = crowd.filter((_, i) => i % 5 === 0);
  const open = crowd.filter((person) => !closed.includes(person));
  for (const person of closed) await blockInvitations(person);
  const typed = await inviteAll(place, crowd);
  await areInvited(place, open);
  const { said, levels } = await since(place, typed);
  // Who could not be invited has no power any more.
  assert.equal(levels, 2);
  const [summary, refused, ...more] = said.join("\n").split("\n");
  assert.deepEqual([said.length, summary, more], [1, `${open.length} people are invited.`, []]);
  const [names = "", reason] = refused?.split(" could not be invited: ") ?? [];
  assert.deepEqual(names.split(", ").toSorted(), closed.map(nameOf).toSorted());
  assert.match(reason ?? "", /M_INVITE_BLOCKED/);
});

test("limited by the homeserver like anyone else, the bot loses nobody", async (t) => {
  const limited = await newPlace(80, {
    rateLimited: true,
    settings: { rc_invites: { per_room: invitations, per_issuer: invitations } },
  });
  const ready = watch(limited.service);
  const typed = await inviteAll(limited, limited.crowd);
  t.diagnostic(`80 people are invited after ${await areInvited(limited, limited.crowd)} ms`);
  assert.deepEqual(await ready.stop(), []);
  assert.deepEqual(await since(limited, typed), { said: ["80 people are invited."], levels: 1 });
});

/** Has the homeserver refuse every invitation of somebody (client-server API, "Invite permission"). */
async function blockInvitations(person: Person): Promise<void> {
  const path = `/_matrix/client/v3/user/${encodeURIComponent(person.userId)}/account_data/m.invite_permission_config`;
  await person.call("PUT", path, { default_action: "block" });
}
