import { join } from "node:path";
import { countOpen } from "../src/journal/incidents.ts";
import { openForReading } from "../src/store/store.ts";
import { message, transactionOf } from "./delivery.ts";
import { type Installation, startService } from "./service.ts";
import type { Stub } from "./stub.ts";
import { alice, chat, connect, openChat } from "./stubbed.ts";

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
  await openChat(delivery, stub);
  for (let declared = 0; declared < incidents; declared += atOnce) {
    const lines = Array.from({ length: Math.min(atOnce, incidents - declared) }, (_, n) =>
      declaration(declared + n + 1),
    );
    await delivery.deliver(transactionOf(lines));
  }
  await stub.quiet(quietMs);
  process.stderr.write(`${incidents} declared\n`);
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
