/** Loaded into a program that is measured: writes down, when it ends, what it needed. */
import { writeFileSync } from "node:fs";
import { isMainThread } from "node:worker_threads";

const file = process.env.CORDON_BENCH_USAGE;
if (isMainThread && file !== undefined) {
  process.once("exit", () => {
    const { maxRSS, userCPUTime, systemCPUTime } = process.resourceUsage();
    const cpuSeconds = (userCPUTime + systemCPUTime) / 1e6;
    writeFileSync(file, JSON.stringify({ cpuSeconds, peakRssBytes: maxRSS * 1024 }));
  });
}
