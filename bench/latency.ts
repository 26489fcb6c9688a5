/**
 * How long it takes from a transaction's arrival until the first call to the homeserver leaves: a typed
 * `!inc help` is kept, acknowledged, read, decided on, and its answer put into the outbox and sent. Two
 * commits that reach the disk lie in between.
 */
import { setTimeout as delay } from "node:timers/promises";
import { hundredths, percentile } from "./figures.ts";
import { startService } from "./service.ts";
import { connect, installAtStub, openChat, untilAnswered } from "./stubbed.ts";
import { inWorkplace } from "./workplace.ts";

interface LatencyFigures {
  readonly n: number;
  readonly p50_ms: number;
  readonly p95_ms: number;
}

const rounds = 300;
const warmUp = 50;
/** Until what follows an answer is done too, and the next line comes to an idle service. */
const pauseMs = 20;

export function latency(): Promise<LatencyFigures> {
  return inWorkplace(async (folder, ends) => {
    const { installation, stub } = await installAtStub(folder, ends);
    const delivery = connect(installation, stub);
    ends.defer(() => delivery.close());
    const service = await startService(installation);
    ends.defer(() => service.stop());

    await openChat(delivery, stub);
    process.stderr.write("latency: the service is in the direct chat\n");
    const times: number[] = [];
    for (let n = 0; n < warmUp + rounds; n += 1) {
      await delay(pauseMs);
      times.push(await untilAnswered("!inc help", delivery, stub));
    }
    const settled = times.slice(warmUp);
    return {
      n: settled.length,
      p50_ms: hundredths(percentile(settled, 0.5)),
      p95_ms: hundredths(percentile(settled, 0.95)),
    };
  });
}
