/** Nothing is put off for longer, in milliseconds. */
export const longestPutOffMs = 5 * 60_000;

/**
 * How long to wait for the moment until which something was put off, in milliseconds. Where that is farther away
 * than it can have been put off, the clock has been set back since, and there is nothing to wait for.
 *
 * @param longestMs for how long it can have been put off at most
 */
export function waitFor(moment: number, now: number, longestMs = longestPutOffMs): number {
  const wait = moment - now;
  return wait > longestMs ? 0 : Math.max(0, wait);
}
