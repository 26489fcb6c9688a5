/**
 * Loaded before every test file: one that is not through in time, or leaves something running when its
 * tests are done, ends as failed. The test runner itself only gives up on single tests.
 */

/** It only has to end: no file needs half of it on a slow machine that does other things besides. In milliseconds. */
const fileDeadlineMs = Number(process.env.CORDON_TEST_DEADLINE_MS ?? 1_200_000);

// The runner's own process loads this as well; only the files it starts carry this mark.
if (process.env.NODE_TEST_CONTEXT !== undefined) {
  const giveUp = () => {
    console.error(`${process.argv[1]} was not through after ${fileDeadlineMs / 1000} s.`);
    process.exit(1);
  };
  setTimeout(giveUp, fileDeadlineMs).unref();
}
