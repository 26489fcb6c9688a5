import { HomeserverError, type HomeserverErrorKind } from "../../matrix/errors.ts";
import { ArchiveFailure, type ArchiveFailureCode } from "../failure.ts";
import { ArchiveRefused, type RefusalCode } from "../opened/archivefiles.ts";

/** An error as one thread tells another of it. */
export type ToldError =
  | { readonly of: "homeserver"; readonly kind: HomeserverErrorKind; readonly message: string }
  | { readonly of: "archive"; readonly code: ArchiveFailureCode; readonly message: string }
  | { readonly of: "refusal"; readonly code: RefusalCode; readonly message: string }
  | {
      readonly of: "other";
      readonly message: string;
      readonly stack: string | undefined;
      readonly facts: Facts;
    };

/** What the operating system says of its errors, by which they are known. */
interface Facts {
  readonly code?: unknown;
  readonly syscall?: unknown;
  readonly path?: unknown;
}

/** Says what an error is to another thread: of an error alone only the words would get there. */
export function told(error: unknown): ToldError {
  if (error instanceof HomeserverError) {
    return { of: "homeserver", kind: error.kind, message: error.message };
  }
  if (error instanceof ArchiveFailure) return { of: "archive", code: error.code, message: error.message };
  if (error instanceof ArchiveRefused) return { of: "refusal", code: error.code, message: error.message };
  if (!(error instanceof Error)) return { of: "other", message: String(error), stack: undefined, facts: {} };
  const { message, stack } = error;
  const facts = Object.entries(error).filter(([name]) => ["code", "syscall", "path"].includes(name));
  return { of: "other", message, stack, facts: Object.fromEntries(facts) };
}

/** The error that another thread told of. */
export function heard(error: ToldError): Error {
  if (error.of === "homeserver") return new HomeserverError(error.kind, error.message);
  if (error.of === "archive") return new ArchiveFailure(error.code, error.message);
  if (error.of === "refusal") return new ArchiveRefused(error.code, error.message);
  const { message, stack, facts } = error;
  return Object.assign(new Error(message), facts, stack === undefined ? {} : { stack });
}
