/**
 * How many events a second the endpoint takes in: ours, which acknowledges what it has kept, against the
 * stock `AppService` of matrix-appservice, which keeps nothing. Real HTTP on one kept-alive connection
 * with one transaction in flight, as Synapse delivers; the two take turns, and medians are compared.
 */
import { createServer } from "node:http";
import { join } from "node:path";
import { AppService } from "matrix-appservice-bridge";
import { keep } from "../src/journal/inbox.ts";
import { createIntake } from "../src/matrix/intake.ts";
import { listen } from "../src/matrix/listen.ts";
import type { ReceivedEvent, Transaction } from "../src/matrix/transaction.ts";
import { openStore } from "../src/store/store.ts";
import { type Delivery, deliveryTo, message, transactionOf } from "./delivery.ts";
import { hundredths, median } from "./figures.ts";
import { inWorkplace } from "./workplace.ts";

/** Events per second, and ours as a multiple of the stock one's. */
interface IntakeRate {
  readonly events_per_s: number;
  readonly baseline_events_per_s: number;
  readonly ratio: number;
}

/** The rates at 100 events per transaction, and those for each number of events in one. */
interface IntakeFigures extends IntakeRate {
  readonly by_batch: { readonly 1: IntakeRate; readonly 10: IntakeRate; readonly 100: IntakeRate };
}

const token = "bench-token";
const rounds = 15;
const room = "!9wXkVYtq0z5m2VhT7bHcUoEoJmAqk0sLJ2nFQkq3cYw";
const words = "The payment gateway answers late since 14:02 UTC; the database is next.";
const anyPort = { host: "127.0.0.1", port: 0 };

/** Measures with the inbox of the service on a SQLite file of its own. */
export function intake(): Promise<IntakeFigures> {
  return inWorkplace(async (folder, ends) => {
    const store = await openStore({ engine: "sqlite", file: join(folder, "cordon.db") });
    ends.defer(() => store.close());
    return await measure(async ({ events }) => {
      await keep(store.db, events.map(toArrival), Date.now());
    });
  });
}

function toArrival(received: ReceivedEvent) {
  if ("malformed" in received) throw new Error(`An event of the bench is malformed: ${received.malformed}`);
  return { eventId: received.event.event_id, roomId: received.event.room_id, json: received.json };
}

/** Measures with the given way of keeping a transaction; it sees every event once, under an id of its own. */
async function measure(accept: (transaction: Transaction) => Promise<void>): Promise<IntakeFigures> {
  const intake = createIntake({
    hsToken: token,
    legacyQueryToken: false,
    accept,
    ready: () => ({ ready: true, reasons: [] }),
    log: console,
  });
  const stock = createServer({}, new AppService({ homeserverToken: token }).expressApp);
  const ours = deliveryTo({ token, port: (await intake.listen(anyPort)).port });
  const theirs = deliveryTo({ token, port: (await listen(stock, anyPort)).port });
  try {
    const by_batch = {
      1: await compare(ours, theirs, { events: 1, transactions: 200 }),
      10: await compare(ours, theirs, { events: 10, transactions: 100 }),
      100: await compare(ours, theirs, { events: 100, transactions: 40 }),
    };
    return { ...by_batch[100], by_batch };
  } finally {
    ours.close();
    theirs.close();
    stock.close();
    await intake.close();
  }
}

interface Round {
  /** Events in a transaction. */
  readonly events: number;
  /** Transactions in a round. */
  readonly transactions: number;
}

async function compare(ours: Delivery, theirs: Delivery, round: Round): Promise<IntakeRate> {
  process.stderr.write(`intake: ${round.events} in a transaction\n`);
  const rates: { ours: number; theirs: number }[] = [];
  for (let n = 0; n < rounds; n += 1) {
    rates.push({ ours: await rate(ours, round), theirs: await rate(theirs, round) });
  }
  // The first rounds warm the compiler up.
  const settled = rates.slice(3);
  const events_per_s = median(settled.map((pair) => pair.ours));
  const baseline_events_per_s = median(settled.map((pair) => pair.theirs));
  return { events_per_s, baseline_events_per_s, ratio: hundredths(events_per_s / baseline_events_per_s) };
}

async function rate(delivery: Delivery, { events, transactions }: Round): Promise<number> {
  const bodies = Array.from({ length: transactions }, () =>
    transactionOf(Array.from({ length: events }, () => message(room, "@alice.smith:bank.example", words))),
  );
  const start = performance.now();
  for (const body of bodies) await delivery.deliver(body);
  return Math.round((events * transactions * 1000) / (performance.now() - start));
}
