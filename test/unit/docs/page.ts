import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { top } from "../config/written.ts";

/** Something shown between fences: `kind` is what stands behind the first of them. */
export interface Example {
  readonly kind: string;
  readonly text: string;
}

/** A page of docs/ that is written by hand. */
export class Page {
  readonly name: string;
  readonly text: string;

  constructor(name: string) {
    this.name = name;
    this.text = readFileSync(join(top, "docs", name), "utf8");
  }

  get examples(): readonly Example[] {
    const fenced = this.text.matchAll(/^```(.*)\n([\s\S]*?)\n```$/gm);
    return [...fenced].map(([, kind = "", text = ""]) => ({ kind, text }));
  }

  /** What a table shows below its head, cell by cell. The table is known by the title of its first column. */
  table(title: string): readonly (readonly string[])[] {
    const lines = this.text.split("\n");
    const head = lines.findIndex((line) => cellsOf(line)[0] === title);
    assert.ok(head >= 0, `${this.name} has no table ${title}`);
    const below = lines.slice(head + 2);
    return below.slice(0, below.indexOf("")).map(cellsOf);
  }
}

function cellsOf(line: string): readonly string[] {
  return line
    .split("|")
    .slice(1, -1)
    .map((cell) => cell.trim());
}
