import { Output, type Shelf } from "../files/output.ts";
import { dayInWords, dayOf } from "./clock.ts";
import { type Fragment, type Html, html } from "./html.ts";
import { inFolder, pageHead, pageLinks } from "./page.ts";

/** Few enough for a page to open at once, many enough to search in with the browser's own search. */
const eventsPerPage = 2000;

/** The page of the event at a place of the record, both counted from their beginnings: pages from 1. */
export function pageOf(place: number): number {
  return Math.floor(place / eventsPerPage) + 1;
}

/** The name of a page of the transcript, counted from 1. */
export function pageFile(number: number): string {
  return `${String(number).padStart(4, "0")}.html`;
}

/** What stands above the lines of every page. */
export interface Heading {
  readonly id: string;
  readonly title: string;
  readonly zone: string;
}

/** Writes the pages of the transcript, one line after the other. It gives a promise only where there is one to wait for. */
export class TranscriptPages {
  readonly #data: Shelf;
  readonly #heading: Heading;
  readonly #count: number;
  #output: Output | undefined;
  #number = 0;
  #day = "";
  #latest = 0;
  /** Whose turn to speak it is; the end of a turn is written before anything else comes. */
  #turn: string | undefined;

  /** `events` is how many events the transcript is of. */
  constructor(data: Shelf, heading: Heading, events: number) {
    this.#data = data;
    this.#heading = heading;
    this.#count = pageOf(Math.max(0, events - 1));
  }

  /** The page that is being written. */
  get number(): number {
    return Math.max(1, this.#number);
  }

  /** Turns to a page, counted from 1. It is the one being written or the one after it. */
  turnTo(number: number): Promise<void> | undefined {
    return number === this.#number ? undefined : this.#turnOver();
  }

  /** Writes the day, if it is another one, above a line of this time. */
  #date(at: number): Promise<void> | undefined {
    // Homeserver clocks differ: a line that claims to be older than the one before belongs to the same day.
    this.#latest = Math.max(this.#latest, at);
    const day = dayOf(this.#latest);
    if (day === this.#day) return undefined;
    this.#day = day;
    return this.#beginDay(html`<h2 class="day" id="d-${day}">${dayInWords(this.#latest)}</h2>
`);
  }

  /** A line by itself, with its time. */
  async line(at: number, content: Html): Promise<void> {
    await this.#date(at);
    await this.#endTurn();
    await this.#write(content);
  }

  /** A line in somebody's turn. `turn` tells turns apart; the heading is written where a new one begins. */
  async lineInTurn(at: number, turn: string, heading: () => Promise<Html>, content: Html): Promise<void> {
    await this.#date(at);
    if (this.#turn !== turn) {
      await this.#endTurn();
      await this.#write(html`<section class="turn">
${await heading()}`);
      this.#turn = turn;
    }
    await this.#write(content);
  }

  /** Ends the last page. An empty transcript has one page too. */
  async finish(): Promise<void> {
    await this.turnTo(this.number);
    await this.#end();
  }

  async close(): Promise<void> {
    await this.#output?.close();
    this.#output = undefined;
  }

  async #beginDay(heading: Html): Promise<void> {
    await this.#endTurn();
    await this.#write(heading);
  }

  async #turnOver(): Promise<void> {
    if (this.#output !== undefined) await this.#end();
    await this.#begin();
  }

  async #begin(): Promise<void> {
    this.#number += 1;
    this.#day = "";
    this.#output = await Output.create(this.#data.at(`messages/${pageFile(this.#number)}`));
    const { id, title, zone } = this.#heading;
    await this.#write(html`${pageHead(`${id} transcript ${this.#number}`, inFolder("../"), zone)}<body class="transcript">
<header class="top">
${pageLinks("../")}<p class="id">${id}</p>
<h1><bdi>${title}</bdi></h1>
<p class="note">Transcript, page ${this.#number} of ${this.#count}. Times in <span class="zone">UTC</span>; hover or focus a time for both clocks and the event.</p>
</header>
<main id="main">
`);
  }

  async #end(): Promise<void> {
    await this.#endTurn();
    const link = (number: number, words: string): Fragment =>
      number < 1 || number > this.#count || number === this.#number
        ? undefined
        : html`<a href="${pageFile(number)}">${words}</a>
`;
    await this.#write(html`</main>
<nav class="pages" aria-label="Pages">
${link(1, "First page")}${link(this.#number - 1, "Earlier page")}${link(this.#number + 1, "Later page")}${link(this.#count, "Last page")}</nav>
</body>
</html>
`);
    await this.close();
  }

  #endTurn(): Promise<void> | undefined {
    if (this.#turn === undefined) return undefined;
    this.#turn = undefined;
    return this.#write(html`</section>
`);
  }

  #write(content: Html): Promise<void> | undefined {
    return this.#output?.write(content.toString());
  }
}
