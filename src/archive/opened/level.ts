/** The levels of verification, from the files to what people read. */
export const levels = ["L1", "L2", "L3", "L4", "L5", "L6"] as const;
export type Level = (typeof levels)[number];

export type Outcome = "pass" | "fail" | "not-checked" | "not-applicable";

/** The first thing that does not hold. */
export interface Problem {
  /** The file, relative to the archive's folder. */
  readonly file: string;
  /** The line in it, counted from 1, where it has lines. */
  readonly line?: number;
  readonly reason: string;
}

/** What became of a level, or of a part of one. */
export interface LevelResult {
  readonly level: Level;
  /** What the level is about: `files`. */
  readonly part: string;
  readonly outcome: Outcome;
  /** What was checked, or why it was not, in words: `23 files as in the manifests`. */
  readonly words: string;
  readonly problem?: Problem;
}

export function pass(level: Level, part: string, words: string): LevelResult {
  return { level, part, outcome: "pass", words };
}

export function fail(level: Level, part: string, problem: Problem): LevelResult {
  const where = problem.line === undefined ? problem.file : `${problem.file}, line ${problem.line}`;
  return { level, part, outcome: "fail", words: `${where}: ${problem.reason}`, problem };
}

export function notChecked(level: Level, part: string, words: string): LevelResult {
  return { level, part, outcome: "not-checked", words };
}

/** What does not hold, thrown to leave a check from any depth; the check makes its result of it. */
export class DoesNotHold extends Error {
  override readonly name = "DoesNotHold";
  readonly problem: Problem;

  constructor(problem: Problem) {
    super(problem.reason);
    this.problem = problem;
  }
}
