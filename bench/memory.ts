/**
 * What the service needs in memory with a thousand open incidents: they are declared by typed lines, the
 * service is started anew on its database, and looked at when it has nothing left to do.
 */
import { hundredths } from "./figures.ts";
import { assertOpen, declareAll, quietMs } from "./open-incidents.ts";
import { startService } from "./service.ts";
import { connect, installAtStub } from "./stubbed.ts";
import { inWorkplace } from "./workplace.ts";

interface MemoryFigures {
  /** Mebibytes resident. */
  readonly rss_mb: number;
  readonly incidents: number;
}

const incidents = 1_000;

export function memory(): Promise<MemoryFigures> {
  return inWorkplace(async (folder, ends) => {
    const { installation, stub } = await installAtStub(folder, ends);
    await declareAll(installation, stub, incidents);
    await assertOpen(installation, incidents);

    process.stderr.write("memory: starting anew\n");
    const delivery = connect(installation, stub);
    ends.defer(() => delivery.close());
    const service = await startService(installation);
    ends.defer(() => service.stop());
    await stub.quiet(quietMs);
    return { rss_mb: hundredths((await service.memory()) / 2 ** 20), incidents };
  });
}
