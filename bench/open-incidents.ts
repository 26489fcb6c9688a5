import { join } from "node:path";
import { countOpen } from "../src/journal/incidents.ts";
import type { RoomId, UserId } from "../src/matrix/ids.ts";
import { openForReading } from "../src/store/store.ts";
import { type Delivery, deliveryTo, directInvitation, message, transactionOf } from "./delivery.ts";
import { type Installation, startService } from "./service.ts";
import type { Stub } from "./stub.ts";

/** Who declares, and is the commander of each; and the direct chat in which she does. */
export const alice: UserId = "@alice:bank.example";
export const chat: RoomId = "!9wXkVYtq0z5m2VhT7bHcUoEoJmAqk0sLJ2nFQkq3cYw";

const atOnce = 50;
/** Nothing happens any more where nothing happened for so long, in milliseconds: longer than the pause between two edits. */
export const quietMs = 3_000;

/** Runs a service while incidents are declared by typed lines, and until it has nothing left to do. */
export async function declareAll(installation: Installation, stub: Stub, incidents: number): Promise<void> {
  await using ends = new AsyncDisposableStack();
  const delivery = connect(installation, stub);
  ends.defer(() => delivery.close());
  const service = await startService(installation);
  ends.defer(() => service.stop());
  const joined = stub.next(({ path }) => path.includes("/join/"));
  await delivery.deliver(transactionOf([directInvitation(chat, alice, "@cordon:bank.example")]));
  await joined;
  for (let declared = 0; declared < incidents; declared += atOnce) {
    const lines = Array.from({ length: Math.min(atOnce, incidents - declared) }, (_, n) =>
      declaration(declared + n + 1),
    );
    await delivery.deliver(transactionOf(lines));
  }
  await stub.quiet(quietMs);
  process.stderr.write(`${incidents} declared\n`);
}

/** Delivers to the service, and brings its heartbeats back; to be had before the service starts. */
export function connect({ port, registration }: Installation, stub: Stub): Delivery {
  const delivery = deliveryTo({ port, token: registration.hsToken });
  stub.bring((event) => delivery.deliver(transactionOf([event])));
  return delivery;
}

function declaration(number: number) {
  const words = `!inc new sev2 Payments of branch ${number} fail at checkout @bob:bank.example @carol:bank.example`;
  return message(chat, alice, words);
}

/** Throws where not exactly so many incidents are open. */
export async function assertOpen({ folder }: Installation, wanted: number): Promise<void> {
  const store = await openForReading({ engine: "sqlite", file: join(folder, "cordon.db") });
  try {
    const open = await countOpen(store.db);
    if (open !== wanted) throw new Error(`${open} incidents are open, not ${wanted}.`);
  } finally {
    await store.close();
  }
}
