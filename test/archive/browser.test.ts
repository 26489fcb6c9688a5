import assert from "node:assert/strict";
import { join } from "node:path";
import { describe, it } from "node:test";
import { faultsOf, open, startBrowser } from "../support/browser.ts";
import { makeRecorded } from "./made.ts";

const pages = ["index.html", "report.html", "messages/0001.html", "search.html"];

describe("an archive in a browser, opened from its folder", async () => {
  const { path } = await makeRecorded("12");
  const browser = await startBrowser();

  for (const colorScheme of ["light", "dark"] as const) {
    for (const width of [320, 1280]) {
      it(`has no fault that axe-core finds, ${colorScheme}, ${width} px wide`, async () => {
        // So high that nothing is below the screen: the browser does not paint, nor axe-core judge, what is.
        await using context = await browser.newContext({ colorScheme, viewport: { width, height: 9000 } });
        for (const file of pages) {
          const { page, incidents } = await open(context, join(path, "data", file));
          if (file === "search.html") {
            await page.fill("#query", "release");
            await page.waitForSelector("#results li");
          }
          assert.deepEqual(await faultsOf(page), [], file);
          const overflow = await page.evaluate("document.documentElement.scrollWidth - innerWidth");
          assert.equal(overflow, 0, `${file} is not wider than the screen`);
          assert.deepEqual(incidents, [], file);
        }
      });
    }
  }

  it("leads from its beginning to the report", async () => {
    await using context = await browser.newContext();
    const { page, incidents } = await open(context, join(path, "index.html"));
    await page.waitForURL("**/data/index.html");
    assert.equal(await page.textContent("h1"), "Payments fail at checkout");
    assert.deepEqual(incidents, []);
  });

  it("is read with nothing but a keyboard", async () => {
    await using context = await browser.newContext();
    const { page } = await open(context, join(path, "data/index.html"));
    await page.keyboard.press("/");
    await page.waitForURL("**/search.html");
    await page.waitForFunction("document.activeElement.id === 'query'");
    await page.keyboard.type("rollback, teh");
    await page.waitForFunction("document.getElementById('found').textContent.startsWith('Found 0 lines')");
    await page.keyboard.press("Control+A");
    await page.keyboard.type("hyperlink");
    await page.waitForSelector("#results li");
    await page.keyboard.press("ArrowDown");
    await page.keyboard.press("Enter");
    await page.waitForURL("**/messages/0001.html#*");
    const target = 'document.querySelector(":target")';
    assert.match(String(await page.evaluate(`${target}.textContent`)), /HYPERLINK/);
    await page.keyboard.press("j");
    const first = await page.evaluate("document.activeElement.hash");
    await page.keyboard.press("j");
    assert.notEqual(await page.evaluate("document.activeElement.hash"), first);
    await page.keyboard.press("k");
    assert.equal(await page.evaluate("document.activeElement.hash"), first);
    await page.keyboard.press("?");
    assert.equal(await page.isVisible("dialog"), true);
    await page.keyboard.press("Escape");
    assert.equal(await page.isVisible("dialog"), false);
  });

  it("can be without its keys", async () => {
    await using context = await browser.newContext();
    const { page } = await open(context, join(path, "data/index.html"));
    await page.keyboard.press("?");
    await page.uncheck("dialog input");
    await page.keyboard.press("Escape");
    await page.keyboard.press("?");
    assert.equal(await page.isVisible("dialog"), false);
  });

  it("reaches everything by the tabulator, and shows where it is", async () => {
    await using context = await browser.newContext();
    for (const file of pages) {
      const { page } = await open(context, join(path, "data", file));
      if (file === "search.html") {
        await page.fill("#query", "release");
        await page.waitForSelector("#results li");
      }
      const goals = `[...document.querySelectorAll("a[href], button, summary, input, [tabindex='0']")]
        .filter((one) => one.closest("dialog") === null)`;
      const count = Number(await page.evaluate(`${goals}.length`));
      assert.ok(count > 3, file);
      await page.evaluate("document.activeElement.blur(); window.reached = new Set()");
      for (let i = 0; i < count + 5; i += 1) {
        await page.keyboard.press("Tab");
        await page.evaluate(`{
          const one = document.activeElement;
          if (getComputedStyle(one).outlineStyle === "solid") window.reached.add(one);
        }`);
      }
      const missed = `${goals}.filter((one) => !window.reached.has(one)).map((one) => one.outerHTML)`;
      assert.deepEqual(await page.evaluate(missed), [], file);
    }
  });

  it("spares whoever comes by the keyboard the way through the links above", async () => {
    await using context = await browser.newContext();
    const { page } = await open(context, join(path, "data/messages/0001.html"));
    await page.keyboard.press("Tab");
    assert.equal(await page.evaluate("document.activeElement.textContent"), "To the text");
    await page.keyboard.press("Enter");
    await page.keyboard.press("Tab");
    assert.equal(await page.evaluate("document.activeElement.closest('main') !== null"), true);
  });

  it("opens the versions of an edited message, and switches clocks, by the keyboard", async () => {
    await using context = await browser.newContext();
    const { page } = await open(context, join(path, "data/messages/0001.html"));
    await page.focus(".edits summary");
    await page.keyboard.press("Enter");
    assert.equal(await page.isVisible(".edits li"), true);
    const clock = page.getByRole("button", { name: "Times in Europe/Zurich" });
    await clock.focus();
    await page.keyboard.press("Space");
    assert.equal(await clock.getAttribute("aria-pressed"), "true");
  });

  it("is printed dark on light, with nothing folded away", async () => {
    await using context = await browser.newContext({ colorScheme: "dark" });
    const { page } = await open(context, join(path, "data/messages/0001.html"));
    const look = () => page.evaluate("getComputedStyle(document.body).backgroundColor");
    assert.equal(await look(), "rgb(20, 23, 26)");
    assert.equal(await page.isVisible(".edits li"), false);
    await page.emulateMedia({ media: "print" });
    assert.equal(await look(), "rgb(255, 255, 255)");
    assert.equal(await page.isVisible(".edits li"), true);
  });

  it("tells its times in the organisation's zone too", async () => {
    await using context = await browser.newContext();
    const { page } = await open(context, join(path, "data/index.html"));
    const verdict = () => page.textContent(".verdict time");
    assert.equal(await verdict(), "2026-11-20 23:50:11Z");
    await page.keyboard.press("t");
    assert.equal(await verdict(), "2026-11-21 00:50:11");
    assert.equal(await page.textContent(".zone"), "Europe/Zurich");
    await page.keyboard.press("t");
    assert.equal(await verdict(), "2026-11-20 23:50:11Z");
  });
});
