/** What is looked at, in the order in which it is told. */
export type Check =
  | "configuration"
  | "registration"
  | "rate limit"
  | "service"
  | "database"
  | "in force"
  | "journal"
  | "inbox"
  | "history"
  | "outbox"
  | "held rooms"
  | "other queues"
  | "bot"
  | "disk space"
  | "archive folder"
  | "archive copies"
  | "archive key"
  | "file rights"
  | "homeserver"
  | "us → homeserver"
  | "homeserver → us"
  | "clock"
  | "room version"
  | "encryption"
  | "invitations"
  | "rooms";

/** What one check has come to. `warn` does not keep the service from working; `fail` does, or soon will. */
export interface Finding {
  readonly check: Check;
  readonly verdict: "ok" | "warn" | "fail";
  /** What was found, in a line. */
  readonly says: string;
  /** What to do about it, or what exactly it is about, a line each; empty where all is well. */
  readonly cure: readonly string[];
}

export function well(check: Check, says: string): Finding {
  return { check, verdict: "ok", says, cure: [] };
}

export function doubtful(check: Check, says: string, ...cure: readonly string[]): Finding {
  return { check, verdict: "warn", says, cure };
}

export function ill(check: Check, says: string, ...cure: readonly string[]): Finding {
  return { check, verdict: "fail", says, cure };
}

/** How many things of a kind are named at most. */
export const mostNamed = 20;

/** How long something may wait before that is worth a word, in milliseconds. */
export const longWaitMs = 60_000;

/** A count with its noun: `1 event`, `1,204 incidents`. */
export function counted(count: number, noun: string, nouns = `${noun}s`): string {
  return `${figure(count)} ${count === 1 ? noun : nouns}`;
}

/** A number as it is read: `1,204`. */
export function figure(count: number): string {
  return count.toLocaleString("en-GB");
}
