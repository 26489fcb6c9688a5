import { createHash } from "node:crypto";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { make } from "./made.ts";
import { recorded, sourceOf } from "./recorded.ts";

// A program of its own: the time zone and the language are those of the process.
const folder = await mkdtemp(join(tmpdir(), "cordon-test-"));
try {
  const built = await make(await sourceOf(await recorded("12"), folder), folder);
  const zip = createHash("sha256")
    .update(await readFile(built.zip))
    .digest("hex");
  console.log(built.digest, zip);
} finally {
  await rm(folder, { recursive: true, force: true });
}
