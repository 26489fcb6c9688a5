import { setTimeout as delay } from "node:timers/promises";
import { inboxFigures } from "../../src/journal/inbox.ts";
import { openIncidents } from "../../src/journal/incidents.ts";
import { outboxFigures } from "../../src/journal/outbox.ts";
import { openForReading } from "../../src/store/store.ts";
import { random } from "../support/chance.ts";
import { type Judgement, judge } from "./oracle.ts";
import { People } from "./people.ts";
import { type Fault, schedule } from "./schedule.ts";
import { buildStage, type Stage } from "./stage.ts";
import { trespasses, watchTerms } from "./trespass.ts";

export interface StormOptions {
  readonly seed: number;
  readonly kills: number;
  readonly database: "sqlite" | "postgres";
  readonly replicas: number;
  /** What the services find in their environment besides; see `test/crash`. */
  readonly environment?: () => Readonly<Record<string, string>>;
  readonly tell?: (words: string) => void;
}

export interface Storm extends Judgement {
  readonly kills: number;
  readonly faults: number;
  /** How many lines people typed that were meant for the service. */
  readonly commands: number;
  /** How many of all the lines the homeserver took. */
  readonly acknowledged: number;
  readonly seconds: number;
}

/** How long everything may take to come to rest when the storm is over, in milliseconds. */
const restMs = 180_000;

/** Plays people's work while everything around it breaks, lets it come to rest, and looks what became of it. */
export async function storm(options: StormOptions): Promise<Storm> {
  const { seed, kills, database, replicas, tell = () => {} } = options;
  const began = Date.now();
  await using ends = new AsyncDisposableStack();
  tell(`seed ${seed}: building the stage`);
  const stage = await buildStage(options, ends);
  const people = await People.gather(stage, random(seed + 1), ends);
  const faults = schedule({ seed, kills, replicas, databaseCanDie: database === "postgres" });
  await Promise.all(stage.services.map((service) => service.listens()));
  await watchTerms(stage.config.database);
  const working = people.work();
  // Where it fails while the storm goes on, that is told at the end of it.
  working.catch(() => {});
  await rage(stage, faults, tell);
  await heal(stage);
  tell("the storm is over; people finish what they do");
  people.stop();
  await working;
  const rest = await comeToRest(stage);
  tell("everything is at rest; looking what became of it");
  const judgement = await judge(stage, people.witness, people.deeds);
  const trespassed = await trespasses(stage.config.database);
  const ended = stage.services.flatMap(({ endedByItself }) => endedByItself.filter((code) => code === 70));
  return {
    ...judgement,
    wrong: [
      ...judgement.wrong,
      ...trespassed,
      ...(rest === undefined ? [] : [rest]),
      ...ended.map((code) => `a service ended by itself with ${code}`),
    ],
    kills: faults.filter(({ kind }) => kind === "kill").length,
    faults: faults.length,
    commands: people.deeds.filter(({ kind }) => kind !== "talk").length,
    acknowledged: people.deeds.length,
    seconds: Math.round((Date.now() - began) / 1000),
  };
}

async function rage(stage: Stage, faults: readonly Fault[], tell: (words: string) => void): Promise<void> {
  const lasting: Promise<void>[] = [];
  for (const [index, fault] of faults.entries()) {
    if (fault.kind === "kill" && fault.atWork) await stage.services[fault.replica]?.listens();
    await delay(fault.afterMs);
    if (index % 50 === 0) tell(`fault ${index} of ${faults.length}`);
    lasting.push(strike(stage, fault));
  }
  await Promise.all(lasting);
}

/** Lets one thing go wrong, and resolves when it is over. */
async function strike(stage: Stage, fault: Fault): Promise<void> {
  if (fault.kind === "wire") {
    const wire = fault.way === "to-service" ? stage.toService : stage.toHomeserver;
    wire.damage(fault.mischief);
    await delay(fault.forMs);
    wire.mend();
    return;
  }
  const service = stage.services[fault.replica];
  if (fault.what === "homeserver") return strikeHomeserver(stage, fault);
  if (fault.what === "database") return killDatabase(stage);
  if (fault.kind === "kill") return service?.kill();
  service?.pause();
  await delay(fault.forMs);
  service?.resume();
}

/** What takes a while to come back is struck by one thing at a time. */
const repairs = new WeakMap<Stage, Promise<void>>();

async function afterRepairs(stage: Stage, work: () => Promise<void>): Promise<void> {
  const mine = (repairs.get(stage) ?? Promise.resolve()).then(work);
  repairs.set(stage, mine);
  return mine;
}

function strikeHomeserver(stage: Stage, fault: Fault): Promise<void> {
  return afterRepairs(stage, async () => {
    if (fault.kind !== "pause") {
      await stage.synapse.kill("SIGKILL");
      await stage.synapse.start();
      return;
    }
    stage.synapse.pause();
    await delay(fault.forMs);
    stage.synapse.resume();
  });
}

function killDatabase(stage: Stage): Promise<void> {
  return afterRepairs(stage, async () => {
    await stage.postgres?.kill();
    await delay(200);
    await stage.postgres?.start();
  });
}

async function heal(stage: Stage): Promise<void> {
  await repairs.get(stage);
  stage.toService.mend();
  stage.toHomeserver.mend();
  stage.synapse.resume();
  for (const service of stage.services) service.resume();
}

/** Waits until nothing is waiting any more. Gives a sentence where that does not come about. */
export async function comeToRest(stage: Stage, withinMs = restMs): Promise<string | undefined> {
  const end = Date.now() + withinMs;
  let busy = "";
  while (Date.now() < end) {
    busy = await waitingIn(stage).catch((error: unknown) => String(error));
    if (busy === "") return undefined;
    await delay(500);
  }
  return `not at rest after ${withinMs / 1000} s: ${busy}`;
}

async function waitingIn(stage: Stage): Promise<string> {
  const store = await openForReading(stage.config.database);
  try {
    const open = await openIncidents(store.db);
    const inbox = await inboxFigures(store.db);
    const outbox = await outboxFigures(store.db);
    const parts = [
      ...(open.length === 0 ? [] : [`${open.join(", ")} not archived`]),
      ...(inbox.waiting === 0 ? [] : [`${inbox.waiting} events waiting`]),
      ...(outbox.waiting === 0 ? [] : [`${outbox.waiting} messages waiting`]),
    ];
    return parts.join(", ");
  } finally {
    await store.close();
  }
}
