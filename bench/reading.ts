/** How long a reader of an archive waits, in a real browser that opens it from its folder. */
import { stat } from "node:fs/promises";
import { join } from "node:path";
import type { Browser, Page } from "playwright-core";
import { launchChromium } from "../test/support/chromium.ts";
import { median } from "./figures.ts";

/** Times in milliseconds: the median of a page's openings until it is drawn, the slowest of the searches. */
export interface ReadingFigures {
  readonly report_open_ms: number;
  readonly report_alone_open_ms: number;
  readonly report_alone_bytes: number;
  readonly transcript_open_ms: number;
  readonly search_read_ms: number;
  readonly search_ms: number;
}

const openings = 5;

/** What somebody types, letter by letter: with many hits, with few, with none. */
const queries = ["a", "ga", "gateway", "gateway release", "certificate of api", "nothing has this"];

/** Opens the archive that lies in a folder, and searches in it. */
export async function measureReading(archive: string): Promise<ReadingFigures> {
  const browser = await launchChromium();
  try {
    const data = join(archive, "data");
    return {
      report_open_ms: await opening(browser, join(data, "index.html")),
      report_alone_open_ms: await opening(browser, join(data, "report.html")),
      report_alone_bytes: (await stat(join(data, "report.html"))).size,
      transcript_open_ms: await opening(browser, join(data, "messages/0001.html")),
      ...(await searching(browser, join(data, "search.html"))),
    };
  } finally {
    await browser.close();
  }
}

async function opening(browser: Browser, path: string): Promise<number> {
  const times: number[] = [];
  for (let i = 0; i < openings; i += 1) {
    const context = await browser.newContext();
    const page = await context.newPage();
    const begun = performance.now();
    await page.goto(`file://${path}`);
    await drawn(page);
    times.push(performance.now() - begun);
    await context.close();
  }
  return Math.round(median(times));
}

async function searching(
  browser: Browser,
  path: string,
): Promise<Pick<ReadingFigures, "search_read_ms" | "search_ms">> {
  const page = await browser.newPage();
  const begun = performance.now();
  await page.goto(`file://${path}`);
  await page.fill("#query", "a");
  await page.locator("#found", { hasText: /^Found [\d,]+ lines[^;]*\.$/ }).waitFor();
  const read = performance.now() - begun;
  let slowest = 0;
  for (const query of queries) slowest = Math.max(slowest, await answering(page, query));
  return { search_read_ms: Math.round(read), search_ms: Math.round(slowest) };
}

/** From the last letter typed until the answer is laid out. */
async function answering(page: Page, query: string): Promise<number> {
  return Number(
    await page.evaluate(`(() => {
      const field = document.getElementById("query");
      field.value = ${JSON.stringify(query)};
      const begun = performance.now();
      field.dispatchEvent(new Event("input"));
      document.body.getBoundingClientRect();
      return performance.now() - begun;
    })()`),
  );
}

async function drawn(page: Page): Promise<void> {
  await page.evaluate("new Promise((drawn) => requestAnimationFrame(() => requestAnimationFrame(drawn)))");
}
