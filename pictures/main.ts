/**
 * Takes the pictures of the README: plays the demo, opens its archive in a browser and writes `docs/pictures/`.
 * With the folder of an archive as its argument it takes them of that one. Fonts are those of this machine.
 */
import { mkdtemp, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import type { Browser, Page } from "playwright-core";
import { runCordon } from "../src/demo/cordon.ts";
import { text } from "../src/matrix/event.ts";
import { launchChromium } from "../test/support/chromium.ts";

/** A page of the archive as it is to be seen. */
interface Picture {
  readonly name: string;
  readonly page: string;
  readonly colorScheme: "light" | "dark";
  /** Brings into sight what the picture is about. */
  readonly arrange?: (page: Page) => Promise<void>;
}

const pictures: readonly Picture[] = [
  { name: "report-light", page: "data/index.html", colorScheme: "light" },
  { name: "report-dark", page: "data/index.html", colorScheme: "dark" },
  {
    name: "transcript",
    page: "data/messages/0001.html",
    colorScheme: "light",
    arrange: async (page) => {
      await page.locator(".edits", { hasText: "faiover" }).locator("summary").click();
      // The browser draws a line only when it is seen, and guesses how high those above it are.
      await page.evaluate(`for (const one of document.querySelectorAll("main, .turn"))
        one.style.contentVisibility = "visible"`);
      await page.evaluate(`document.querySelector(".edits[open]").closest(".turn").scrollIntoView()`);
      await page.evaluate("scrollBy(0, -24)");
    },
  },
  {
    name: "search",
    page: "data/search.html",
    colorScheme: "light",
    arrange: async (page) => {
      await page.fill("#query", "release 214");
      await page.waitForSelector("#results li");
    },
  },
];

const folder = fileURLToPath(new URL("../docs/pictures/", import.meta.url));
const [archive] = process.argv.slice(2);
if (archive === undefined) await ofDemo();
else await take(resolve(archive));

async function ofDemo(): Promise<void> {
  const out = await mkdtemp(join(tmpdir(), "cordon-pictures-"));
  try {
    process.stderr.write("Playing the demo …\n");
    await take(text(await runCordon("demo", ["--out", out]), "archive") ?? out);
  } finally {
    await rm(out, { recursive: true, force: true });
  }
}

async function take(path: string): Promise<void> {
  const browser = await launchChromium();
  try {
    for (const picture of pictures) {
      const { size } = await stat(await takeOne(browser, path, picture));
      process.stdout.write(`docs/pictures/${picture.name}.png (${Math.round(size / 1000)} kB)\n`);
    }
  } finally {
    await browser.close();
  }
}

async function takeOne(
  browser: Browser,
  path: string,
  { name, page: file, colorScheme, arrange }: Picture,
): Promise<string> {
  const viewport = { width: 1040, height: 720 };
  const context = await browser.newContext({ viewport, colorScheme, deviceScaleFactor: 1.5, locale: "en" });
  const page = await context.newPage();
  await page.goto(`file://${join(path, file)}`);
  await arrange?.(page);
  await drawn(page);
  const picture = join(folder, `${name}.png`);
  await page.screenshot({ path: picture });
  await context.close();
  return picture;
}

/** Resolves once a page is drawn: what has just come into sight is with the second frame. */
async function drawn(page: Page): Promise<void> {
  await page.evaluate("new Promise((drawn) => requestAnimationFrame(() => requestAnimationFrame(drawn)))");
}
