import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { ArchiveRefused, verifyArchive } from "../../../src/archive/verify/verify.ts";
import { make } from "../../archive/made.ts";
import { recorded, sourceOf } from "../../archive/recorded.ts";
import { fuzzed } from "../fuzz.ts";
import { anyBytes, edited, edits } from "../pieces.ts";
import { scratchFolder } from "../scratch.ts";

/** What begins the parts of a zip, and the numbers that reach farthest. */
const parts = fc.constantFrom(
  "PK\u0001\u0002",
  "PK\u0003\u0004",
  "PK\u0005\u0006",
  "\u00ff".repeat(4),
  "\u0000".repeat(8),
  "../",
  "/",
);
const bytes = fc.oneof(anyBytes, parts);

/** The zip of an archive with some bytes changed, and bytes that are no zip: verified, or refused in words. */
export const archives = fuzzed({
  name: "archives",
  share: 3,
  inputs: fc.oneof(
    {
      weight: 3, // Most of it is files; the directory that says where they are stands at the end.
      arbitrary: fc.record({ edits: edits(bytes, 3), from: fc.constantFrom(0, 0.95, 0.99) }),
    },
    {
      weight: 1,
      arbitrary: fc.record({ bytes: fc.array(bytes, { maxLength: 5 }).map((all) => all.join("")) }),
    },
  ),
  begin: async (stack) => {
    const folder = await scratchFolder(stack);
    const { path } = await make(await sourceOf(await recorded("12"), folder), folder);
    const sound = await verifyArchive(path);
    const whole = readFileSync(`${path}.zip`).toString("latin1");
    const file = join(folder, "fuzz.zip");
    return async (input) => {
      const at = "bytes" in input ? 0 : Math.floor(input.from * whole.length);
      const zip = "bytes" in input ? input.bytes : whole.slice(0, at) + edited(whole.slice(at), input.edits);
      writeFileSync(file, zip, "latin1");
      try {
        // A byte that no file of the archive holds, such as a time in the zip's directory, may be another.
        const { digest, ok } = await verifyArchive(file);
        if (ok) assert.equal(digest, sound.digest, "only what was made holds");
      } catch (error) {
        if (!(error instanceof ArchiveRefused)) throw error;
        assert.match(error.message, /\.$/);
      }
    };
  },
});
