import type { UserId } from "../incident/ids.ts";

/** A word of a message: what was typed, where it stands, and whom it means where it is a pill. */
export interface Word {
  readonly text: string;
  /** Where it begins and ends in the line. */
  readonly from: number;
  readonly to: number;
  readonly user?: UserId;
}

/** A mention as a client writes it: a link to a user, with a name that also stands in `body`. */
export interface Pill {
  readonly user: UserId;
  readonly name: string;
}

/**
 * The words of a command, read from both ends: leading parameters are taken from the front, closing ones
 * (`next 45m`, the people of `new`) from the back, and what is left between is free text as it was typed.
 */
export class Words {
  readonly #line: string;
  readonly #words: readonly Word[];
  #first = 0;
  #last: number;

  constructor(line: string, pills: readonly Pill[] = []) {
    this.#line = line;
    this.#words = split(line, pills);
    this.#last = this.#words.length;
  }

  /** How many words are left. */
  get left(): number {
    return this.#last - this.#first;
  }

  /** A word from the front, without taking it. */
  peek(ahead = 0): Word | undefined {
    const index = this.#first + ahead;
    return index < this.#last ? this.#words[index] : undefined;
  }

  /** A word from the back, without taking it: 0 is the last. */
  peekBack(behind = 0): Word | undefined {
    const index = this.#last - 1 - behind;
    return index >= this.#first ? this.#words[index] : undefined;
  }

  take(count = 1): Word | undefined {
    const word = this.peek();
    this.#first = Math.min(this.#last, this.#first + count);
    return word;
  }

  takeBack(count = 1): void {
    this.#last = Math.max(this.#first, this.#last - count);
  }

  /** Everything that is left, as it was typed, line breaks included. */
  rest(): string {
    const first = this.peek();
    const last = this.peekBack();
    this.#first = this.#last;
    return first === undefined || last === undefined ? "" : this.#line.slice(first.from, last.to);
  }
}

function split(line: string, pills: readonly Pill[]): readonly Word[] {
  const words: Word[] = [];
  let at = 0;
  for (const { user, name } of pills) {
    const found = name === "" ? -1 : line.indexOf(name, at);
    if (found < 0) continue;
    words.push(...plainWords(line, at, found));
    words.push({ text: name, from: found, to: found + name.length, user });
    at = found + name.length;
  }
  return [...words, ...plainWords(line, at, line.length)].filter(hasSense);
}

function plainWords(line: string, from: number, to: number): readonly Word[] {
  return [...line.slice(from, to).matchAll(/\S+/g)].map((match) => ({
    text: match[0],
    from: from + match.index,
    to: from + match.index + match[0].length,
  }));
}

/** Clients put a comma or a colon behind a pill: it is no word. */
function hasSense(word: Word): boolean {
  return word.user !== undefined || !/^[,:;]+$/.test(word.text);
}
