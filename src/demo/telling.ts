import { styleText } from "node:util";

/** Tells a story as it happens: scenes, what is said in them, and what was seen to hold. */
export class Telling {
  readonly #to: NodeJS.WriteStream;
  #scenes = 0;

  /** @param to a stream that may be a terminal */
  constructor(to: NodeJS.WriteStream) {
    this.#to = to;
  }

  scene(title: string): void {
    this.#scenes += 1;
    this.#line("");
    this.#line(this.#in("bold", `${this.#scenes}. ${title}`));
  }

  /** Words of somebody in a room; longer ones go on under themselves. */
  says(name: string, words: string): void {
    const [first = "", ...rest] = words.split("\n");
    this.#line(`   ${this.#in("cyan", name.padEnd(nameWidth))} ${first}`);
    for (const each of rest) this.#line(`   ${" ".repeat(nameWidth)} ${each}`);
  }

  /** What somebody does otherwise than by saying it. */
  does(name: string, what: string): void {
    this.#line(`   ${this.#in("cyan", name.padEnd(nameWidth))} ${this.#in("dim", what)}`);
  }

  /** Something that was checked. */
  holds(what: string): void {
    this.#line(`   ${this.#in("green", "ok".padEnd(nameWidth))} ${what}`);
  }

  /** Something beside the story. */
  remark(words: string): void {
    this.#line(words);
  }

  #line(words: string): void {
    this.#to.write(`${words}\n`);
  }

  /** In colour on a terminal only, and never where NO_COLOR is set. */
  #in(style: "bold" | "cyan" | "dim" | "green", words: string): string {
    return styleText(style, words, { stream: this.#to });
  }
}

const nameWidth = 8;
