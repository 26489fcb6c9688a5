import { archiveScripts } from "./archive/scripts.ts";
import { botOf } from "./config/bot.ts";
import { type Config, rosterRooms } from "./config/config.ts";
import type { Registration } from "./config/registration.ts";
import { crashPoint } from "./crash/point.ts";
import type { IncidentId } from "./incident/ids.ts";
import { type Kind, kinds } from "./journal/histories.ts";
import { keep } from "./journal/inbox.ts";
import { installation } from "./journal/installation.ts";
import { refold } from "./journal/refold.ts";
import { HomeserverError } from "./matrix/errors.ts";
import { createHomeserver } from "./matrix/homeserver.ts";
import { createIntake, NotKept } from "./matrix/intake.ts";
import type { Transaction } from "./matrix/transaction.ts";
import { keepProgram } from "./program/keep.ts";
import { deliverNext } from "./service/archive-copy.ts";
import { reviseNext } from "./service/archive-revision.ts";
import { ArchivedRooms } from "./service/archived-rooms.ts";
import { archiveNext } from "./service/archivist.ts";
import { fetchNext } from "./service/attachments.ts";
import { Clock } from "./service/clock.ts";
import { DatabaseWatch } from "./service/database-watch.ts";
import { diskIsWell, metDisk } from "./service/disk-trouble.ts";
import { expositionType } from "./service/exposition.ts";
import { FileHandles } from "./service/file-handles.ts";
import { putFilesInOrder } from "./service/file-store.ts";
import { Fingerprint } from "./service/fingerprint.ts";
import { Health } from "./service/health.ts";
import { Heartbeat } from "./service/heartbeat.ts";
import { readNext } from "./service/history-reader.ts";
import { InForce } from "./service/in-force.ts";
import { handleNext } from "./service/inbox-worker.ts";
import { InvitationFlood } from "./service/invitation-flood.ts";
import { Leadership, type Work } from "./service/leadership.ts";
import { Locks } from "./service/locks.ts";
import type { AdjustableLog, Log } from "./service/log.ts";
import { Marking } from "./service/marking.ts";
import { type Meter, Metrics } from "./service/metrics.ts";
import { sendNext } from "./service/outbox-sender.ts";
import { refuseOtherBot } from "./service/own-bot.ts";
import { closeToOthers } from "./service/own-files.ts";
import { type Next, Pump } from "./service/pump.ts";
import { type Reloaded, Reloading } from "./service/reloading.ts";
import { keepRoom } from "./service/room-keeper.ts";
import { loadRosters } from "./service/rosters.ts";
import { rulesOf } from "./service/rules.ts";
import type { Bells, Service } from "./service/service.ts";
import type { Setup } from "./service/setup.ts";
import { loadSigningKey } from "./service/signing-key.ts";
import { Steps } from "./service/steps.ts";
import { TalkFlood } from "./service/talk-flood.ts";
import { Timekeeper } from "./service/timekeeper.ts";
import type { TokenRefusal } from "./service/tokens.ts";
import { type Tell, upgradeWith } from "./service/upgrade.ts";
import { type Duty, watchHomeserver } from "./service/watch.ts";
import { migrations } from "./store/migrations.ts";
import { openShared, type Queries } from "./store/store.ts";
import type { Term } from "./store/term.ts";

/** The device without which nothing can be sent exactly once. */
const device = "CORDON";
/** How long an archive that the disk did not take is left, in milliseconds. */
const fullDiskMs = 5_000;
/** How long a call to the homeserver may take, in milliseconds. */
const callMs = 30_000;

/** The running service. */
export interface App {
  /** Where it listens. */
  readonly address: { readonly host: string; readonly port: number };
  /**
   * Resolves with what makes going on useless: homeserver and service turn out not to have the same tokens, or
   * the database cannot be used any more. Somebody has to look.
   */
  readonly failed: Promise<unknown>;
  /** Reads the operator's files again, and works by them from then on, or by none of what has changed in them. */
  reload(): Promise<Reloaded>;
  /** Takes nothing more, finishes what it is doing, and lets go of everything. */
  stop(): Promise<void>;
}

/** The whole service, put together: the door, which keeps what comes, and the work, which one at a time does. */
export async function startApp(config: Config, registration: Registration, log: AdjustableLog): Promise<App> {
  const signingKey = loadSigningKey(config.archive.signingKey);
  const inForce = new InForce({ config, registration, signingKey });
  const reloading = new Reloading({ inForce, log });
  const keeping = keepProgram(Object.values(archiveScripts));
  // Where the database cannot be opened either, that is what is told.
  keeping.catch(() => {});
  await closeToOthers(config, log);
  const tell: Tell = (facts, words) => log.info(facts, words);
  const { engine } = config.database;
  const store = await openShared(config.database, migrations(engine), upgradeWith(config, tell));
  try {
    const marking = new Marking(store.db);
    const health = new Health();
    const clock = new Clock();
    const meter = new Metrics();
    const { promise: refused, resolve } = Promise.withResolvers<TokenRefusal>();
    const leadership = new Leadership({
      store,
      log,
      begin: (term) => work(inForce, log, term, { health, clock, meter, database }, resolve),
    });
    const { probe } = store;
    const fingerprint = new Fingerprint(store.db);
    const database = new DatabaseWatch({ probe, health, log, back: () => leadership.goOn() });
    const files = new FileHandles({ health, log, back: () => leadership.goOn() });
    const intake = createIntake({
      hsToken: registration.hsToken,
      legacyQueryToken: config.appservice.legacyQueryToken,
      accept: (transaction) => accept(store.db, { health, clock, database }, leadership, transaction),
      ready: () => ({
        ...health.readiness(),
        installation: fingerprint.known,
        configuration: { ...marking.of(inForce.setup), refused: reloading.refused },
      }),
      metrics: async () => ({
        type: expositionType,
        text: await meter.read({ ...store, health, now: clock.now, leads: () => leadership.leads }),
      }),
      log,
    });
    await leadership.prepare();
    await keeping;
    await refuseOtherBot(store.db, botOf(config, registration), config.file);
    const address = await intake.listen(config.appservice.listen);
    log.info({ ...address, engine: store.engine }, "Cordon is listening");
    meter.start();
    const { failed } = await leadership.begin();
    await fingerprint.look();
    database.look();
    files.look();
    return {
      address,
      failed: Promise.race([refused, failed]),
      reload: () => reloading.reload(),
      async stop() {
        reloading.stop();
        await intake.close();
        await leadership.stop();
        await database.stop();
        await files.stop();
        meter.stop();
        await store.close();
      },
    };
  } catch (error) {
    await store.close();
    throw error;
  }
}

/** What shows from outside how this process is, whether it leads or not. */
interface Instruments {
  readonly health: Health;
  readonly clock: Clock;
  readonly meter: Meter;
  readonly database: DatabaseWatch;
}

/** Begins to do what is to be done while this Cordon leads. */
async function work(
  inForce: InForce,
  log: Log,
  term: Term,
  instruments: Instruments,
  refused: (refusal: TokenRefusal) => void,
): Promise<Work> {
  const { health, clock, database } = instruments;
  health.trouble("homeserver", "the homeserver has not been reached yet");
  const { registration } = inForce.setup;
  const heartbeat = new Heartbeat(registration.id);
  const duty: Duty = {
    reported: false,
    accepted: false,
    failures: 0,
    compared: false,
    followed: undefined,
    heartbeat,
    clock,
    refused,
  };
  const { service, workers, followRules } = await assemble(inForce, log, term, instruments, duty);
  const refolded = await refold(service.db);
  if (refolded > 0) log.info({ incidents: refolded }, "incidents were folded anew by this version");
  await putFilesInOrder(service);
  workers.watch.wake("homeserver");
  const unfollow = inForce.listen(followRules);
  return {
    ring: service.bells.inbox,
    goOn() {
      // The homeserver, which was told to wait, has put us off for longer and longer.
      duty.reported = false;
      workers.watch.wake("homeserver");
    },
    async stop() {
      unfollow();
      await Promise.all(Object.values(workers).map((pump) => pump.stop()));
      health.forget({ except: ["database", "files"] });
      database.look();
    },
  };
}

/** What the rest needs, and the workers; each worker is a function that takes the service and does one step. */
async function assemble(inForce: InForce, log: Log, term: Term, instruments: Instruments, duty: Duty) {
  const { db } = term;
  // What a running service cannot take up is as it was at the start in every setup.
  const { config, registration } = inForce.setup;
  const bot = botOf(config, registration);
  const { aliasKey } = await installation(db, instruments.clock.now());
  const rosters = await loadRosters(db, rosterRooms(config));
  const lasting: Omit<Service, "rules" | "signingKey"> = {
    term,
    db,
    homeserver: createHomeserver({
      url: config.homeserver.url,
      asToken: registration.asToken,
      bot,
      device,
      timeoutMs: callMs,
      mayWrite: () => term.confirm(),
    }),
    bot,
    aliasKey,
    locks: new Locks(),
    rosters,
    invitations: new InvitationFlood(),
    floods: new TalkFlood(),
    ...instruments,
    log,
    bells: bells(),
    now: instruments.clock.now,
  };
  const archivedRooms = new ArchivedRooms();
  const steps = new Steps({ inForce, make: serviceOf, settled: followRules });
  const timekeeper = new Timekeeper();
  const pumping = { log, isKnown: (error: unknown) => isKnown(error, instruments) };
  const workers = {
    inbox: pump<string>("inbox", 16, handleNext),
    outbox: pump<string>("outbox", 16, sendNext),
    rooms: pump<IncidentId>("rooms", 8, keepRoom),
    archive: pump<IncidentId>("archive", 1, archive),
    deliveries: pump<IncidentId>("deliveries", 1, deliverNext),
    attachments: pump<IncidentId>("attachments", 4, fetchNext),
    timers: pump<"all">("timers", 1, (service) => timekeeper.keep(service)),
    archived: pump<"rooms">("archived rooms", 1, (service) => archivedRooms.readNext(service)),
    histories: pump<Kind>("histories", kinds.length, readNext),
    watch: pump<"homeserver">("watch", 1, (service) => watchHomeserver(service, duty, registration.id)),
  };
  return { service: steps.service, workers, followRules };

  /** A worker: each of its steps works by the rules that are in force when it begins. */
  function pump<K extends string>(
    name: string,
    atOnce: number,
    step: (service: Service, key: K) => Promise<Next>,
  ): Pump<K> {
    return new Pump<K>({ name, ...pumping, atOnce }, (key) => steps.take((service) => step(service, key)));
  }

  function serviceOf(setup: Setup, before: Setup | undefined): Service {
    const known = before === undefined ? rosterRooms(setup.config) : rosterRooms(before.config);
    // Who is in a room that is named newly is asked when it has been joined.
    for (const name of rosterRooms(setup.config)) if (!known.includes(name)) rosters.drop(name);
    return { ...lasting, rules: rulesOf(setup.config, bot, rosters), signingKey: setup.signingKey };
  }

  /** Has everything follow the rules in force that was made by others. */
  function followRules(): void {
    timekeeper.resetNext();
    duty.followed = undefined;
    wake(workers.timers, "all");
    if (duty.compared) workers.watch.wake("homeserver");
  }

  /** The first archive of an incident, and then what has to take its place: never two at a time. */
  async function archive(service: Service, id: IncidentId): Promise<Next> {
    try {
      const next = await archiveNext(service, id);
      const after = next === "idle" ? await reviseNext(service, id) : next;
      diskIsWell(service, id, "archives");
      return after;
    } catch (error) {
      if (!metDisk(service, id, "archives", error)) throw error;
      return { inMs: fullDiskMs };
    }
  }

  function bells(): Bells {
    return {
      inbox: (room) => wake(workers.inbox, room),
      outbox: (room) => wake(workers.outbox, room),
      incident: (id) => wake(workers.rooms, id),
      archive(id) {
        wake(workers.archive, id);
        wake(workers.deliveries, id);
      },
      attachments: (id) => wake(workers.attachments, id),
      timers: () => wake(workers.timers, "all"),
      histories() {
        for (const kind of kinds) wake(workers.histories, kind);
        archivedRooms.beginAgain();
        wake(workers.archived, "rooms");
      },
    };
  }

  /** Until the rooms have been seen not to know more than the database, nothing is done by what it says. */
  function wake<K extends string>(pump: Pump<K>, key: K): void {
    if (duty.compared) pump.wake(key);
  }
}

/** Keeps a transaction: only when this resolves is it acknowledged. */
async function accept(
  db: Queries,
  { health, clock, database }: Pick<Instruments, "health" | "clock" | "database">,
  leadership: Leadership,
  transaction: Transaction,
): Promise<void> {
  if (!health.isWell("files")) throw new NotKept("no file can be opened");
  const arrivals = transaction.events.map((received) =>
    "malformed" in received
      ? { eventId: received.event_id, roomId: undefined, json: received.json, malformed: received.malformed }
      : { eventId: received.event.event_id, roomId: received.event.room_id, json: received.json },
  );
  try {
    crashPoint("intake/arrived");
    const rooms = await keep(db, arrivals, clock.now());
    crashPoint("intake/kept");
    for (const room of rooms) leadership.ring(room);
  } catch (error) {
    throw database.met(error) ? new NotKept("the database is in trouble", { cause: error }) : error;
  }
}

/** Whether what made a step fail has been told already: the database, or the homeserver, is in trouble. */
function isKnown(error: unknown, { health, database }: Instruments): boolean {
  return database.met(error) || (error instanceof HomeserverError && !health.isWell("homeserver"));
}
