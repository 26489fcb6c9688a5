import assert from "node:assert/strict";
import { join } from "node:path";
import { describe, it } from "node:test";
import { folder, writeText } from "../../src/archive/files/output.ts";
import { assets } from "../../src/archive/pages/page.ts";
import { SearchText } from "../../src/archive/pages/search.ts";
import { open, startBrowser } from "../support/browser.ts";
import { temporaryFolder } from "../support/folder.ts";

const vocabulary =
  "payment gateway times out rollback release queue depth certificate node balancer look".split(" ");

/** A sentence of some forty words, another one for each number. */
function sentence(number: number): string {
  const word = (place: number) => vocabulary[(number * 31 + place * (1 + (number % 7))) % vocabulary.length];
  return Array.from({ length: 40 }, (_, place) => word(place)).join(" ");
}

/** The search over 20,000 lines of one archive, in six files. */
async function searchPage(): Promise<string> {
  const data = await temporaryFolder();
  const text = new SearchText(folder(data));
  const said = { page: 7, at: 0, who: "Zoë Ångström" };
  for (let i = 0; i < 20_000; i += 1) {
    await text.add({ ...said, anchor: `$${i}`, words: `message ${i} ${sentence(i)}` });
  }
  await text.add({
    ...said,
    anchor: "$last",
    words: `${"far ".repeat(100)}<b>İstanbul</b> ＦＵＬＬ <script>`,
  });
  await text.finish({ id: "INC-0007", zone: "UTC" });
  for (const [name, content] of Object.entries(assets)) await writeText(join(data, "assets", name), content);
  return join(data, "search.html");
}

describe("the search of an archive", () => {
  it("goes through all files of its text, whatever case, accents and width", async () => {
    const browser = await startBrowser();
    await using context = await browser.newContext();
    const { page, incidents } = await open(context, await searchPage());
    const table: readonly (readonly [query: string, found: string | RegExp])[] = [
      ["message", "Found 20,000 lines, the first 200 are shown."],
      ["MESSAGE 4711 ", "Found 2 lines."],
      ["gateway certificate", /^Found \d,\d{3} lines, the first 200 are shown\.$/],
      ["nothing has this", "Found 0 lines."],
      ["istanbul full", "Found 1 line."],
      ["zoe angstrom <script>", "Found 1 line."],
      ["   ", "Nothing was searched for yet."],
    ];
    for (const [query, found] of table) {
      await page.fill("#query", query);
      await page.locator("#found", { hasText: found }).waitFor();
    }
    await page.fill("#query", "istanbul");
    const hit = page.locator("#results li");
    assert.match((await hit.textContent()) ?? "", /…(?: far)+ <b>İstanbul<\/b> ＦＵＬＬ <script>$/);
    assert.equal(await hit.locator("mark").textContent(), "İstanbul");
    assert.equal(await hit.locator("a").getAttribute("href"), "messages/0007.html#%24last");
    assert.deepEqual(incidents, []);
  });
});
