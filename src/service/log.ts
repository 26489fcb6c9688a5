import pino from "pino";

/** Where the service writes what it does. At `info` and above there are never titles, texts or tokens. */
export type Log = Pick<pino.Logger, "debug" | "info" | "warn" | "error" | "fatal">;

/** A log whose level can be changed while it is written. */
export type AdjustableLog = Log & Pick<pino.Logger, "level" | "isLevelEnabled">;

export interface LogOptions {
  readonly level: "trace" | "debug" | "info" | "warn" | "error";
  readonly format: "json" | "text";
}

/** A log on stderr: one JSON object a line, or one line of text for people. */
export function createLog(options: LogOptions): AdjustableLog {
  const stream = options.format === "json" ? pino.destination({ fd: 2, sync: true }) : textStream();
  return pino({ level: options.level, base: null, serializers: { err: errorFacts } }, stream);
}

/**
 * What is told of an error: its kind, words and place. Not its other members: the database's own errors
 * carry the values of the row they are about.
 */
function errorFacts(error: unknown): object {
  if (!(error instanceof Error)) return { message: String(error) };
  const code = "code" in error && typeof error.code === "string" ? { code: error.code } : {};
  return { type: error.name, message: error.message, ...code, stack: error.stack };
}

function textStream(): { write(line: string): void } {
  return {
    write(line) {
      const { level, time, msg, err, ...facts } = JSON.parse(line);
      const shown = Object.entries(facts).map(
        ([key, value]) => `${key}=${typeof value === "string" ? value : JSON.stringify(value)}`,
      );
      const why = err === undefined ? [] : [`(${err.message})`];
      const label = (pino.levels.labels[level] ?? "").padEnd(5);
      process.stderr.write(`${[new Date(time).toISOString(), label, msg, ...shown, ...why].join(" ")}\n`);
    },
  };
}
