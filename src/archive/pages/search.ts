import { Output, type Shelf, writeText } from "../files/output.ts";
import { iso } from "./clock.ts";
import { type Html, html, printable } from "./html.ts";
import { inFolder, page, pageLinks } from "./page.ts";

/** As many characters as one file of the text has: a browser reads it in a few milliseconds. */
const shardLength = 1_000_000;

/** A line of the transcript that can be found. */
export interface Findable {
  /** The page of the transcript, counted from 1, and the place on it. */
  readonly page: number;
  readonly anchor: string;
  /** Milliseconds since the epoch. */
  readonly at: number;
  readonly who: string;
  readonly words: string;
}

/**
 * Writes down what the transcript shows, to be searched in by `assets/search.js`. It is text, not an index:
 * to go through the text of 100,000 messages takes a browser some 30 ms, finds the middle of a host's name and
 * words of every script, and costs nothing to make. Files are classic scripts, because a page that was opened
 * from a folder may load nothing else; what was removed is not in them.
 */
export class SearchText {
  readonly #data: Shelf;
  /** The file that is being written, and how many characters of lines it has. */
  #shard: Output | undefined;
  #length = 0;
  #shards = 0;

  /** `data` is where the archive's folder of that name goes. */
  constructor(data: Shelf) {
    this.#data = data;
  }

  async add({ page, anchor, at, who, words }: Findable): Promise<void> {
    if (words.trim() === "") return;
    const line = JSON.stringify([page, anchor, iso(at), who, printable(words)]);
    this.#shard ??= await this.#begin();
    await this.#shard.write(`${this.#length === 0 ? "" : ",\n"}${line}`);
    this.#length += line.length;
    if (this.#length >= shardLength) await this.#end();
  }

  /** Writes what is left, and the page that searches. */
  async finish({ id, zone }: { readonly id: string; readonly zone: string }): Promise<void> {
    await this.#end();
    await writeText(this.#data.at("search.html"), searchPage(id, zone, this.#shards).toString());
  }

  async close(): Promise<void> {
    await this.#shard?.close();
    this.#shard = undefined;
  }

  async #begin(): Promise<Output> {
    const name = `search-${String(this.#shards).padStart(3, "0")}.js`;
    const shard = await Output.create(this.#data.at(`assets/${name}`));
    await shard.write("cordonSearch([\n");
    this.#length = 0;
    this.#shards += 1;
    return shard;
  }

  async #end(): Promise<void> {
    await this.#shard?.write("\n]);\n");
    await this.close();
  }
}

function searchPage(id: string, zone: string, shards: number): Html {
  return page(
    `${id} search`,
    inFolder("", "search.js"),
    zone,
    html`<header class="top">
${pageLinks("", "Search")}<p class="id">${id}</p>
<h1>Search</h1>
</header>
<main id="main" class="search">
<label for="query">Words that a message, a file's name or an entry of the journal has</label>
<input id="query" type="search" autocomplete="off" spellcheck="false" data-shards="${shards}">
<p id="found" class="found" role="status">Nothing was searched for yet.</p>
<ol id="results" class="results"></ol>
<noscript><p>Search needs scripts. Without them the browser's own search works on every page of the transcript.</p></noscript>
</main>`,
  );
}
