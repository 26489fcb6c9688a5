import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { contentHash } from "../../../src/proof/hash.ts";
import { signedEvents } from "./vectors.ts";

describe("the content hash of the specification's events", () => {
  for (const [what, event] of Object.entries(signedEvents)) {
    it(`of ${what}`, () => {
      assert.equal(contentHash(event), event.hashes.sha256);
    });
  }
});
