import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { sql } from "kysely";
import { loadConfig } from "../../src/config/load.ts";
import type { IncidentId } from "../../src/incident/ids.ts";
import { append } from "../../src/journal/append.ts";
import { aliasOf, installation, nextIncidentId } from "../../src/journal/installation.ts";
import { notePlace } from "../../src/journal/known-rooms.ts";
import type { RoomId } from "../../src/matrix/ids.ts";
import type { Homeserver } from "../../src/matrix/ports.ts";
import { makeSigningKey } from "../../src/proof/sshkey.ts";
import { Health } from "../../src/service/health.ts";
import { InvitationFlood } from "../../src/service/invitation-flood.ts";
import { Locks } from "../../src/service/locks.ts";
import { Rosters } from "../../src/service/rosters.ts";
import { rulesOf } from "../../src/service/rules.ts";
import type { Service } from "../../src/service/service.ts";
import { TalkFlood } from "../../src/service/talk-flood.ts";
import { type Change, openStore, type Queries } from "../../src/store/store.ts";
import { onlyTerm } from "../../src/store/term.ts";
import { idOf, pastOf, type Stage, settings } from "../support/cast.ts";
import { bot, noon } from "../support/incident.ts";
import { scratchFolder } from "./scratch.ts";

export const lobby: RoomId = "!lobby";
export const direct: RoomId = "!direct";

/** The service from the inbox down, on a database of its own, as far as nothing is sent. */
export async function openHouse(
  stack: AsyncDisposableStack,
  homeserver: Homeserver,
  log: Service["log"],
): Promise<Service> {
  const folder = await scratchFolder(stack);
  const file = join(folder, "cordon.yaml");
  // YAML is JSON and more.
  await writeFile(file, JSON.stringify(settings));
  const store = await openStore({ engine: "sqlite", file: join(folder, "cordon.db") });
  stack.defer(() => store.close());
  await sql`pragma synchronous = off`.execute(store.db);
  const rosters = new Rosters();
  return {
    term: onlyTerm(store.db),
    db: store.db,
    homeserver,
    bot,
    rules: rulesOf(loadConfig(file, {}), bot, rosters),
    aliasKey: (await installation(store.db, noon)).aliasKey,
    signingKey: makeSigningKey(),
    locks: new Locks(),
    rosters,
    invitations: new InvitationFlood(),
    floods: new TalkFlood(),
    meter: { answered() {} },
    health: new Health(),
    log,
    bells: silentBells,
    now: () => noon,
  };
}

/** A new incident at a stage, with everyone in their place. */
export function openScene(service: Service, stage: Stage): Promise<IncidentId> {
  return service.db.transaction().execute(async (change) => {
    const id = await nextIncidentId(change);
    const { openedBy, opening, since } = pastOf(stage, "commander", roomOf(id));
    const alias = aliasOf(service.aliasKey, id);
    const moment = { actorRoles: [], eventAt: noon, recordedAt: noon };
    const first = { ...moment, actor: openedBy, cause: "opening" };
    const { incident } = await append(change, id, undefined, [opening], first, alias);
    await append(change, id, incident, since, { ...moment, actor: "cordon", cause: "since" }, alias);
    return id;
  });
}

export function roomOf(id: IncidentId): RoomId {
  return `!room-of-${id}`;
}

const ofIncidents = [
  "timer",
  "heard",
  "member",
  "entry",
  "outbox",
  "inbox",
  "attachment",
  "room_state",
  "own_write",
  "incident",
  "place",
] as const;

/** Leaves nothing of any incident, and the bot in a lobby and in one direct chat, so that every input finds the same. */
export async function tidy(db: Queries): Promise<void> {
  await db.transaction().execute(async (change: Change) => {
    for (const table of ofIncidents) await change.deleteFrom(table).execute();
    await notePlace(change, lobby, { kind: "lobby" }, noon);
    await notePlace(change, direct, { kind: "direct", user: idOf("commander") }, noon);
  });
}

/** Nobody is woken: whoever tries an input takes every step. */
const silentBells: Service["bells"] = new Proxy({} as Service["bells"], { get: () => () => {} });
