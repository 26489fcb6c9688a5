import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { cp, mkdir, readFile, writeFile } from "node:fs/promises";
import { delimiter, join, resolve } from "node:path";
import { test } from "node:test";
import { temporaryFolder } from "../support/folder.ts";

const ci = resolve(import.meta.dirname, "../../.ci");

/** An npm that knows one registry, and notes what it is asked to run, and with what around it. */
const npm = `#!/bin/bash
case "$*" in
  "config get registry") echo https://packages.example/ ;;
  "config get cafile") echo /etc/certificates.pem ;;
  *)
    { echo "npm $*"; cc --version; echo "cc ended with $?"; make; cat "$npm_config_userconfig" "$npm_config_globalconfig"
      env | grep -i '^npm_config_' | sed 's/=.*//' | sort; } >> "$NOTES" 2>&1 ;;
esac
`;

test(".ci/run checks and tests without a compiler, and with nothing of npm's settings but the registry", async () => {
  const folder = await temporaryFolder();
  await cp(ci, join(folder, ".ci"), { recursive: true });
  await mkdir(join(folder, "path"));
  await writeFile(join(folder, "path/npm"), npm, { mode: 0o755 });
  const { status, stderr } = spawnSync(join(folder, ".ci/run"), {
    env: {
      PATH: [join(folder, "path"), "/usr/bin", "/bin"].join(delimiter),
      NOTES: join(folder, "notes"),
      npm_config_nodedir: "/usr",
      NPM_CONFIG_IGNORE_SCRIPTS: "false",
      npm_config_omit: "dev",
    },
    encoding: "utf8",
  });
  assert.equal(status, 0, stderr);
  const around = [
    "cc is hidden here: setting up must get by without it.",
    "cc ended with 1",
    "make is hidden here: setting up must get by without it.",
    "registry=https://packages.example/",
    "cafile=/etc/certificates.pem",
    "npm_config_cache",
    "npm_config_globalconfig",
    "npm_config_userconfig",
  ];
  assert.deepEqual((await readFile(join(folder, "notes"), "utf8")).trimEnd().split("\n"), [
    ...["npm run check", ...around],
    ...["npm test", ...around],
    ...["npm run test:long", ...around],
  ]);
});
