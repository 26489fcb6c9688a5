/**
 * The rows of a list that may be long, with a page of them in memory at a time.
 *
 * @param page the rows that come behind one, or the first ones; none where the list has ended
 */
export async function* paged<Row>(
  page: (last: Row | undefined) => Promise<readonly Row[]>,
): AsyncIterable<Row> {
  let last: Row | undefined;
  do {
    const rows = await page(last);
    yield* rows;
    last = rows.at(-1);
  } while (last !== undefined);
}
