/** The database engines Cordon runs on. */
export type Engine = "sqlite" | "postgres";

/** Why the database cannot be used, by a stable code, in words for the operator. */
export class StoreError extends Error {
  override readonly name = "StoreError";
  readonly code: StoreErrorCode;
  /** What to do about it. */
  readonly cure: string;

  constructor(code: StoreErrorCode, what: string, cure: string, cause?: unknown) {
    super(what, cause === undefined ? {} : { cause });
    this.code = code;
    this.cure = cure;
  }
}

export type StoreErrorCode =
  | "database-missing"
  | "database-unreadable"
  | "database-read-only"
  | "database-unreachable"
  | "database-refused"
  | "database-in-use"
  | "database-newer"
  | "database-older"
  | "database-not-copied"
  | "migration-failed"
  | "database-holds-more"
  | "database-another"
  | "backup-missing"
  | "backup-exists"
  | "backup-unwritable"
  | "backup-damaged";
