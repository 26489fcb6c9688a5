import assert from "node:assert/strict";
import { join } from "node:path";
import { describe, it } from "node:test";
import { writeText } from "../../src/archive/output.ts";
import { assets } from "../../src/archive/page.ts";
import { SearchText } from "../../src/archive/search.ts";
import { faultsOf, open, startBrowser } from "../support/browser.ts";
import { temporaryFolder } from "../support/folder.ts";
import { hostileRoom } from "./hostile-room.ts";
import { make, makeRecorded } from "./made.ts";

/** What holds words that somebody wrote. */
const boxes = ".masthead, .top, .who, .message, .text, .quiet, .journal, .marks li, .results li";

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

  it("reaches everything that can be done by the tabulator", async () => {
    await using context = await browser.newContext();
    for (const file of pages) {
      const { page } = await open(context, join(path, "data", file));
      const all =
        await page.evaluate(`document.querySelectorAll("a[href], button, summary, input, [tabindex='0']").length
        - document.querySelectorAll("dialog :is(button, input)").length`);
      const reached = new Set<unknown>();
      for (let i = 0; i < Number(all) + 5; i += 1) {
        await page.keyboard.press("Tab");
        reached.add(
          await page.evaluate(
            "(window.reached ??= []).includes(document.activeElement) || window.reached.push(document.activeElement)",
          ),
        );
      }
      const missed =
        await page.evaluate(`[...document.querySelectorAll("a[href], button, summary, input, [tabindex='0']")]
        .filter((one) => !one.closest("dialog") && !window.reached.includes(one)).map((one) => one.outerHTML)`);
      assert.deepEqual(missed, [], file);
    }
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

describe("a room made to do harm, in a browser", () => {
  it("runs nothing, loads nothing and stays within its boxes", async () => {
    const room = hostileRoom();
    const { path } = await make(room.source({ seal: room.seal() }));
    const browser = await startBrowser();
    for (const width of [320, 1280]) {
      await using context = await browser.newContext({ viewport: { width, height: 900 } });
      for (const file of pages) {
        const { page, incidents } = await open(context, join(path, "data", file));
        if (file === "search.html") {
          await page.fill("#query", "alert");
          await page.waitForSelector("#results li");
        }
        await page.evaluate(`for (const one of document.querySelectorAll("main *")) {
          if (one.matches("details")) one.open = true;
          for (const type of ["mouseover", "focus", "toggle", "load", "error"]) one.dispatchEvent(new Event(type));
        }`);
        assert.deepEqual(incidents, [], file);
        assert.equal(await page.evaluate("window.harmed"), undefined, file);
        assert.equal(await page.evaluate("document.documentElement.scrollWidth - innerWidth"), 0, file);
        const outside = await page.evaluate(`[...document.querySelectorAll("${boxes}")].filter((box) => {
          const { left, right } = box.getBoundingClientRect();
          return left < 0 || right > innerWidth || getComputedStyle(box).overflow !== "clip";
        }).map((box) => box.outerHTML.slice(0, 200))`);
        assert.deepEqual(outside, [], file);
        assert.deepEqual(await faultsOf(page), [], file);
      }
    }
  });
});

describe("a search in 100,000 messages", () => {
  it("answers within 200 ms", async () => {
    const data = await temporaryFolder();
    const text = new SearchText(data);
    for (let i = 0; i < 100_000; i += 1) {
      const words = `message ${i} ${sentence(i)}`;
      await text.add({ page: Math.floor(i / 2000) + 1, anchor: `$${i}`, at: i * 1000, who: "Alice", words });
    }
    await text.finish({ id: "INC-0007", zone: "UTC" });
    for (const [name, content] of Object.entries(assets))
      await writeText(join(data, "assets", name), content);
    const browser = await startBrowser();
    await using context = await browser.newContext();
    const { page, incidents } = await open(context, join(data, "search.html"));
    const answer = (query: string) =>
      page.evaluate(`(() => {
        const query = document.getElementById("query");
        query.value = ${JSON.stringify(query)};
        const start = performance.now();
        query.dispatchEvent(new Event("input"));
        const took = performance.now() - start;
        return { took, found: document.getElementById("found").textContent };
      })()`) as Promise<{ took: number; found: string }>;
    await page.fill("#query", "message");
    await page.waitForFunction(
      "document.getElementById('found').textContent.startsWith('Found 100,000 lines, ')",
    );
    for (const [query, found] of [
      ["message 4711 ", "Found 20 lines."],
      ["gateway certificate", /^Found \d\d,\d{3} lines, the first 200 are shown\.$/],
      ["nothing has this", "Found 0 lines."],
    ] as const) {
      const answered = await answer(query);
      if (typeof found === "string") assert.equal(answered.found, found);
      else assert.match(answered.found, found);
      assert.ok(answered.took < 200, `${query} took ${answered.took} ms`);
    }
    assert.deepEqual(incidents, []);
  });
});

const vocabulary =
  "payment gateway times out rollback release queue depth certificate node balancer look".split(" ");

/** A sentence of some forty words, another one for each number. */
function sentence(number: number): string {
  const word = (place: number) => vocabulary[(number * 31 + place * (1 + (number % 7))) % vocabulary.length];
  return Array.from({ length: 40 }, (_, place) => word(place)).join(" ");
}
