import assert from "node:assert/strict";
import { restoreStory } from "../support/restore-story.ts";
import { type Installation, readiness, ServiceProcess, until } from "../support/service.ts";

/** More steps than there are. */
const most = 100;

await restoreStory({}, dieAtEveryStep);

/** Ends the service after each change that reading the rooms again makes, until it comes through. */
async function dieAtEveryStep(installation: Installation): Promise<void> {
  const { host, port } = installation.config.appservice.listen;
  const service = new ServiceProcess(installation);
  for (let deaths = 0; deaths < most; deaths += 1) {
    service.start({ dieAt: deaths === 0 ? "change/written" : "change/kept" });
    let isReady = false;
    await until(async () => {
      ({ ready: isReady } = await readiness(`http://${host}:${port}`));
      return isReady || service.isDead;
    }, "its death");
    await service.kill();
    if (!isReady) continue;
    assert.ok(deaths > 10, `it died ${deaths} times only`);
    return;
  }
  throw new Error(`It died ${most} times and never came through.`);
}
