import { createHash } from "node:crypto";
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

/** An input that something failed on once, or that is worth to be tried every time. */
export interface Case {
  /** What went wrong with it, or why it is here. */
  readonly why: string;
  readonly input: unknown;
}

const corpus = join(import.meta.dirname, "corpus");

/** The cases of a target, by their files. They are files of this repository, and taken as they are. */
export function casesOf(target: string): ReadonlyMap<string, Case> {
  return new Map(filesIn(join(corpus, target)).map((file) => [file, JSON.parse(readFileSync(file, "utf8"))]));
}

function filesIn(folder: string): readonly string[] {
  try {
    return readdirSync(folder)
      .toSorted()
      .map((name) => join(folder, name));
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return [];
    throw error;
  }
}

/** Keeps a case, from now on tried before all others, and gives its file. */
export function keepCase(target: string, found: Case): string {
  const folder = join(corpus, target);
  mkdirSync(folder, { recursive: true });
  const digest = createHash("sha256").update(JSON.stringify(found.input)).digest("hex");
  const file = join(folder, `${digest.slice(0, 12)}.json`);
  writeFileSync(file, `${JSON.stringify(found, undefined, 2)}\n`);
  return file;
}
