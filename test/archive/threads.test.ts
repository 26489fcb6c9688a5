import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { prove, provingThreads, type ToProve } from "../../src/archive/history/prove.ts";
import { roomRules } from "../../src/proof/roomversion.ts";
import { readServerKeys } from "../../src/proof/serverkeys.ts";
import { recorded } from "./recorded.ts";

/** More questions than are answered without a thread. */
const many = 20;

async function questions(): Promise<readonly ToProve[]> {
  const { room, pages, keys } = await recorded("12");
  const known = readServerKeys(keys);
  const measure = { room, rules: roomRules("12"), ...(known === undefined ? {} : { keys: known }) };
  const given = pages.flatMap(({ events }) => events.map((event) => JSON.stringify(event)));
  const spoiled = given.map((json, n) => (n % 7 === 0 ? json.replace('"sender":"@', '"sender":"@x') : json));
  return Array.from({ length: many }, (_, n) => ({ given: spoiled.slice(n, n + 10), measure }));
}

/** No event of a homeserver's, which is always JSON. */
const unanswerable: ToProve = { given: ["{"], measure: { room: undefined, rules: roomRules("12") } };

describe("events proven in threads", () => {
  it("come to the same, in the same order, as where they are asked for", async () => {
    await using threads = provingThreads();
    const all = await questions();
    const answers = await Promise.all(all.map((question) => threads.ask(question)));
    assert.deepEqual(answers, all.map(prove));
    assert.ok(answers.flat().some((answer) => "unsound" in answer));
    assert.ok(answers.flat().some((answer) => "line" in answer));
  });

  it("fail, and are not waited for in vain, where a thread fails", async () => {
    await using threads = provingThreads();
    const all = Array.from({ length: many }, () => threads.ask(unanswerable));
    for (const outcome of await Promise.allSettled(all)) assert.equal(outcome.status, "rejected");
    const [question = unanswerable] = await questions();
    await assert.rejects(threads.ask(question));
  });

  it("fail where the threads are ended before the answer", async () => {
    const threads = provingThreads();
    const all = await questions();
    const asked = Promise.allSettled(all.map((question) => threads.ask(question)));
    await threads[Symbol.asyncDispose]();
    assert.equal((await asked).at(-1)?.status, "rejected");
  });
});
