import { ArchiveFailure } from "../archive/failure.ts";
import { ConfigError, formatProblem } from "../config/problem.ts";
import { FoldUnreadable } from "../journal/fold.ts";
import { JournalDamaged } from "../journal/refold.ts";
import { HomeserverError } from "../matrix/errors.ts";
import { ListenError } from "../matrix/listen.ts";
import { ProgramUnreadable } from "../program/keep.ts";
import { TokenRefusal } from "../service/tokens.ts";
import { StoreError } from "../store/engine.ts";
import { databaseTrouble } from "../store/trouble.ts";
import { notWhole, whatIsMissing } from "./installation.ts";

/** What the exit codes of every subcommand mean. Those of `verify` are documented there. */
export const exitCodes = {
  /** Something was found wrong, or not found. */
  unwell: 1,
  /** The command line, the configuration or the registration cannot be used. */
  usage: 2,
  /** The database cannot be used. */
  database: 4,
  /** The address cannot be listened on. */
  listen: 5,
  /** The homeserver cannot be reached, or refuses. */
  homeserver: 6,
  /** A part of the installation is missing. */
  installation: notWhole,
  /** A fault of Cordon's own. */
  fault: 70,
} as const;

/** Tells on stderr, in a line with the cure, why a subcommand failed, and gives the exit code. */
export function explainFailure(error: unknown): number {
  const { words, code } = explain(error);
  process.stderr.write(`${words}\n`);
  return code;
}

function explain(error: unknown): { readonly words: string; readonly code: number } {
  if (error instanceof ConfigError)
    return { words: error.problems.map(formatProblem).join("\n"), code: exitCodes.usage };
  if (error instanceof StoreError || error instanceof JournalDamaged || error instanceof FoldUnreadable)
    return { words: withCure(error), code: exitCodes.database };
  if (error instanceof ProgramUnreadable) return { words: withCure(error), code: exitCodes.unwell };
  if (error instanceof TokenRefusal) return { words: withCure(error), code: exitCodes.homeserver };
  if (error instanceof ListenError) return { words: error.message, code: exitCodes.listen };
  if (error instanceof HomeserverError) return { words: error.message, code: exitCodes.homeserver };
  if (error instanceof ArchiveFailure) return { words: error.message, code: exitCodes.unwell };
  if (error instanceof NotFound) return { words: error.message, code: exitCodes.unwell };
  const missing = whatIsMissing(error);
  if (missing !== undefined) return { words: missing, code: exitCodes.installation };
  const trouble = databaseTrouble(error);
  if (trouble !== undefined) return { words: sentence(trouble), code: exitCodes.database };
  const words = error instanceof Error ? (error.stack ?? error.message) : String(error);
  return { words: `This is a fault of Cordon's own. ${words}`, code: exitCodes.fault };
}

function withCure(error: Error & { readonly cure: string }): string {
  return `${sentence(error.message)} ${sentence(error.cure)}`;
}

function sentence(words: string): string {
  return `${words.charAt(0).toUpperCase()}${words.slice(1)}.`;
}

/** What was asked for is not there. */
export class NotFound extends Error {
  override readonly name = "NotFound";
}
