import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { sql } from "kysely";
import { loadConfig } from "../../src/config/load.ts";
import type { IncidentId, UserId } from "../../src/incident/ids.ts";
import { append } from "../../src/journal/append.ts";
import { aliasOf, installation, nextIncidentId } from "../../src/journal/installation.ts";
import { makeSigningKey } from "../../src/proof/sshkey.ts";
import { Health } from "../../src/service/health.ts";
import { InvitationFlood } from "../../src/service/invitation-flood.ts";
import { Locks } from "../../src/service/locks.ts";
import { Rosters } from "../../src/service/rosters.ts";
import { rulesOf } from "../../src/service/rules.ts";
import type { Service } from "../../src/service/service.ts";
import { TalkFlood } from "../../src/service/talk-flood.ts";
import { type Change, openStore } from "../../src/store/store.ts";
import { onlyTerm } from "../../src/store/term.ts";
import { settings as castSettings, type Past } from "./cast.ts";
import { bot as castBot, noon } from "./incident.ts";

/** A configuration as an object, and the bot of its house. */
interface House {
  readonly settings: object;
  readonly bot: UserId;
}

/**
 * The service of the cast's house, or of another one, from the inbox down, on the database in this folder, which is made
 * where there is none. Nobody is woken: whoever has it takes every step.
 */
export async function openCastService(
  folder: string,
  world: Pick<Service, "homeserver" | "log" | "now">,
  { settings, bot }: House = { settings: castSettings, bot: castBot },
): Promise<{ readonly service: Service; close(): Promise<void> }> {
  const file = join(folder, "cordon.yaml");
  // YAML is JSON and more.
  await writeFile(file, JSON.stringify(settings));
  const store = await openStore({ engine: "sqlite", file: join(folder, "cordon.db") });
  await sql`pragma synchronous = off`.execute(store.db);
  const { aliasKey } = await installation(store.db, noon);
  const rosters = new Rosters();
  const service: Service = {
    term: onlyTerm(store.db),
    db: store.db,
    bot,
    rules: rulesOf(loadConfig(file, {}), bot, rosters),
    aliasKey,
    signingKey: makeSigningKey(),
    locks: new Locks(),
    rosters,
    invitations: new InvitationFlood(),
    floods: new TalkFlood(),
    meter: { answered() {} },
    health: new Health(),
    bells: silentBells,
    ...world,
  };
  return { service, close: () => store.close() };
}

/** A new incident with a past, as if all of it had been written just now. */
export async function writePast(
  change: Change,
  service: Service,
  pastOf: (id: IncidentId) => Past,
): Promise<IncidentId> {
  const id = await nextIncidentId(change);
  const { openedBy, opening, since } = pastOf(id);
  const alias = aliasOf(service.aliasKey, id);
  const moment = { actorRoles: [], eventAt: service.now(), recordedAt: service.now() };
  const first = { ...moment, actor: openedBy, cause: "opening" };
  const then = { ...moment, actor: "cordon", cause: "since" } as const;
  const { incident } = await append(change, id, undefined, [opening], first, alias);
  await append(change, id, incident, since, then, alias);
  return id;
}

const nothing = () => {};
const silentBells: Service["bells"] = {
  inbox: nothing,
  outbox: nothing,
  incident: nothing,
  archive: nothing,
  attachments: nothing,
  timers: nothing,
  histories: nothing,
};
