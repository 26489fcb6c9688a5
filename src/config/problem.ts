/** A place in a file, counted from 1 as editors count. */
export interface Position {
  readonly line: number;
  readonly column: number;
}

/** Something wrong, or worth a warning, with what the operator wrote. */
export interface Problem {
  /** The file as it was named to us, or the name of an environment variable. */
  readonly source: string;
  /** Absent where the whole file is meant. */
  readonly position?: Position | undefined;
  /** The setting, such as `rooms.version`; absent where no single one is meant. */
  readonly key?: string | undefined;
  /** What is wrong; what is allowed or what cures it; what was probably meant. */
  readonly message: string;
}

/** A stable name for each way in which a start can fail before it began. */
export type ConfigErrorCode =
  | "config_unreadable"
  | "config_invalid"
  | "archive_key_unusable"
  | "registration_unreadable"
  | "registration_invalid";

/** The operator's files cannot be used. Holds every problem found, so that one look cures all of them. */
export class ConfigError extends Error {
  override readonly name = "ConfigError";
  readonly code: ConfigErrorCode;
  readonly problems: readonly Problem[];

  constructor(code: ConfigErrorCode, problems: readonly Problem[]) {
    super(problems.map(formatProblem).join("\n"));
    this.code = code;
    this.problems = problems;
  }
}

/** One line, `file:line:column: key: message`, in the form that editors and terminals make clickable. */
export function formatProblem({ source, position, key, message }: Problem): string {
  const where = position === undefined ? source : `${source}:${position.line}:${position.column}`;
  const line = key === undefined || key === "" ? `${where}: ${message}` : `${where}: ${key}: ${message}`;
  // What the file holds may break the line, or mean something to a terminal.
  return line.replaceAll(/[\p{Cc}\u2028\u2029]+/gu, " ");
}
