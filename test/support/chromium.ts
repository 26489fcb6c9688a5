import { existsSync } from "node:fs";
import packaged from "@sparticuz/chromium";
import { type Browser, chromium } from "playwright-core";

const flags = [
  ..."--headless --no-sandbox --disable-gpu --disable-quic --no-first-run".split(" "),
  "--disable-background-networking",
];

/** The machine's own Chromium where it has one, else the one that comes as a package. The caller closes it. */
export async function launchChromium(): Promise<Browser> {
  const installed = "/usr/bin/chromium";
  const executablePath = existsSync(installed) ? installed : await packaged.executablePath();
  return chromium.launch({ executablePath, args: flags, headless: true });
}
