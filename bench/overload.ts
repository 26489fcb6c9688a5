/**
 * What others feel of a room that is flooded. A commander types in the room of one incident, at a real
 * homeserver, and waits for each answer: first while nothing else happens, then while somebody writes a thousand
 * messages a second into the room of another incident. No Synapse takes so many from one person, so they are
 * brought to the service directly, as a homeserver would. In the end ten thousand more wait when it starts anew.
 */
import { join } from "node:path";
import { setTimeout as delay, setInterval as every } from "node:timers/promises";
import { Person } from "../src/demo/person.ts";
import { inboxFigures, keep } from "../src/journal/inbox.ts";
import type { EventId, RoomId, UserId } from "../src/matrix/ids.ts";
import { openForReading, openStore } from "../src/store/store.ts";
import { declare } from "../test/support/incident-room.ts";
import { deliveryTo, message, transactionOf } from "./delivery.ts";
import { hundredths, percentile } from "./figures.ts";
import { bot, configure, type Installation, install, startService } from "./service.ts";
import { benchSynapse } from "./synapse.ts";
import { inWorkplace } from "./workplace.ts";

interface OverloadFigures {
  readonly command_p95_ms_idle: number;
  readonly command_p95_ms_flooded: number;
  /** Mebibytes resident, at worst. */
  readonly rss_mb_peak: number;
  /** From the start of the service until nothing of ten thousand events waits. */
  readonly backlog_10k_drain_s: number;
  /** Messages a second that the service took during the flood. */
  readonly flood_per_s: number;
  /** How often whoever floods was told so. */
  readonly told: number;
}

const opening = "sev2 Payments fail at checkout";
const rounds = 60;
const backlog = 10_000;
const inTransaction = 100;
const transactionsPerSecond = 10;

export function overload(): Promise<OverloadFigures> {
  return inWorkplace(async (folder, ends) => {
    const installation = await install(join(folder, "cordon"));
    const synapse = await benchSynapse(folder, [installation], ends);
    await configure(installation, synapse.url);
    const service = await startService(installation);
    ends.defer(() => service.stop());
    const alice = new Person(await synapse.registerPerson("alice"));
    const mallory = new Person(await synapse.registerPerson("mallory"));
    for (const person of [alice, mallory]) ends.defer(() => person.stop());
    const { room: calm } = await declare(alice, bot, opening);
    const { room: loud } = await declare(mallory, bot, opening);

    const command_p95_ms_idle = await ask(alice, calm);
    process.stderr.write("overload: asked while it is idle\n");
    const flood = startFlood(installation, loud, mallory.userId);
    const memory = watchMemory(service);
    const command_p95_ms_flooded = await ask(alice, calm);
    const flood_per_s = await flood.stop();
    const rss_mb_peak = (await memory.stop()) / 2 ** 20;
    process.stderr.write("overload: asked during the flood\n");
    const told = await countTold(mallory, loud);
    await service.stop();
    return {
      command_p95_ms_idle: hundredths(command_p95_ms_idle),
      command_p95_ms_flooded: hundredths(command_p95_ms_flooded),
      rss_mb_peak: hundredths(rss_mb_peak),
      backlog_10k_drain_s: hundredths(await drain(installation, loud, mallory.userId)),
      flood_per_s: Math.round(flood_per_s),
      told,
    };
  });
}

/** Types a command again and again; the 95th percentile of the time until its answer is seen, in milliseconds. */
async function ask(person: Person, room: RoomId): Promise<number> {
  const times: number[] = [];
  for (let n = 0; n < rounds; n += 1) {
    await delay(100);
    const typed = performance.now();
    const after: EventId = await person.say(room, "!inc status");
    const isAnswer = ({ type, sender, content }: { type: string; sender: string; content: object }) =>
      type === "m.room.message" && sender === bot && !("m.new_content" in content);
    await person.waitFor(isAnswer, { what: "an answer", room, after, timeoutMs: 60_000 });
    times.push(performance.now() - typed);
  }
  return percentile(times, 0.95);
}

interface UnderWay<T> {
  stop(): Promise<T>;
}

/** Brings a thousand messages a second of one person; in the end, how many it were in a second. */
function startFlood({ port, registration }: Installation, room: RoomId, user: UserId): UnderWay<number> {
  const delivery = deliveryTo({ port, token: registration.hsToken });
  const ending = new AbortController();
  const begun = performance.now();
  const flooding = (async () => {
    let events = 0;
    for await (const _ of ticking(1_000 / transactionsPerSecond, ending.signal)) {
      await delivery.deliver(transactionOf(talk(room, user, inTransaction)));
      events += inTransaction;
    }
    return (events * 1_000) / (performance.now() - begun);
  })();
  return {
    async stop() {
      ending.abort();
      const rate = await flooding;
      delivery.close();
      return rate;
    },
  };
}

function watchMemory(service: { memory(): Promise<number> }): UnderWay<number> {
  const ending = new AbortController();
  const watching = (async () => {
    let most = await service.memory();
    for await (const _ of ticking(250, ending.signal)) most = Math.max(most, await service.memory());
    return most;
  })();
  return {
    stop() {
      ending.abort();
      return watching;
    },
  };
}

async function* ticking(ms: number, signal: AbortSignal): AsyncGenerator<undefined> {
  try {
    yield* every(ms, undefined, { signal });
  } catch (error) {
    if (!signal.aborted) throw error;
  }
}

function talk(room: RoomId, user: UserId, count: number) {
  return Array.from({ length: count }, () => message(room, user, "The database is slow since 14:02 UTC."));
}

/** How often somebody was told in a room that they flood it. */
async function countTold(person: Person, room: RoomId): Promise<number> {
  const isTold = ({ sender, content }: { sender: string; content: object }) =>
    sender === bot && "body" in content && String(content.body).includes("more than anybody here can read");
  await person.waitFor(isTold, { what: "the word about the flood", room });
  return person.seen(room).filter(isTold).length;
}

/** Puts ten thousand messages before a service that does not run, and starts it. */
async function drain(installation: Installation, room: RoomId, user: UserId): Promise<number> {
  await using ends = new AsyncDisposableStack();
  const address = { engine: "sqlite", file: join(installation.folder, "cordon.db") } as const;
  const store = await openStore(address);
  const arrivals = talk(room, user, backlog).map((event) => ({
    eventId: String(event.event_id),
    roomId: room,
    json: JSON.stringify(event),
  }));
  await keep(store.db, arrivals, Date.now());
  await store.close();
  const begun = performance.now();
  const service = await startService(installation);
  ends.defer(() => service.stop());
  const looking = await openForReading(address);
  ends.defer(() => looking.close());
  while ((await inboxFigures(looking.db)).waiting > 0) await delay(20);
  return (performance.now() - begun) / 1_000;
}
