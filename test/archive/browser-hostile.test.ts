import assert from "node:assert/strict";
import { join } from "node:path";
import { describe, it } from "node:test";
import type { Page } from "playwright-core";
import { faultsOf, open, startBrowser } from "../support/browser.ts";
import { outOfPlace, touchEverything } from "./boxes.ts";
import { crowd, crowdedRoom } from "./crowded-room.ts";
import { hostileRoom } from "./hostile-room.ts";
import { make } from "./made.ts";

const widths = [320, 1280];

async function searchFor(page: Page, words: string): Promise<void> {
  await page.fill("#query", words);
  await page.waitForSelector("#results li");
}

describe("a room made to do harm, in a browser", async () => {
  const room = hostileRoom();
  const { path } = await make(room.source({ seal: room.seal() }));
  const browser = await startBrowser();

  for (const width of widths) {
    for (const file of ["index.html", "report.html", "messages/0001.html", "search.html"]) {
      it(`runs nothing, loads nothing and stays within its boxes in ${file}, ${width} px wide`, async () => {
        await using context = await browser.newContext({ viewport: { width, height: 900 } });
        const { page, incidents } = await open(context, join(path, "data", file));
        if (file === "search.html") await searchFor(page, "alert");
        await touchEverything(page);
        assert.deepEqual(await outOfPlace(page), []);
        assert.equal(await page.evaluate("window.harmed"), undefined);
        assert.deepEqual(await faultsOf(page), []);
        assert.deepEqual(incidents, []);
      });
    }
  }
});

describe("a room with a great deal of everything, in a browser", async () => {
  const room = crowdedRoom();
  const { path } = await make(room.source({ seal: room.seal() }));
  const browser = await startBrowser();

  for (const width of widths) {
    it(`stays within its boxes, ${width} px wide`, async () => {
      await using context = await browser.newContext({ viewport: { width, height: 900 } });
      for (const file of ["messages/0001.html", "messages/0002.html", "search.html"]) {
        const { page, incidents } = await open(context, join(path, "data", file));
        if (file === "search.html") await searchFor(page, "line");
        await touchEverything(page);
        assert.deepEqual(await outOfPlace(page), [], file);
        if (file === "messages/0001.html") assert.deepEqual(await faultsOf(page), []);
        assert.deepEqual(incidents, [], file);
      }
    });
  }

  it("is all there", async () => {
    await using context = await browser.newContext();
    const { page } = await open(context, join(path, "data/messages/0001.html"));
    const count = (selector: string) => page.locator(selector).count();
    assert.equal(await count(".edits li"), crowd.edits + 1);
    assert.equal(await count(".reactions li"), 1 + crowd.reactions / 2);
    assert.equal(await page.locator(".long").getAttribute("aria-label"), `A message of ${crowd.lines} lines`);
    assert.match((await page.textContent(".long")) ?? "", RegExp(`line ${crowd.lines - 1}$`));
    assert.match((await page.textContent(".reactions")) ?? "", /person-998/);
    assert.equal(await count(".poll li"), crowd.answers);
    await page.getByRole("link", { name: `${crowd.replies} replies in its thread` }).click();
    assert.match((await page.textContent(":target")) ?? "", /reply 1$/m);
  });
});
