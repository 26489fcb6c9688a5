/**
 * PostgreSQL's error classes that speak of the server and not of what was asked (appendix A): connection,
 * resources, operator intervention, system, and transactions that only have to be tried again.
 */
const postgresClasses = /^(08|53|57|58|40)/;
const system =
  /^(ECONN|EPIPE|ETIMEDOUT|ENETUNREACH|EHOSTUNREACH|ENOTFOUND|EAI_AGAIN|ENOSPC|EIO|EMFILE|EROFS)/;

/**
 * Whether an error is the database's own trouble (gone, full, busy) and may pass: then nothing is wrong
 * with what was being written.
 */
export function isDatabaseTrouble(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  const code = "code" in error && typeof error.code === "string" ? error.code : "";
  if (code.startsWith("SQLITE_")) return !/^SQLITE_(CONSTRAINT|MISMATCH|RANGE|ERROR)/.test(code);
  return (
    postgresClasses.test(code) ||
    system.test(code) ||
    /Connection terminated|timeout exceeded/.test(error.message)
  );
}
