import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { chmod, readdir, stat } from "node:fs/promises";
import { delimiter, join } from "node:path";
import { test } from "node:test";
import { goodNpm, newCheckout } from "../support/checkout.ts";

const python = `
case "$*" in
  -c*) echo "3.11.7 True" ;;
  "-m venv "*) mkdir -p "$3/bin" && cp "$0" "$3/bin/python" ;;
esac`;

test("what set-up keeps is for this user alone, whatever the mask; the packages have the usual modes", async () => {
  const checkout = await newCheckout();
  await checkout.program("npm", goodNpm);
  await checkout.program("python3.13", python);
  const wanted = (mask: string) =>
    spawnSync("sh", ["-c", `umask ${mask}; exec "$0" "$@"`, process.execPath, "bin/task.js", "demo"], {
      cwd: checkout.folder,
      env: {
        CORDON_CACHE: checkout.cache,
        PATH: [join(checkout.folder, "path"), "/usr/bin", "/bin"].join(delimiter),
      },
      encoding: "utf8",
    });
  const { status, stderr } = wanted("000");
  assert.equal(status, 0, stderr);
  const log = join(checkout.cache, "logs/npm-ci.log");
  await chmod(log, 0o644);
  await checkout.want("1.0.1");
  assert.equal(wanted("022").status, 0);
  const open = [];
  const entries = await readdir(checkout.cache, { recursive: true, withFileTypes: true });
  assert.ok(
    entries.some(({ name }) => name === "cordon-ready") && entries.some(({ name }) => name === "npm-ci.log"),
  );
  for (const entry of entries) {
    const path = join(entry.parentPath, entry.name);
    // Node.js makes the folder in it for its own version.
    if (entry.parentPath.endsWith("compiled") || entry.isSymbolicLink()) continue;
    if (((await stat(path)).mode & 0o077) !== 0) open.push(path);
  }
  assert.deepEqual(open, []);
  assert.equal((await stat(checkout.cache)).mode & 0o777, 0o700);
  assert.equal((await stat(join(checkout.folder, "node_modules/teapot"))).mode & 0o777, 0o755);
});
