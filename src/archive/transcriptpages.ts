import { join } from "node:path";
import { dayInWords, dayOf } from "./clock.ts";
import { type Fragment, type Html, html } from "./html.ts";
import { Output } from "./output.ts";
import { pageHead } from "./page.ts";

/** Few enough for a page to open at once, many enough to search in with the browser's own search. */
const linesPerPage = 2000;

/** What stands above the lines of every page. */
export interface Heading {
  readonly id: string;
  readonly title: string;
}

/** The name of a page of the transcript, counted from 1. */
export function pageFile(number: number): string {
  return `${String(number).padStart(4, "0")}.html`;
}

/** Writes the pages of the transcript, one line after the other. */
export class TranscriptPages {
  readonly #folder: string;
  readonly #heading: Heading;
  #output: Output | undefined;
  #number = 0;
  #lines = 0;
  #day = "";
  #latest = 0;
  /** Whose turn to speak it is; the end of a turn is written before anything else comes. */
  #turn: string | undefined;

  constructor(folder: string, heading: Heading) {
    this.#folder = folder;
    this.#heading = heading;
  }

  /** The page that is being written. */
  get number(): number {
    return Math.max(1, this.#number);
  }

  /** Turns the page if this one is full. To be called before each line, with the line's time. */
  async turnPage(at: number): Promise<void> {
    if (this.#output === undefined) await this.#begin();
    else if (this.#lines >= linesPerPage) {
      await this.#end(this.#number + 1);
      await this.#begin();
    }
    this.#lines += 1;
    // Homeserver clocks differ: a line that claims to be older than the one before belongs to the same day.
    this.#latest = Math.max(this.#latest, at);
    const day = dayOf(this.#latest);
    if (day === this.#day) return;
    this.#day = day;
    await this.#endTurn();
    await this.#write(html`<h2 class="day" id="d-${day}">${dayInWords(this.#latest)}</h2>
`);
  }

  /** A line by itself. */
  async line(content: Html): Promise<void> {
    await this.#endTurn();
    await this.#write(content);
  }

  /** A line in somebody's turn. `turn` tells turns apart; the heading is written where a new one begins. */
  async lineInTurn(turn: string, heading: Html, content: Html): Promise<void> {
    if (this.#turn !== turn) {
      await this.#endTurn();
      await this.#write(html`<section class="turn">
${heading}`);
      this.#turn = turn;
    }
    await this.#write(content);
  }

  /** Ends the last page and tells how many there are. An empty transcript has one page too. */
  async finish(): Promise<number> {
    if (this.#output === undefined) await this.#begin();
    await this.#end(undefined);
    return this.#number;
  }

  async close(): Promise<void> {
    await this.#output?.close();
    this.#output = undefined;
  }

  async #begin(): Promise<void> {
    this.#number += 1;
    this.#lines = 0;
    this.#day = "";
    this.#output = await Output.create(join(this.#folder, pageFile(this.#number)));
    const { id, title } = this.#heading;
    await this.#write(html`${pageHead(`${id} transcript ${this.#number}`, { href: "../assets/style.css" })}<body class="transcript">
<header class="top">
<p class="id"><a href="../index.html">${id}</a></p>
<h1><bdi>${title}</bdi></h1>
<p class="note">Transcript, page ${this.#number}. Times in UTC; hover or focus a time for the local time and the event.</p>
</header>
<main>
`);
  }

  async #end(next: number | undefined): Promise<void> {
    await this.#endTurn();
    const link = (number: number, words: string): Fragment =>
      html`<a href="${pageFile(number)}">${words}</a>`;
    await this.#write(html`</main>
<nav class="pages" aria-label="Pages">
<a href="../index.html">Report</a>
${this.#number > 1 ? link(this.#number - 1, "Earlier page") : undefined}
${next === undefined ? undefined : link(next, "Later page")}
</nav>
</body>
</html>
`);
    await this.close();
  }

  async #endTurn(): Promise<void> {
    if (this.#turn === undefined) return;
    this.#turn = undefined;
    await this.#write(html`</section>
`);
  }

  async #write(content: Html): Promise<void> {
    await this.#output?.write(content.toString());
  }
}
