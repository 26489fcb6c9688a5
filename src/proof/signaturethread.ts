/** A thread that computes signatures: answers each question with what is known of them then. */
import { parentPort } from "node:worker_threads";
import { settled } from "./signature.ts";
import type { Question } from "./signaturethreads.ts";

parentPort?.on("message", ({ found, keys }: Question) => {
  parentPort?.postMessage(found.map((each) => settled(each, keys)));
});
