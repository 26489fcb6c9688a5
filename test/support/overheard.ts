import { closeSync, fstatSync, openSync, readSync } from "node:fs";

/** Of what one program said no more is told, the end of it: in lines, and in bytes. */
const mostLines = 200;
const mostBytes = 64 * 1024;

/** A program that runs for the tests of this file. */
interface Speaker {
  readonly name: string;
  /** What it said since this was last called, line by line. */
  readonly news: () => readonly string[];
}

const speakers: Speaker[] = [];
const secrets = new Set<string>();

/** What looks like a token, or is said to be one: those of Synapse begin with `syt_`. */
const tokens = [
  /\bsyt_[\w+/=-]+/g,
  /(?<=\bbearer\s+)[^\s"']+/gi,
  /(?<=(?:access_token|password|secret|token)["']?\s*[=:]\s*["']?)[^\s"'&,;)}\]]+/gi,
];

/** Has the end of these lines, which grow, told where a test fails. */
export function overhearLines(name: string, lines: readonly string[]): void {
  let told = 0;
  speakers.push({
    name,
    news() {
      const news = lines.slice(Math.max(told, lines.length - mostLines));
      told = lines.length;
      return news.map((line) => line.trimEnd());
    },
  });
}

/**
 * Has the end of a file, which grows, told where a test fails.
 *
 * @returns reads it for the last time, before it is removed
 */
export function overhearFile(name: string, path: string): () => void {
  let told = 0;
  let last = "";
  const read = () => {
    const { words, size } = endOf(path, told);
    told = size;
    last = (last + words).slice(-mostBytes);
  };
  speakers.push({
    name,
    news() {
      read();
      const words = last;
      last = "";
      return words.trimEnd() === "" ? [] : words.trimEnd().split("\n");
    },
  });
  return read;
}

/** Has something blotted out wherever it comes up in what is told. */
export function keepSecret(...words: readonly string[]): void {
  for (const word of words) if (word !== "") secrets.add(word);
}

/** What the programs said since this was last called, without secrets; `undefined` where there is no program. */
export function whatTheySaid(): string | undefined {
  if (speakers.length === 0) return undefined;
  return speakers
    .map(({ name, news }) => {
      const lines = lastBytes(news().slice(-mostLines).map(withoutSecrets));
      const head = lines.length === 0 ? `${name} said nothing (more)` : `${name}, the last it said`;
      return [`--- ${head} ---`, ...lines].join("\n");
    })
    .join("\n");
}

function lastBytes(lines: readonly string[]): readonly string[] {
  let room = mostBytes;
  const first = lines.findLastIndex((line) => {
    room -= Buffer.byteLength(line) + 1;
    return room < 0;
  });
  return lines.slice(first + 1);
}

function withoutSecrets(line: string): string {
  let shown = line;
  for (const secret of secrets) shown = shown.replaceAll(secret, "…");
  for (const token of tokens) shown = shown.replaceAll(token, "…");
  return shown;
}

/** The end of a file from a place on; nothing where it is not there. */
function endOf(path: string, from: number): { readonly words: string; readonly size: number } {
  try {
    const file = openSync(path, "r");
    try {
      const { size } = fstatSync(file);
      const start = Math.max(from, size - mostBytes);
      const bytes = Buffer.alloc(Math.max(0, size - start));
      const length = readSync(file, bytes, 0, bytes.length, start);
      return { words: bytes.toString("utf8", 0, length), size: start + length };
    } finally {
      closeSync(file);
    }
  } catch {
    return { words: "", size: from };
  }
}
