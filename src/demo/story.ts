import { type IncidentId, parseIncidentId } from "../incident/ids.ts";
import { object, text } from "../matrix/event.ts";
import {
  type EventId,
  isMediaUri,
  isRoomAlias,
  type RoomAlias,
  type RoomId,
  type UserId,
} from "../matrix/ids.ts";
import { openDirectChat } from "./direct-chat.ts";
import { pill } from "./message.ts";
import { Person } from "./person.ts";
import { levelIn, Play, type Player, StoryBroken } from "./play.ts";
import type { Scenery, Stage } from "./stage.ts";
import { playStranger } from "./stranger.ts";
import type { Telling } from "./telling.ts";

/** Who plays, and where. */
interface Scene {
  readonly play: Play;
  readonly alice: Player;
  readonly bob: Player;
  readonly carol: Player;
  readonly room: RoomId;
}

const title = "Payments fail at checkout";
/** Building an archive takes a moment, more on a busy machine. */
const archiveMs = 60_000;

/**
 * Plays one incident from the first line typed to its archive, and checks every step.
 * Errors: the first thing that did not hold.
 */
export async function playIncident(stage: Stage, scenery: Scenery, telling: Telling): Promise<IncidentId> {
  const play = new Play(scenery.bot, telling);
  const [alice, bob, carol, mallory] = await Promise.all(
    ["Alice", "Bob", "Carol", "Mallory"].map(
      async (name): Promise<Player> => ({ name, person: await stage.enter(name.toLowerCase(), name) }),
    ),
  );
  if (!alice || !bob || !carol || !mallory) throw new Error("Somebody is missing.");
  const { incident, room } = await declares(play, alice, [bob, carol], scenery.roomVersion);
  const scene = { play, alice, bob, carol, room };
  await takeRoles(scene);
  await work(scene);
  await overreach(scene, incident);
  await playStranger(play, mallory, room, await aliasOf(alice.person, room), incident);
  await isTamperedWith(scene, await stage.enter("olga", "Olga", true));
  await handsOver(scene);
  await end(scene, incident);
  return incident;
}

async function aliasOf(person: Person, room: RoomId): Promise<RoomAlias> {
  const { alias } = await person.state(room, "m.room.canonical_alias");
  if (!isRoomAlias(alias)) throw new StoryBroken("The room has no alias.");
  return alias;
}

async function declares(
  play: Play,
  alice: Player,
  others: readonly Player[],
  version: string,
): Promise<{ incident: IncidentId; room: RoomId }> {
  play.telling.scene("Alice opens an incident, in a direct chat with Cordon");
  const chat = await openDirectChat(alice.person, play.bot);
  const names = others.map(({ name }) => name).join(" ");
  const pills = others.map(({ name, person }) => pill(person.userId, name)).join(" ");
  const words = `!inc new sev3 ${title}`;
  const answer = await play.asks(alice, chat, `${words} ${names}`, {
    html: `${words} ${pills}`,
    mentions: others.map(({ person }) => person.userId),
  });
  const incident = parseIncidentId(/INC-\d+/.exec(answer)?.[0] ?? "");
  if (incident === undefined) throw new StoryBroken(`No incident was opened: ${answer.split("\n")[0]}`);
  const room = await alice.person.waitForInvitation();
  await alice.person.join(room);
  for (const { person } of others) {
    await person.waitForInvitation({ room });
    await person.join(room);
  }
  play.telling.holds(`Alice, ${names.replace(" ", " and ")} were invited, and joined`);
  await isPrivate(play, alice.person, room, version);
  return { incident, room };
}

async function isPrivate(play: Play, person: Person, room: RoomId, version: string): Promise<void> {
  const create = await person.state(room, "m.room.create");
  const rules = await person.state(room, "m.room.join_rules");
  play.holds(
    `the room is of version ${version}, by invitation only, and stays on this homeserver`,
    create.room_version === version && create["m.federate"] === false && rules.join_rule === "invite",
  );
}

async function takeRoles({ play, alice, bob, carol, room }: Scene): Promise<void> {
  play.telling.scene("Everybody gets a part, and accepts it");
  await play.commands(alice, room, "!inc accept");
  await play.hears(alice, room, "Alice is commander since");
  await play.commands(alice, room, "!inc role scribe @bob");
  await play.agrees(bob, room, "Bob: ✅ to be scribe");
  await play.hears(bob, room, "Bob is scribe since");
  await play.levels(
    bob,
    room,
    "the scribe's powers came with it",
    (levels) => levelIn(levels, bob.person.userId) === 50,
  );
  await play.commands(carol, room, "!inc volunteer comms");
  await play.agrees(alice, room, "Carol offers to be comms");
  await play.hears(carol, room, "Carol is comms since");
}

async function work({ play, alice, bob, carol, room }: Scene): Promise<void> {
  play.telling.scene("They work, and not everything said is meant to stay");
  const typo = await play.says(bob, room, "The faiover node is full");
  await bob.person.edit(room, typo, "The failover node is full");
  play.telling.does("Bob", "edits it: The failover node is full");
  const slip = await play.says(carol, room, "The console password is hunter2");
  await carol.person.redact(room, slip, "not meant for here");
  play.telling.does("Carol", "removes it");
  const removed = await bob.person.call(
    "GET",
    `/_matrix/client/v3/rooms/${encodeURIComponent(room)}/event/${encodeURIComponent(slip)}`,
  );
  play.holds(
    "what she removed can be read by nobody in the room",
    text(object(removed, "content"), "body") === undefined,
  );
  const graph = new TextEncoder().encode("time,failed\n14:02,3\n14:03,212\n14:04,640\n");
  await bob.person.sendFile(room, "failed-payments.csv", graph, "text/csv");
  play.telling.does("Bob", "sends a file: failed-payments.csv");
  await play.commands(alice, room, "!inc sev 2 no card payment gets through");
  await play.hears(alice, room, "SEV2 now, was SEV3");
  await play.commands(bob, room, "!inc note the provider has been called");
  await play.commands(alice, room, "!inc update rolling back release 214 next 45m");
}

async function overreach({ play, alice, bob, room }: Scene, incident: IncidentId): Promise<void> {
  play.telling.scene("Bob tries what only the commander does");
  const answer = await play.asks(bob, room, "!inc over I have seen enough");
  play.holds(
    "he is refused, and told who can",
    answer.startsWith("Only the commander") && answer.includes("Alice"),
  );
  await play.impossible(
    "the homeserver itself keeps him from changing powers, name or rules of the room",
    bob.person.sendState(room, "m.room.power_levels", "", { users: { [bob.person.userId]: 100 } }),
    bob.person.sendState(room, "m.room.name", "", { name: "Bob's room" }),
    bob.person.sendState(room, "m.room.join_rules", "", { join_rule: "public" }),
  );
  const harmless = await play.says(alice, room, "I will say when it is over");
  await alice.person.edit(room, harmless, "!inc over all is well");
  play.telling.does("Alice", "edits that into a command, which runs nothing");
  const status = await play.asks(alice, room, "!inc status");
  play.holds("the incident goes on", status.startsWith(`${incident} · SEV2 · ACTIVE`));
}

/** An administrator of the homeserver can act as anybody on it, the bot included. */
async function isTamperedWith({ play, alice, bob, room }: Scene, olga: Person): Promise<void> {
  play.telling.scene("Olga, who runs the homeserver, acts as the bot and gives Bob power");
  const changed = await raise(await signInAs(olga, play.bot), room, bob.person);
  play.telling.does("Olga", "sets Bob's level to 100, in the name of the bot");
  await play.hears(alice, room, "changed the power levels of this room; it was put back");
  const isBack = (level: unknown) => level === 50;
  await play.levels(
    alice,
    room,
    "it was put back at once",
    (levels) => isBack(levelIn(levels, bob.person.userId)),
    changed,
  );
  const now = await alice.person.state(room, "m.room.power_levels");
  const told = alice.person
    .seen(room)
    .filter(({ content }) => (text(content, "body") ?? "").endsWith("it was put back."));
  play.holds("of all that was written in the bot's name, only this was foreign", told.length === 1);
  play.holds("Bob has the powers of the scribe, and no more", isBack(levelIn(now, bob.person.userId)));
}

/** Signs in as somebody else, as only an administrator of the homeserver can (Synapse's admin API). */
async function signInAs(administrator: Person, user: UserId): Promise<Person> {
  const answer = await administrator.call(
    "POST",
    `/_synapse/admin/v1/users/${encodeURIComponent(user)}/login`,
    {},
  );
  const accessToken = text(answer, "access_token") ?? "";
  return new Person({
    homeserver: administrator.account.homeserver,
    userId: user,
    accessToken,
    password: "",
  });
}

/** Gives somebody the level 100 in a room. */
async function raise(by: Person, room: RoomId, user: Person): Promise<EventId> {
  const levels = await by.state(room, "m.room.power_levels");
  const users = { ...object(levels, "users"), [user.userId]: 100 };
  return by.sendState(room, "m.room.power_levels", "", { ...levels, users });
}

/** Command passes in one write: at no moment has nobody its power, and at none have two people. */
async function handsOver({ play, alice, carol, room }: Scene): Promise<void> {
  play.telling.scene("Alice's shift ends, and she hands command to Carol");
  await play.commands(alice, room, "!inc handover commander @carol");
  await play.hears(carol, room, "Brief for Carol");
  await play.agrees(carol, room, "Carol: ✅ to be commander");
  await play.hears(carol, room, "Carol is commander since");
  await play.levels(
    carol,
    room,
    "command passed from Alice to Carol in one write",
    (levels) => levelIn(levels, carol.person.userId) === 60 && levelIn(levels, alice.person.userId) === 10,
  );
}

async function end({ play, carol, bob, room }: Scene, incident: IncidentId): Promise<void> {
  play.telling.scene("It is over, and archived");
  await play.commands(carol, room, "!inc mitigated release 214 is rolled back");
  await play.hears(carol, room, "Mitigated since");
  await play.commands(carol, room, "!inc over fixed by rolling back release 214");
  await play.hears(carol, room, "Over since");
  await play.levels(bob, room, "who does not lead only reads now", (levels) => levels.events_default !== 10);
  await play.impossible("Bob can write nothing any more", bob.person.say(room, "One more thing"));
  await play.hears(carol, room, "Archived and read again", archiveMs);
  const report = await carol.person.waitFor(
    ({ content }) => content.msgtype === "m.file" && text(content, "body") === `${incident}-report.html`,
    {
      what: "the report",
      room,
    },
  );
  const { url } = report.content;
  if (!isMediaUri(url)) throw new StoryBroken("The report has no media address.");
  const page = new TextDecoder().decode(await carol.person.download(url));
  play.holds("its report is in the room", page.includes(incident) && page.includes(title));
}
