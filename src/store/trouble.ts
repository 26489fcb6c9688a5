import { fencedCode } from "./postgres-fence.ts";
import { TermOver } from "./term.ts";

/**
 * What can be the matter with a database, and what helps, by the code of its error: SQLite's names, PostgreSQL's
 * (appendix A of its manual: the first two characters are the class), and those of the network. The first that
 * fits counts.
 */
const troubles: readonly (readonly [codes: RegExp, words: string])[] = [
  [/^(SQLITE_FULL|53100)$/, "the disk under the database is full; free some space"],
  [/^(SQLITE_READONLY|SQLITE_PERM|25006)/, "the database can only be read; let it be written again"],
  [
    /^SQLITE_IOERR/,
    "the disk under the database fails, can only be read, or has reached a limit; look after the disk",
  ],
  [/^(SQLITE_CANTOPEN|EMFILE|ENFILE)/, "no more files can be opened; raise the limit of open files"],
  [/^SQLITE_(BUSY|LOCKED)/, "another program keeps the database to itself; end that program"],
  [/^SQLITE_(CORRUPT|NOTADB)/, "the database file is damaged; stop Cordon and restore the last backup"],
  [/^SQLITE_(?!CONSTRAINT|MISMATCH|RANGE|ERROR)/, "SQLite cannot use the database; look after its file"],
  [
    /^(53300|53400)/,
    "PostgreSQL has no connection left for Cordon; end other programs, or raise max_connections",
  ],
  [/^(28|3D|42501)/, "PostgreSQL does not let Cordon in any more; look after user, password and rights"],
  [
    /^(08|57|ECONN|EPIPE|ETIMEDOUT|ENETUNREACH|EHOSTUNREACH|ENOTFOUND|EAI_AGAIN)/,
    "PostgreSQL does not answer; start it, or mend the way to it",
  ],
  // Resources, the system, transactions that only have to be tried again, and those that were left idle.
  [/^(53|58|40|25P03|55P03)/, "PostgreSQL cannot do its work at the moment; look into its log"],
];

/** The errors of the PostgreSQL client that have no code: a connection that is gone, or that cannot be had. */
const lostConnection =
  /^(Connection terminated|timeout exceeded|Query read timeout|Client (has encountered|was closed))/;

/**
 * Whether an error is the database's own trouble (gone, full, busy) and may pass: then nothing is wrong
 * with what was being written. So it is for whoever leads no longer.
 */
export function isDatabaseTrouble(error: unknown): boolean {
  return isTermOver(error) || databaseTrouble(error) !== undefined;
}

/** Whether somebody else leads: nothing is wrong with the database. */
export function isTermOver(error: unknown): boolean {
  return error instanceof TermOver || codeOf(error) === fencedCode;
}

/** What is the matter with the database, with the cure; `undefined` where an error is none of its trouble. */
export function databaseTrouble(error: unknown): string | undefined {
  const code = codeOf(error);
  const isLost = code === "" && error instanceof Error && lostConnection.test(error.message);
  return troubles.find(([codes]) => codes.test(isLost ? "ECONNRESET" : code))?.[1];
}

function codeOf(error: unknown): string {
  return error instanceof Error && "code" in error && typeof error.code === "string" ? error.code : "";
}
