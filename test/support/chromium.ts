import { existsSync, mkdtempSync, readFileSync, renameSync } from "node:fs";
import { join } from "node:path";
import packaged from "@sparticuz/chromium";
import { type Browser, chromium } from "playwright-core";
import { withLock } from "../../bin/setup/lock.js";
import { cacheFile, checkout } from "../../bin/setup/places.js";

const flags = [
  ..."--headless --no-sandbox --disable-gpu --disable-quic --no-first-run".split(" "),
  "--disable-background-networking",
];

/** The machine's own Chromium where it has one, else the one that comes as a package. The caller closes it. */
export async function launchChromium(): Promise<Browser> {
  const installed = "/usr/bin/chromium";
  const executablePath = existsSync(installed) ? installed : await unpackedChromium();
  return chromium.launch({ executablePath, args: flags, headless: true });
}

/**
 * The packaged Chromium, unpacked into the cache folder. The package takes a file that exists for a file that is
 * whole, and several files of tests ask for it at the same time: so one of them unpacks, and the folder gets its
 * name when everything is in it.
 */
async function unpackedChromium(): Promise<string> {
  const folder = cacheFile(`chromium-${packagedVersion()}`);
  await withLock("chromium", async () => {
    if (existsSync(folder)) return;
    const part = mkdtempSync(`${folder}-part-`);
    await unpackInto(part);
    renameSync(part, folder);
  });
  return join(folder, "chromium");
}

/** The package unpacks into what the system calls its folder for temporary files, wherever that is. */
async function unpackInto(folder: string): Promise<void> {
  const before = process.env.TMPDIR;
  process.env.TMPDIR = folder;
  try {
    await packaged.executablePath();
  } finally {
    if (before === undefined) delete process.env.TMPDIR;
    else process.env.TMPDIR = before;
  }
}

function packagedVersion(): string {
  const manifest = join(checkout, "node_modules/@sparticuz/chromium/package.json");
  const { version }: { version?: unknown } = JSON.parse(readFileSync(manifest, "utf8"));
  return String(version);
}
