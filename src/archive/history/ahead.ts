/**
 * Begins a step for items before those in front of them are done with it, and gives the results in the
 * order of the items. At most `atOnce` are held at any time, so memory does not grow with their number.
 */
export async function* ahead<Item, Result>(
  items: AsyncIterable<Item>,
  atOnce: number,
  step: (item: Item) => Promise<Result>,
): AsyncGenerator<Result> {
  const underway: Promise<Result>[] = [];
  try {
    for await (const item of items) {
      const result = step(item);
      // A failure is told when it is this item's turn, and not at all where nobody asks any more.
      result.catch(() => {});
      const first = underway.push(result) === atOnce ? underway.shift() : undefined;
      if (first !== undefined) yield await first;
    }
    for (const result of underway) yield await result;
  } finally {
    await Promise.allSettled(underway);
  }
}
