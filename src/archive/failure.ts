export type ArchiveFailureCode =
  /** The homeserver gave the same place in the history twice: a walk would never end. */
  | "walk-repeats"
  /** Another archive of that name, with other content, is in place. */
  | "archive-exists"
  /** A copy of it was written and read back, and is another. */
  | "copy-differs";

/** An archive could not be made, for a reason that is nobody's bug. Nothing half made is left in place. */
export class ArchiveFailure extends Error {
  override readonly name = "ArchiveFailure";
  readonly code: ArchiveFailureCode;

  constructor(code: ArchiveFailureCode, message: string) {
    super(message);
    this.code = code;
  }
}
