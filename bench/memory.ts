/**
 * What the service needs in memory with a thousand open incidents: they are declared by typed lines, the
 * service is started anew on its database, and looked at when it has nothing left to do.
 */
import { join } from "node:path";
import { openIncidents } from "../src/journal/incidents.ts";
import { openForReading } from "../src/store/store.ts";
import { deliveryTo, directInvitation, message, transactionOf } from "./delivery.ts";
import { hundredths } from "./figures.ts";
import { configure, type Installation, install, startService } from "./service.ts";
import { type Stub, startStub } from "./stub.ts";
import { inWorkplace } from "./workplace.ts";

interface MemoryFigures {
  /** Mebibytes resident. */
  readonly rss_mb: number;
  readonly incidents: number;
}

const incidents = 1_000;
const atOnce = 50;
/** Nothing happens any more where nothing happened for so long: longer than the pause between two edits. */
const quietMs = 3_000;
const room = "!9wXkVYtq0z5m2VhT7bHcUoEoJmAqk0sLJ2nFQkq3cYw";
const alice = "@alice:bank.example";

export function memory(): Promise<MemoryFigures> {
  return inWorkplace(async (folder, ends) => {
    const stub = await startStub();
    ends.defer(() => stub.close());
    const installation = await install(folder, "bank.example");
    await configure(installation, stub.url);
    await declareAll(installation, stub);
    const open = await countOpen(folder);
    if (open !== incidents) throw new Error(`${open} incidents are open, not ${incidents}.`);

    process.stderr.write("memory: starting anew\n");
    const service = await startService(installation);
    ends.defer(() => service.stop());
    await stub.quiet(quietMs);
    return { rss_mb: hundredths((await service.memory()) / 2 ** 20), incidents: open };
  });
}

async function declareAll(installation: Installation, stub: Stub): Promise<void> {
  await using ends = new AsyncDisposableStack();
  const service = await startService(installation);
  ends.defer(() => service.stop());
  const delivery = deliveryTo({ port: installation.port, token: installation.registration.hsToken });
  ends.defer(() => delivery.close());
  const joined = stub.next(({ path }) => path.includes("/join/"));
  await delivery.deliver(transactionOf([directInvitation(room, alice, "@cordon:bank.example")]));
  await joined;
  for (let declared = 0; declared < incidents; declared += atOnce) {
    const lines = Array.from({ length: atOnce }, (_, n) => declaration(declared + n + 1));
    await delivery.deliver(transactionOf(lines));
  }
  await stub.quiet(quietMs);
  process.stderr.write(`memory: ${incidents} declared\n`);
}

function declaration(number: number) {
  const words = `!inc new sev2 Payments of branch ${number} fail at checkout @bob:bank.example @carol:bank.example`;
  return message(room, alice, words);
}

async function countOpen(folder: string): Promise<number> {
  const store = await openForReading({ engine: "sqlite", file: join(folder, "cordon.db") });
  try {
    return (await openIncidents(store.db)).length;
  } finally {
    await store.close();
  }
}
