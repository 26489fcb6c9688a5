import type { Emitter } from "highlight.js";

/**
 * Writes code as it is being read, where highlight.js itself would build a tree of it first and walk through that: for
 * the same HTML, with half the garbage.
 */
export class CodeMarks implements Emitter {
  #html = "";
  #open = 0;

  addText(text: string): void {
    this.#html += special.test(text) ? text.replaceAll(specials, (found) => escapes[found] ?? found) : text;
  }

  startScope(scope: string): void {
    this.#html += `<span class="${classOf(scope)}">`;
    this.#open += 1;
  }

  endScope(): void {
    if (this.#open === 0) return;
    this.#html += "</span>";
    this.#open -= 1;
  }

  /** What highlight.js calls for a part of speech that others may be in. */
  openNode(scope: string): void {
    this.startScope(scope);
  }

  closeNode(): void {
    this.endScope();
  }

  /** Takes code of another language within this one. */
  __addSublanguage(emitter: Emitter, name: string): void {
    const html = emitter.toHTML();
    this.#html += name ? `<span class="language-${name}">${html}</span>` : html;
  }

  finalize(): void {
    while (this.#open > 0) this.endScope();
  }

  toHTML(): string {
    return this.#html;
  }
}

const special = /[&<>"']/;
const specials = /[&<>"']/g;
const escapes: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#x27;",
};

const classes = new Map<string, string>();

/** `title.function` is a kind of `title`: a style for either fits. */
function classOf(scope: string): string {
  const known = classes.get(scope);
  if (known !== undefined) return known;
  const [kind = "", ...kinds] = scope.split(".");
  const made = [`hljs-${kind}`, ...kinds.map((part, index) => `${part}${"_".repeat(index + 1)}`)].join(" ");
  classes.set(scope, made);
  return made;
}
