import assert from "node:assert/strict";
import { createServer } from "node:http";
import { join } from "node:path";
import { describe, it } from "node:test";
import type { BrowserContext, Page } from "playwright-core";
import { verifyArchive } from "../../src/archive/verify/verify.ts";
import { faultsOf, open, startBrowser } from "../support/browser.ts";
import { listening } from "../support/listening.ts";
import { archiveWith, pixel } from "./files.ts";
import { alice, SyntheticRoom } from "./synthetic.ts";

/** Somewhere that hostile files would call, if they could; and whether any has. */
const called: string[] = [];
const server = createServer((request, response) => {
  called.push(String(request.url));
  response.end();
});
const home = await listening(server);
const script = `window.harmed=true;fetch("${home}/fetched");new Image().src="${home}/image"`;
const page = `<!doctype html><html><head><title>taken</title><meta http-equiv="refresh" content="0;url=${home}/refresh">
<link rel="stylesheet" href="${home}/style"></head><body onload='${script}'><script>${script}</script><img src="${home}/img"></body></html>`;
const svg = `<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" onload='${script}'>
<script>${script}</script><image xlink:href="${home}/svg"/></svg>`;

/** Each with what its sender says it is. */
const hostile: readonly (readonly [name: string, mimetype: string, content: string | Buffer])[] = [
  ["drawing.svg", "image/svg+xml", svg],
  ["drawing.png", "image/png", `<?xml version="1.0"?>${svg}`],
  ["page.png", "image/png", page],
  ["page.html", "text/html", page],
  ["page-in-utf16.html", "text/html", Buffer.from(`\ufeff${page}`, "utf16le")],
  ["page-behind-nul.html", "text/html", `\0${page}`],
  ["page-far-behind.html", "text/html", `${"\n".repeat(5000)}${page}`],
  ["gif-and-script.gif", "image/gif", `GIF89a/*${"\0".repeat(300)}*/=1;${script}`],
  ["gif-and-page.gif", "image/gif", `GIF89a${page}`],
  ["picture-and-page.png", "image/png", Buffer.concat([pixel, Buffer.from(page)])],
  ["webp-and-page.webp", "image/webp", `RIFF<!--WEBP-->${page}`],
  ["script.js", "text/javascript", script],
  ["style.css", "text/css", `body{background:url(${home}/css)}`],
  [
    "feed.xml",
    "text/xml",
    `<?xml version="1.0"?><html xmlns="http://www.w3.org/1999/xhtml"><script>${script}</script></html>`,
  ],
  ["mail.mht", "multipart/related", `MIME-Version: 1.0\nContent-Type: text/html\n\n${page}`],
  [`"><img src=x onerror=${script}>`, `"><script>${script}</script>`, page],
  ["../../index.html", "text/html", page],
];

const kinds = ["m.image", "m.file", "m.audio", "m.video"];

/** A room in which each of these is sent as everything, as a preview, and is somebody's picture. */
function roomOf(): { room: SyntheticRoom; files: Record<string, string | Buffer> } {
  const room = new SyntheticRoom();
  const files: Record<string, string | Buffer> = {};
  for (const [index, [name, mimetype, content]] of hostile.entries()) {
    const url = `mxc://example.org/${index}`;
    files[url] = content;
    room.add(
      "m.room.member",
      { membership: "join", displayname: name, avatar_url: url },
      { sender: alice, stateKey: alice },
    );
    for (const msgtype of kinds) {
      const info = { mimetype, w: 100_000, h: 100_000, thumbnail_url: url, thumbnail_info: { mimetype } };
      room.add("m.room.message", { msgtype, body: name, filename: name, url, info });
    }
    room.add("m.sticker", { body: name, url, info: { mimetype } });
  }
  return { room, files };
}

describe("files made to do harm, in a browser", async () => {
  const { room, files } = roomOf();
  const { path } = await archiveWith(room, files);
  const transcript = join(path, "data/messages/0001.html");
  const browser = await startBrowser();

  it("are in an archive that verifies", async () => assert.ok((await verifyArchive(path)).ok));

  it("do nothing where they are shown", async () => {
    for (const width of [320, 1280]) {
      await using context = await browser.newContext({ viewport: { width, height: 9000 } });
      const { page, incidents } = await open(context, transcript);
      await page.evaluate(`Promise.all([...document.images].map((image) => {
        image.loading = "eager";
        return image.decode().catch(() => {});
      }))`);
      assert.equal(await page.evaluate("window.harmed"), undefined);
      assert.equal(await page.evaluate("document.documentElement.scrollWidth - innerWidth"), 0);
      assert.deepEqual(incidents, []);
      assert.deepEqual(await faultsOf(page), []);
    }
    assert.deepEqual(called, []);
  });

  it("do nothing where they are opened, or are only saved", async () => {
    await using context = await browser.newContext({ acceptDownloads: true });
    const { page } = await open(context, transcript);
    const files =
      await page.evaluate(`[...new Set([...document.querySelectorAll("main a[href*='media/'], main img")]
      .map((one) => one.href ?? one.src))]`);
    assert.ok(Array.isArray(files));
    assert.equal(files.length, new Set(hostile.map(([, , content]) => String(content))).size);
    for (const file of files) await opens(context, String(file));
    assert.deepEqual(called, []);
  });

  it("are saved under the name of their content, and never under their sender's", async () => {
    await using context = await browser.newContext({ acceptDownloads: true });
    const { page } = await open(context, transcript);
    const links = page.locator(".file a[download]");
    assert.ok((await links.count()) > hostile.length);
    assert.equal(await page.locator(".file a[download]:not([download=''])").count(), 0);
  });
});

/** Opens a file by its address, as somebody may who goes through the folder, and sees that it only lies there. */
async function opens(context: BrowserContext, address: string): Promise<void> {
  const page = await context.newPage();
  const incidents: string[] = [];
  page.on("dialog", (dialog) => {
    incidents.push(dialog.message());
    dialog.dismiss().catch(() => {});
  });
  page.on("request", (request) => {
    if (!request.url().startsWith("file:")) incidents.push(request.url());
  });
  // What the browser saves instead of showing ends the navigation.
  const saved = await page.goto(address).then(
    () => false,
    (error: Error) => {
      if (!/Download is starting|ERR_ABORTED/.test(error.message)) throw error;
      return true;
    },
  );
  if (!saved) assert.deepEqual(await harmIn(page), { harmed: false, title: "", scripts: 0 }, address);
  assert.deepEqual(incidents, [], address);
  await page.close();
}

async function harmIn(page: Page): Promise<unknown> {
  return page.evaluate(`({
    harmed: "harmed" in window,
    title: document.contentType.startsWith("image/") ? "" : document.title,
    scripts: document.scripts.length,
  })`);
}
