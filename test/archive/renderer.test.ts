import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { readFileSync, writeFileSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, it } from "node:test";
import { fileURLToPath } from "node:url";
import { buildArchive } from "../../src/archive/build.ts";
import { ownRenderer } from "../../src/archive/maker.ts";
import type { ArchiveSource } from "../../src/archive/source.ts";
import { rendererMakers, rendererParts } from "../../src/cli/renderer.ts";
import { object, text } from "../../src/matrix/event.ts";
import { temporaryFolder } from "../support/folder.ts";
import { codeSamples } from "./code-samples.ts";
import { crowdedRoom } from "./crowded-room.ts";
import { hostileRoom } from "./hostile-room.ts";
import { everyFile, imprint } from "./made.ts";
import { recorded, recordedVersions, sourceOf } from "./recorded.ts";
import { SyntheticRoom } from "./synthetic.ts";

const checkout = fileURLToPath(new URL("../..", import.meta.url));
const golden = join(import.meta.dirname, "renderer.golden.json");

describe("the name of what makes pages", () => {
  it("is over every file and every package that Node.js loads for it", () => {
    const { files, packages } = rendererParts();
    const names = new Set([...packages.keys()].map((name) => name.replace(/@[^@]*$/, "")));
    const makers = rendererMakers.map((file) => new URL(`../../${file}`, import.meta.url).href);
    const program = join(import.meta.dirname, "loaded.ts");
    const loaded: unknown = JSON.parse(
      execFileSync(process.execPath, [program, ...makers], { encoding: "utf8" }),
    );
    assert.ok(Array.isArray(loaded));
    const paths = loaded
      .filter((url) => typeof url === "string" && url.startsWith("file:"))
      .map((url) => fileURLToPath(url).slice(checkout.length).replaceAll("\\", "/"));
    const ours = paths.filter((path) => path.startsWith("src/"));
    assert.ok(ours.length > 50, `${ours.length} files of ours were loaded`);
    assert.deepEqual(
      ours.filter((path) => !files.includes(path)),
      [],
    );
    const theirs = paths.flatMap((path) => /.*\/?node_modules\/((?:@[^/]+\/)?[^/]+)\//.exec(path)?.[1] ?? []);
    assert.ok(theirs.includes("sanitize-html") && theirs.includes("highlight.js") && theirs.includes("hono"));
    assert.deepEqual(
      theirs.filter((name) => !names.has(name)),
      [],
    );
  });

  it("is over what pages load, too", () => {
    const { files } = rendererParts();
    for (const asset of ["app.js", "search.js", "style.css"]) {
      assert.ok(files.includes(`src/archive/pages/assets/${asset}`), asset);
    }
  });

  it("is another one where the pages of the same data are", async () => {
    const made = { renderer: ownRenderer.code, pages: await digests() };
    const before: unknown = JSON.parse(readFileSync(golden, "utf8"));
    if (text(before, "renderer") === made.renderer) {
      const words = `Pages changed, and src/archive/renderer.ts did not. What changed them belongs into what
src/cli/renderer.ts looks at; were it left out, archives would be called altered by a later version.`;
      assert.deepEqual(made.pages, object(before, "pages"), words);
    }
    if (process.env.UPDATE_GOLDEN === "1") writeFileSync(golden, `${JSON.stringify(made, null, 2)}\n`);
    const words =
      "The renderer has another name now. Write its pages down anew: UPDATE_GOLDEN=1 npm test -- test/archive/renderer.test.ts";
    assert.deepEqual(made, JSON.parse(readFileSync(golden, "utf8")), words);
  });
});

/** The pages of rooms with everything in them, a digest for each room. */
async function digests(): Promise<Readonly<Record<string, string>>> {
  const rooms: Record<string, ArchiveSource> = {
    samples: sealed(sampleRoom()),
    hostile: sealed(hostileRoom()),
    crowded: sealed(crowdedRoom()),
  };
  for (const version of recordedVersions) {
    rooms[`recorded-v${version}`] = await sourceOf(await recorded(version), await temporaryFolder());
  }
  const made = Object.entries(rooms).map(async ([name, source]) => [name, await pagesOf(source)] as const);
  return Object.fromEntries((await Promise.all(made)).sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** SHA-256 over everything in `data/` by name and content, but for the name of the renderer itself. */
async function pagesOf(source: ArchiveSource): Promise<string> {
  const tool = { name: "cordon", version: "0.0.0" };
  const { path } = await buildArchive(source, { ...imprint, tool, folder: await temporaryFolder() });
  const hash = createHash("sha256");
  for (const file of await everyFile(join(path, "data"))) {
    const content = await readFile(join(path, "data", file), "latin1");
    hash.update(`${file}\n`).update(content.replaceAll(ownRenderer.code, "RENDERER"), "latin1");
  }
  return hash.digest("hex");
}

function sealed(room: SyntheticRoom): ArchiveSource {
  return room.source({ seal: room.seal() });
}

/** Code in all languages that are marked, a table and a place: what the recorded rooms have nothing of. */
function sampleRoom(): SyntheticRoom {
  const room = new SyntheticRoom();
  const formatted = (formatted_body: string) =>
    room.add("m.room.message", {
      msgtype: "m.text",
      body: "as formatted",
      format: "org.matrix.custom.html",
      formatted_body,
    });
  for (const [language, code] of codeSamples) {
    const escaped = code.replaceAll("&", "&amp;").replaceAll("<", "&lt;");
    formatted(`<pre><code class="language-${language}">${escaped}</code></pre>`);
  }
  formatted("<h1>Loud</h1><table><tr><th>a</th><td>b</td></tr></table><blockquote><p>said</p></blockquote>");
  room.add("m.room.message", { msgtype: "m.location", body: "here", geo_uri: "geo:52.5,13.4;u=30" });
  return room;
}
