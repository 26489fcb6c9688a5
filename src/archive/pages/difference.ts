import { type Fragment, type Html, html } from "./html.ts";

/** Words, numbers, the space between them, and every other character by itself. */
const piece = /\p{L}+|\p{N}+|\s+|./gsu;

/** As many pairs of pieces as are compared; two texts that differ in more are shown one after the other. */
const mostPairs = 250_000;

/** What changed from one text to the next: words that went are marked as deleted, words that came as inserted. */
export function showDifference(before: string, after: string): Html {
  const [old, now] = [piecesOf(before), piecesOf(after)];
  const start = commonLength(old, now);
  const end = commonLength(old.slice(start).reverse(), now.slice(start).reverse());
  const middle = compare(old.slice(start, old.length - end), now.slice(start, now.length - end));
  return html`${now.slice(0, start).join("")}${middle}${now.slice(now.length - end).join("")}`;
}

function piecesOf(text: string): readonly string[] {
  return text.toWellFormed().match(piece) ?? [];
}

function commonLength(a: readonly string[], b: readonly string[]): number {
  const end = a.findIndex((word, index) => word !== b[index]);
  return end === -1 ? a.length : end;
}

/** Compares by the longest common subsequence. */
function compare(old: readonly string[], now: readonly string[]): Fragment {
  if (old.length * now.length > mostPairs) return [gone(old), come(now)];
  const width = now.length + 1;
  // At (i, j): how many pieces the rest of the old text, from i, and of the new one, from j, have in common.
  const common = new Uint16Array((old.length + 1) * width);
  const at = (i: number, j: number) => common[i * width + j] ?? 0;
  for (let i = old.length - 1; i >= 0; i -= 1) {
    for (let j = now.length - 1; j >= 0; j -= 1) {
      common[i * width + j] = old[i] === now[j] ? at(i + 1, j + 1) + 1 : Math.max(at(i + 1, j), at(i, j + 1));
    }
  }
  const shown: Fragment[] = [];
  let [i, j] = [0, 0];
  while (i < old.length || j < now.length) {
    const [oldStart, nowStart] = [i, j];
    while (i < old.length && at(i + 1, j) === at(i, j)) i += 1;
    while (j < now.length && at(i, j + 1) === at(i, j)) j += 1;
    shown.push(gone(old.slice(oldStart, i)), come(now.slice(nowStart, j)));
    const keptStart = j;
    while (i < old.length && j < now.length && old[i] === now[j]) [i, j] = [i + 1, j + 1];
    shown.push(now.slice(keptStart, j).join(""));
  }
  return shown;
}

function gone(pieces: readonly string[]): Fragment {
  return pieces.length === 0 ? undefined : html`<del>${pieces.join("")}</del>`;
}

function come(pieces: readonly string[]): Fragment {
  return pieces.length === 0 ? undefined : html`<ins>${pieces.join("")}</ins>`;
}
