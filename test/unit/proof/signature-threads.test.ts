import assert from "node:assert/strict";
import { createSecretKey, generateKeyPairSync, sign } from "node:crypto";
import { describe, it } from "node:test";
import type { ServerKeys } from "../../../src/proof/serverkeys.ts";
import { type SignatureSum, type Signatures, settled } from "../../../src/proof/signature.ts";
import { SignatureThreads } from "../../../src/proof/signaturethreads.ts";

const { publicKey, privateKey } = generateKeyPairSync("ed25519");
const until = Number.POSITIVE_INFINITY;
const keys: ServerKeys["keys"] = new Map([["ed25519:1", { key: publicKey, until }]]);

/** More than are computed without a thread. */
const many = 1500;

function sum(n: number): SignatureSum {
  const text = `event ${n}`;
  const signature = sign(null, Buffer.from(n % 7 === 0 ? "another" : text), privateKey).toString("base64");
  const given = n % 5 === 0 ? "no signature" : signature;
  const keyId = n % 11 === 0 ? "ed25519:other" : "ed25519:1";
  return { text, given: [[keyId, given]], ifOneHolds: "hold", ifNoneHolds: { unsound: `number ${n}` } };
}

function found(n: number): Signatures | SignatureSum {
  return n % 13 === 0 ? { unchecked: `there is no key for ${n}` } : sum(n);
}

describe("signatures computed in threads", () => {
  it("come to the same, in the same order, as where they are asked for", async () => {
    await using threads = new SignatureThreads();
    const all = Array.from({ length: many }, (_, n) => found(n));
    const parts = [all.slice(0, 100), all.slice(100, many - 1), all.slice(many - 1), []];
    const answers = await Promise.all(parts.map((part) => threads.settle(part, keys)));
    assert.deepEqual(
      answers.flat(),
      all.map((each) => settled(each, keys)),
    );
    assert.ok(answers.flat().includes("hold"));
  });

  it("fail, and are not waited for in vain, where a thread fails", async () => {
    await using threads = new SignatureThreads();
    const all = Array.from({ length: many }, (_, n) => sum(n));
    const unusable: ServerKeys["keys"] = new Map([
      ["ed25519:1", { key: createSecretKey("x", "utf8"), until }],
    ]);
    await assert.rejects(threads.settle(all, unusable));
    await assert.rejects(threads.settle([sum(1)], keys));
  });

  it("fail where the threads are ended before the answer", async () => {
    const threads = new SignatureThreads();
    const all = Array.from({ length: many }, (_, n) => sum(n));
    const [answer] = await Promise.allSettled([threads.settle(all, keys), threads[Symbol.asyncDispose]()]);
    assert.equal(answer?.status, "rejected");
  });
});
