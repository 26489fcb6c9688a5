/** Flags for Node.js itself, by what it is to run. */

/** A service runs for months and mostly waits: memory counts for more than the last bit of speed. */
export const lean = ["--max-semi-space-size=1", "--optimize-for-size"];

/** Archives are made and verified beside a service or on somebody's desk: garbage is collected sooner than it need be. */
export const sparing = ["--max-semi-space-size=4", "--heap-growing-percent=50"];
