/** A thread that makes archives and verifies them, one after the other, as it is ordered to. */
import { parentPort } from "node:worker_threads";
import { buildArchive } from "../build.ts";
import { verifyArchive } from "../verify/verify.ts";
import { Asking, askedSource } from "./askedsource.ts";
import type { Answer, Order, Result } from "./order.ts";
import { told } from "./tolderror.ts";

const asking = new Asking((question) => parentPort?.postMessage(question));

parentPort?.on("message", (message: Order | Answer) => {
  if ("number" in message) asking.hear(message);
  else void carryOut(message).then((result) => parentPort?.postMessage(result));
});

async function carryOut(order: Order): Promise<Result> {
  try {
    if ("verify" in order) return { verification: await verifyArchive(order.verify) };
    const source = askedSource(order.build, asking);
    const confirm = async () => void (await asking.ask("confirm", undefined));
    return { built: await buildArchive(source, { ...order.options, confirm }) };
  } catch (problem) {
    return { failed: told(problem), by: asking.questionOf(problem) };
  }
}
