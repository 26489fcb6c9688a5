import { botOf } from "../../config/bot.ts";
import { type Config, rosterRooms } from "../../config/config.ts";
import type { Registration } from "../../config/registration.ts";
import { copiesWaiting } from "../../journal/deliveries.ts";
import { newestRoom } from "../../journal/incidents.ts";
import { heartbeatRoomOf, secretOf } from "../../journal/installation.ts";
import { createHomeserver } from "../../matrix/homeserver.ts";
import type { RoomId } from "../../matrix/ids.ts";
import type { Queries } from "../../store/store.ts";
import { checkBot } from "./bot.ts";
import { checkDatabase, checkHistory, checkInbox, checkOutbox, checkQueues } from "./database.ts";
import { checkArchiveFolder, checkCopyFolder, checkSpace } from "./disk.ts";
import { checkConfig, checkRegistration, checkSigningKey } from "./files.ts";
import type { Finding } from "./finding.ts";
import { checkHeldRooms } from "./held.ts";
import { checkHomeserver } from "./homeserver.ts";
import { checkInForce } from "./in-force.ts";
import { checkJournal } from "./journal.ts";
import { checkRights } from "./rights.ts";
import { checkService } from "./running.ts";

/** How long the homeserver may take for an answer here, in milliseconds: somebody is looking. */
const callMs = 10_000;
/** For how long the journals of archived incidents are followed, in milliseconds. */
const archivedMs = 10_000;

/**
 * Looks at everything an installation needs, beside the running service or without one, and changes
 * nothing. Gives each finding as soon as it is there. What cannot be looked at because something before
 * it is broken, is left out.
 */
export async function* checkUp(configFile: string): AsyncIterable<Finding> {
  const config = checkConfig(configFile);
  yield* config.findings;
  if (config.value === undefined) return;
  const registration = checkRegistration(config.value);
  yield* registration.findings;
  if (registration.value === undefined) return;
  yield* checkInstallation(config.value, registration.value);
}

async function* checkInstallation(config: Config, registration: Registration): AsyncIterable<Finding> {
  const bot = botOf(config, registration);
  const { store, finding, fingerprint } = await checkDatabase(config.database);
  const { runs, configuration, ...service } = await checkService(config, fingerprint);
  yield service;
  yield finding;
  let rooms: readonly RoomId[] = [];
  let copies = 0;
  if (store !== undefined) {
    try {
      const secret = await secretOf(store.db);
      if (configuration !== undefined && secret !== undefined)
        yield* checkInForce(config.file, configuration, secret);
      yield* checkContents(store.db);
      yield await checkBot(store.db, bot);
      rooms = await ownRooms(store.db);
      copies = await copiesWaiting(store.db);
    } finally {
      await store.close();
    }
  }
  yield await checkSpace(config);
  yield await checkArchiveFolder(config.archive.folder);
  if (config.archive.copyTo !== undefined) yield await checkCopyFolder(config.archive.copyTo, copies);
  yield checkSigningKey(config);
  yield await checkRights(config);
  const homeserver = createHomeserver({
    url: config.homeserver.url,
    asToken: registration.asToken,
    bot,
    device: "CORDON",
    timeoutMs: callMs,
  });
  yield* checkHomeserver(homeserver, {
    url: config.homeserver.url,
    registration,
    roomVersion: config.rooms.version,
    rooms,
    bot,
    files: { config: config.file, registration: config.appservice.registration },
    configured: {
      lobbies: config.rooms.lobbies,
      rosters: rosterRooms(config),
      administratorsRoom: config.access.administratorsRoom,
    },
    serviceRuns: runs,
  });
}

async function* checkContents(db: Queries): AsyncIterable<Finding> {
  yield await checkJournal(db, archivedMs);
  yield await checkInbox(db, Date.now());
  yield await checkHistory(db);
  yield await checkOutbox(db);
  yield await checkHeldRooms(db, Date.now());
  yield await checkQueues(db, Date.now());
}

/** The rooms that tell what the homeserver does to those we make: the first one, and the newest. */
async function ownRooms(db: Queries): Promise<readonly RoomId[]> {
  const rooms = [await heartbeatRoomOf(db), await newestRoom(db)];
  return rooms.filter((room) => room !== undefined);
}
