import { monitorEventLoopDelay } from "node:perf_hooks";
import { type Queues, queues } from "../journal/queues.ts";
import type { Queries } from "../store/store.ts";
import { exposition, Histogram, type Metric } from "./exposition.ts";
import type { Health } from "./health.ts";
import { toolVersion } from "./version.ts";

/** What the workers measure. */
export interface Meter {
  /** A command was answered, so many milliseconds after it had arrived. */
  answered(ms: number): void;
}

/** What is looked at when somebody asks for the figures. */
export interface Watched {
  readonly db: Queries;
  readonly engine: string;
  readonly health: Health;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  /** Whether this Cordon leads. */
  readonly leads: () => boolean;
}

/** In seconds. A person waits for a second and wonders after ten. */
const bounds = [0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60];
/** How long the database may take to be counted, in milliseconds: a scrape must not wait for one that hangs. */
const patienceMs = 2_000;
/** The same figures are shown for so long, in milliseconds, however often somebody asks. */
const freshMs = 1_000;

/**
 * The figures of this process and of its queues, in the text format of Prometheus. There is no title, name or
 * room in them: they are shown to whoever reaches the address.
 *
 * Written out here and not with `prom-client`: that is 21 MiB in memory, a seventh of what the whole service may
 * have, for one histogram and some numbers that are counted when somebody asks.
 */
export class Metrics implements Meter {
  readonly #commands = new Histogram(bounds);
  readonly #loop = monitorEventLoopDelay({ resolution: 20 });
  #shown: { readonly text: Promise<string>; readonly until: number } | undefined;

  answered(ms: number): void {
    this.#commands.observe(Math.max(0, ms) / 1000);
  }

  /** Begins to watch the event loop. */
  start(): void {
    this.#loop.enable();
  }

  stop(): void {
    this.#loop.disable();
  }

  /** The figures as they are now, as text. */
  async read(watched: Watched): Promise<string> {
    const now = performance.now();
    if (this.#shown === undefined || now >= this.#shown.until) {
      this.#shown = { text: this.#write(watched), until: now + freshMs };
    }
    return this.#shown.text;
  }

  async #write(watched: Watched): Promise<string> {
    const counted = await countWithin(watched, patienceMs);
    return exposition([
      ...ofService(watched, counted),
      ...this.#ofProcess(),
      ...(counted === undefined ? [] : ofQueues(counted, watched.now())),
    ]);
  }

  #ofProcess(): readonly Metric[] {
    const { user, system } = process.cpuUsage();
    // Nanoseconds; the timer's own 20 ms are in it.
    const late = (ns: number) => Math.max(0, (Number.isFinite(ns) ? ns : 0) / 1e9 - 0.02);
    const [p99, worst] = [late(this.#loop.percentile(99)), late(this.#loop.max)];
    this.#loop.reset();
    return [
      {
        name: "cordon_command_seconds",
        type: "histogram",
        help: "From the arrival of a command to its answer in the room.",
        samples: this.#commands.samples(),
      },
      gauge(
        "cordon_event_loop_late_p99_seconds",
        "How late the event loop was since it was last asked, 99th percentile.",
        p99,
      ),
      gauge(
        "cordon_event_loop_late_max_seconds",
        "How late the event loop was since it was last asked, at worst.",
        worst,
      ),
      gauge("process_resident_memory_bytes", "Resident memory.", process.memoryUsage.rss()),
      counter("process_cpu_seconds_total", "Processor time, user and system.", (user + system) / 1e6),
      gauge(
        "process_start_time_seconds",
        "When the process started, since the epoch.",
        performance.timeOrigin / 1000,
      ),
    ];
  }
}

/** The queues; `undefined` where the database does not answer in time. */
async function countWithin({ db, now }: Watched, ms: number): Promise<Queues | undefined> {
  const { promise: late, resolve } = Promise.withResolvers<undefined>();
  const patience = setTimeout(resolve, ms, undefined);
  try {
    return await Promise.race([queues(db, now()), late]);
  } catch {
    return undefined;
  } finally {
    clearTimeout(patience);
  }
}

function ofService({ engine, health, leads }: Watched, counted: Queues | undefined): readonly Metric[] {
  const labels = { version: toolVersion, node: process.version, engine };
  const isUp = counted !== undefined && health.isWell("database");
  return [
    { ...gauge("cordon_build_info", "What runs here.", 1), samples: [{ value: 1, labels }] },
    gauge("cordon_leading", "1 where this Cordon leads, 0 where it stands by.", leads()),
    gauge("cordon_ready", "1 where /ready says so.", health.readiness().ready),
    gauge("cordon_troubles", "Reasons that /ready gives.", health.readiness().reasons.length),
    gauge("cordon_database_up", "1 where the database answers and takes what arrives.", isUp),
    // Whoever stands by does not look after it.
    ...(leads()
      ? [gauge("cordon_homeserver_up", "1 where the homeserver answers.", health.isWell("homeserver"))]
      : []),
  ];
}

function ofQueues({ inbox, outbox, incidents, ...queues }: Queues, now: number): readonly Metric[] {
  const oldest = inbox.oldest === null ? 0 : Math.max(0, now - inbox.oldest) / 1000;
  const { over = 0, cancelled = 0 } = incidents;
  const states = Object.entries(incidents).map(([state, value]) => ({ value, labels: { state } }));
  return [
    gauge("cordon_inbox_waiting", "Events that have arrived and wait to be handled.", inbox.waiting),
    gauge("cordon_inbox_oldest_seconds", "How long the oldest of them has waited.", oldest),
    gauge("cordon_inbox_set_aside", "Events that could not be handled and were set aside.", inbox.aside),
    gauge("cordon_outbox_waiting", "Messages that wait to be sent.", outbox.waiting),
    gauge("cordon_outbox_refused", "Messages that the homeserver refused for good.", outbox.refused),
    gauge("cordon_timers_due", "Timers whose moment has come.", queues.timersDue),
    gauge("cordon_archives_waiting", "Incidents that are over and not archived yet.", over + cancelled),
    gauge("cordon_deliveries_waiting", "Archives to be copied or removed.", queues.deliveriesWaiting),
    gauge("cordon_attachments_waiting", "Attachments to be fetched.", queues.attachmentsWaiting),
    { ...gauge("cordon_incidents", "Incidents by their state.", 0), samples: states },
    counter(
      "cordon_events_fetched_total",
      "Events that the homeserver never brought and were fetched.",
      queues.fetched,
    ),
  ];
}

function gauge(name: string, help: string, value: number | boolean): Metric {
  return { name, help, type: "gauge", samples: [{ value: Number(value) }] };
}

function counter(name: string, help: string, value: number): Metric {
  return { name, help, type: "counter", samples: [{ value }] };
}
