/**
 * How long it takes from a transaction's arrival until the first call to the homeserver leaves: a typed
 * `!inc help` is kept, acknowledged, read, decided on, and its answer put into the outbox and sent. Two
 * commits that reach the disk lie in between.
 */
import { setTimeout as delay } from "node:timers/promises";
import { deliveryTo, directInvitation, message, transactionOf } from "./delivery.ts";
import { hundredths, percentile } from "./figures.ts";
import { configure, install, startService } from "./service.ts";
import { startStub } from "./stub.ts";
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
const room = "!9wXkVYtq0z5m2VhT7bHcUoEoJmAqk0sLJ2nFQkq3cYw";
const alice = "@alice:bank.example";

export function latency(): Promise<LatencyFigures> {
  return inWorkplace(async (folder, ends) => {
    const stub = await startStub();
    ends.defer(() => stub.close());
    const installation = await install(folder, "bank.example");
    await configure(installation, stub.url);
    const service = await startService(installation);
    ends.defer(() => service.stop());
    const delivery = deliveryTo({ port: installation.port, token: installation.registration.hsToken });
    ends.defer(() => delivery.close());

    const joined = stub.next(({ path }) => path.includes("/join/"));
    await delivery.deliver(transactionOf([directInvitation(room, alice, "@cordon:bank.example")]));
    await joined;
    process.stderr.write("latency: the service is in the direct chat\n");
    const times: number[] = [];
    for (let n = 0; n < warmUp + rounds; n += 1) {
      await delay(pauseMs);
      const body = transactionOf([message(room, alice, "!inc help")]);
      const answered = stub.next(({ path }) => path.includes("/send/"));
      const typed = performance.now();
      await delivery.deliver(body);
      times.push((await answered).at - typed);
    }
    const settled = times.slice(warmUp);
    return {
      n: settled.length,
      p50_ms: hundredths(percentile(settled, 0.5)),
      p95_ms: hundredths(percentile(settled, 0.95)),
    };
  });
}
