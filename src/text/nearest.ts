/** Fewer letters begin too many words to mean one of them. */
const shortestBeginning = 3;

/**
 * The candidate that `word` was probably meant to be: at most one letter in three is wrong, or one is the
 * beginning of the other, case aside. `undefined` where none is so close, or several are equally close.
 */
export function nearest(word: string, candidates: Iterable<string>): string | undefined {
  const typed = word.toLowerCase();
  let closest: string[] = [];
  let least = Number.POSITIVE_INFINITY;
  for (const candidate of candidates) {
    const distance = distanceBetween(typed, candidate.toLowerCase());
    if (distance > least || distance === Number.POSITIVE_INFINITY) continue;
    closest = distance < least ? [candidate] : [...closest, candidate];
    least = distance;
  }
  return closest.length === 1 ? closest[0] : undefined;
}

/** The fewer, the more alike; infinite where they are not alike at all. */
function distanceBetween(typed: string, candidate: string): number {
  const [shorter, longer] = typed.length < candidate.length ? [typed, candidate] : [candidate, typed];
  const isBeginning = shorter.length >= shortestBeginning && longer.startsWith(shorter);
  const tolerated = Math.floor(longer.length / 3);
  const distance = longer.length - shorter.length > tolerated ? undefined : editDistance(typed, candidate);
  // One wrong letter is likelier than a word cut short, which is likelier than two.
  if (isBeginning && distance !== 0) return 1.5;
  return distance !== undefined && distance <= tolerated ? distance : Number.POSITIVE_INFINITY;
}

/** How many letters to add, drop, change or swap with their neighbour (Damerau and Levenshtein). */
function editDistance(from: string, to: string): number {
  let beforeLast: number[] = [];
  let last = Array.from({ length: to.length + 1 }, (_, column) => column);
  for (let row = 1; row <= from.length; row++) {
    const current = [row];
    for (let column = 1; column <= to.length; column++) {
      const same = from[row - 1] === to[column - 1];
      const swapped =
        row > 1 && column > 1 && from[row - 1] === to[column - 2] && from[row - 2] === to[column - 1];
      current[column] = Math.min(
        at(last, column) + 1,
        at(current, column - 1) + 1,
        at(last, column - 1) + (same ? 0 : 1),
        swapped ? at(beforeLast, column - 2) + 1 : Number.POSITIVE_INFINITY,
      );
    }
    beforeLast = last;
    last = current;
  }
  return at(last, to.length);
}

function at(costs: readonly number[], column: number): number {
  return costs[column] ?? Number.POSITIVE_INFINITY;
}
