/** The scripts of the threads that make and verify archives. A service keeps them from its start. */
export const archiveScripts = {
  apart: new URL("./apart/apartthread.ts", import.meta.url),
  prove: new URL("./history/provethread.ts", import.meta.url),
  check: new URL("./verify/checkthread.ts", import.meta.url),
} as const;
