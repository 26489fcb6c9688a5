import { after } from "node:test";
import axe from "axe-core";
import type { Browser, BrowserContext, Page } from "playwright-core";
import { launchChromium } from "./chromium.ts";

/** A browser that is closed after the test, suite or file. */
export async function startBrowser(): Promise<Browser> {
  const browser = await launchChromium();
  after(() => browser.close());
  return browser;
}

/** A page that was opened, and everything that it did besides being there. */
export interface Watched {
  readonly page: Page;
  /** What stands in its console, dialogs it opened, errors it threw, and addresses outside the folder. */
  readonly incidents: readonly string[];
}

/** Opens a file of a folder as a reader would, and watches what it does. */
export async function open(context: BrowserContext, path: string): Promise<Watched> {
  const page = await context.newPage();
  const incidents: string[] = [];
  page.on("console", (message) => incidents.push(`console: ${message.text()}`));
  page.on("pageerror", (error) => incidents.push(`error: ${error.message}`));
  page.on("dialog", (dialog) => {
    incidents.push(`dialog: ${dialog.message()}`);
    dialog.dismiss().catch(() => {});
  });
  page.on("request", (request) => {
    if (!request.url().startsWith("file:")) incidents.push(`request: ${request.url()}`);
  });
  await page.goto(`file://${path}`);
  return { page, incidents };
}

/** What axe-core finds fault with, rule by rule, with the first place of each. */
export async function faultsOf(page: Page): Promise<readonly string[]> {
  // The page's own policy forbids foreign scripts, so the tool comes in by the debugger.
  await page.evaluate(axe.source);
  const found: unknown =
    await page.evaluate(`axe.run({ preload: false, rules: { "target-size": { enabled: true } } }).then(({ violations }) =>
    violations.map(({ id, nodes }) => id + ": " + nodes.length + " times, as " + nodes[0].html + " – " + nodes[0].failureSummary))`);
  if (!Array.isArray(found)) throw new TypeError("axe-core gave no list");
  return found.map(String);
}
