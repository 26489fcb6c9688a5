import { type Config, rosterRooms } from "./config/config.ts";
import { isRoomName } from "./config/names.ts";
import { matchesPattern, type UserPattern } from "./config/pattern.ts";
import type { Registration } from "./config/registration.ts";
import type { IncidentId, UserId } from "./incident/ids.ts";
import type { Policy } from "./incident/policy.ts";
import { keep } from "./journal/inbox.ts";
import { installation } from "./journal/installation.ts";
import { refold } from "./journal/refold.ts";
import { createHomeserver } from "./matrix/homeserver.ts";
import { createIntake } from "./matrix/intake.ts";
import type { Transaction } from "./matrix/transaction.ts";
import { archiveNext } from "./service/archivist.ts";
import { fetchNext } from "./service/attachments.ts";
import { Health } from "./service/health.ts";
import { handleNext } from "./service/inbox-worker.ts";
import { InvitationFlood } from "./service/invitation-flood.ts";
import { Locks } from "./service/locks.ts";
import type { Log } from "./service/log.ts";
import { sendNext } from "./service/outbox-sender.ts";
import { Pump } from "./service/pump.ts";
import { keepRoom } from "./service/room-keeper.ts";
import { loadRosters, Rosters } from "./service/rosters.ts";
import type { Bells, Service } from "./service/service.ts";
import { loadSigningKey } from "./service/signing-key.ts";
import { wakeAll } from "./service/start.ts";
import { keepTime } from "./service/timekeeper.ts";
import type { TokenRefusal } from "./service/tokens.ts";
import { type Duty, watchHomeserver } from "./service/watch.ts";
import { openStore, type Queries } from "./store/store.ts";

/** The device without which nothing can be sent exactly once. */
const device = "CORDON";
/** How long a call to the homeserver may take, in milliseconds. */
const callMs = 30_000;

/** The running service. */
export interface App {
  /** Where it listens. */
  readonly address: { readonly host: string; readonly port: number };
  /** Resolves where homeserver and service turn out not to have the same tokens: somebody has to look. */
  readonly refused: Promise<TokenRefusal>;
  /** Takes nothing more, finishes what it is doing, and lets go of everything. */
  stop(): Promise<void>;
}

/** The whole service, put together: what it needs, its workers, and the door that feeds them. */
export async function startApp(config: Config, registration: Registration, log: Log): Promise<App> {
  const store = await openStore(config.database);
  try {
    const health = new Health();
    health.trouble("homeserver", "the homeserver has not been reached yet");
    const { promise: refused, resolve } = Promise.withResolvers<TokenRefusal>();
    const duty: Duty = { reported: false, accepted: false, refused: resolve };
    const { service, workers } = await assemble(config, registration, log, store.db, health, duty);
    const intake = createIntake({
      hsToken: registration.hsToken,
      legacyQueryToken: config.appservice.legacyQueryToken,
      accept: (transaction) => accept(service, transaction),
      ready: () => health.readiness(),
      log,
    });
    const refolded = await refold(store.db);
    if (refolded > 0) log.info({ incidents: refolded }, "incidents were folded anew by this version");
    const address = await intake.listen(config.appservice.listen);
    log.info({ ...address, engine: store.engine }, "Cordon is listening");
    await wakeAll(service);
    workers.watch.wake("homeserver");
    return {
      address,
      refused,
      async stop() {
        await intake.close();
        await Promise.all(Object.values(workers).map((pump) => pump.stop()));
        await store.close();
      },
    };
  } catch (error) {
    await store.close();
    throw error;
  }
}

/** What the rest needs, and the workers; each worker is a function that takes the service and does one step. */
async function assemble(
  config: Config,
  registration: Registration,
  log: Log,
  db: Queries,
  health: Health,
  duty: Duty,
) {
  const bot: UserId = `@${registration.senderLocalpart}:${config.homeserver.serverName}`;
  const { aliasKey } = await installation(db, Date.now());
  const rosters = await loadRosters(db, rosterRooms(config));
  const service: Service = {
    db,
    homeserver: createHomeserver({
      url: config.homeserver.url,
      asToken: registration.asToken,
      bot,
      device,
      timeoutMs: callMs,
    }),
    bot,
    rules: rulesOf(config, bot, rosters),
    aliasKey,
    signingKey: loadSigningKey(config.archive.signingKey),
    locks: new Locks(),
    rosters,
    invitations: new InvitationFlood(),
    health,
    log,
    bells: bells(),
    now: () => Date.now(),
  };
  const workers = {
    inbox: new Pump<string>({ name: "inbox", log, atOnce: 16 }, (room) => handleNext(service, room)),
    outbox: new Pump<string>({ name: "outbox", log, atOnce: 16 }, (room) => sendNext(service, room)),
    rooms: new Pump<IncidentId>({ name: "rooms", log, atOnce: 8 }, (id) => keepRoom(service, id)),
    archive: new Pump<IncidentId>({ name: "archive", log, atOnce: 1 }, (id) => archiveNext(service, id)),
    attachments: new Pump<"all">({ name: "attachments", log, atOnce: 1 }, () => fetchNext(service)),
    timers: new Pump<"all">({ name: "timers", log, atOnce: 1 }, () => keepTime(service)),
    watch: new Pump<"homeserver">({ name: "watch", log, atOnce: 1 }, () =>
      watchHomeserver(service, duty, registration.id),
    ),
  };
  return { service, workers };

  function bells(): Bells {
    return {
      inbox: (room) => workers.inbox.wake(room),
      outbox: (room) => workers.outbox.wake(room),
      incident: (id) => workers.rooms.wake(id),
      archive: (id) => workers.archive.wake(id),
      attachments: () => workers.attachments.wake("all"),
      timers: () => workers.timers.wake("all"),
    };
  }
}

/** Keeps a transaction: only when this resolves is it acknowledged. */
async function accept(service: Service, transaction: Transaction): Promise<void> {
  const arrivals = transaction.events.map((received) =>
    "malformed" in received
      ? { eventId: received.event_id, roomId: undefined, json: received.json, malformed: received.malformed }
      : { eventId: received.event.event_id, roomId: received.event.room_id, json: received.json },
  );
  try {
    for (const room of await keep(service.db, arrivals, service.now())) service.bells.inbox(room);
    service.health.well("database");
  } catch (error) {
    service.health.trouble("database", "the database does not take what the homeserver brings");
    throw error;
  }
}

/**
 * The configuration as the workers and the core know it.
 *
 * @param rosters who is in the rooms that make eligible; nobody where not given
 */
export function rulesOf(config: Config, bot: UserId, rosters = new Rosters()): Service["rules"] {
  return {
    policy: policyOf(config, bot, rosters),
    serverName: config.homeserver.serverName,
    prefixes: config.commands.prefixes,
    timeZone: config.rooms.timeZone,
    roomVersion: config.rooms.version,
    federate: config.rooms.federate,
    lobbies: config.rooms.lobbies,
    rosters: rosterRooms(config),
    administratorsRoom: config.access.administratorsRoom,
    archiveFolder: config.archive.folder,
    maxAttachmentBytes: config.archive.maxAttachmentBytes,
    staleAfterMs: config.commands.staleAfterMs,
  };
}

function policyOf(config: Config, bot: UserId, rosters: Rosters): Policy {
  const { access, roles, severities, reminders, playbooks, archive } = config;
  const among = (patterns: readonly UserPattern[], user: UserId) =>
    user !== bot && patterns.some((pattern) => matchesPattern(user, pattern));
  const mayHold = (role: string, user: UserId) =>
    (roles.definitions.get(role)?.eligible ?? []).some((item) =>
      isRoomName(item) ? user !== bot && rosters.has(item, user) : among([item], user),
    );
  return {
    roles: roles.definitions,
    acceptWithinMs: roles.acceptWithinMs,
    silentAfterMs: roles.silentAfterMs,
    vacancyFirstMs: roles.vacancyFirstMs,
    vacancyAgainMs: roles.vacancyAgainMs,
    ...cadences(severities),
    remindAgainMs: reminders.againMs,
    taskAnswerMs: reminders.taskAnswerMs,
    playbooks,
    graceMs: archive.graceMs,
    isMember: (user) => among(access.members, user),
    mayDeclare: (user) => among(access.declare, user),
    mayHold,
    isAdministrator: (user) => among(access.administrators, user),
  };
}

/** How often updates are due, for the severities that keep a cadence. */
function cadences(
  severities: Config["severities"],
): Pick<Policy, "updateEveryMs" | "updateEveryMitigatedMs"> {
  const given = (read: (cadence: Config["severities"]["sev1"]) => number | undefined) =>
    Object.fromEntries(
      Object.entries(severities).flatMap(([severity, cadence]) => {
        const every = read(cadence);
        return every === undefined ? [] : [[severity, every]];
      }),
    );
  return {
    updateEveryMs: given((cadence) => cadence.updateEveryMs),
    updateEveryMitigatedMs: given((cadence) => cadence.updateEveryMitigatedMs),
  };
}
