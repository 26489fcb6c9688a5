import { getEnvironmentData, setEnvironmentData } from "node:worker_threads";

/**
 * A part of the program in memory: the modules that threads run, and the other files which these read, as all of
 * them were when the program was kept.
 */
export interface Program {
  /** The address of each module that another module asks for, by what `request` calls that, and by its file's URL. */
  readonly addresses: ReadonlyMap<string, string>;
  /** The files by their addresses. */
  readonly files: ReadonlyMap<string, KeptFile>;
  /** The texts of all files, in UTF-8. Threads share them: they lie in memory once. */
  readonly texts: SharedArrayBuffer;
}

/** A file of a kept program. Its text lies in the program's texts, from one offset to the other, in bytes. */
export interface KeptFile {
  /** What Node.js takes a module for; none for a file that is no module. */
  readonly format: string | undefined;
  readonly begin: number;
  readonly end: number;
}

/** What Node.js tells its hooks of the module that asks for another. */
interface Asking {
  readonly parentURL?: string | undefined;
  readonly conditions: readonly string[];
}

/**
 * Names the wish of a module for another. The same specifier leads elsewhere from another module, and may lead
 * elsewhere where it is required and not imported.
 */
export function request(specifier: string, { parentURL = "", conditions }: Asking): string {
  return `${conditions.includes("require") ? "require" : "import"} ${specifier} ${parentURL}`;
}

/** By this name a program is handed on from a thread to the threads that it starts. */
const handedOn = "cordon/program";

/** Has all threads that are started from here on, and the threads of those, run this program. */
export function handOn(program: Program): void {
  setEnvironmentData(handedOn, { ...program });
}

/** The program that threads run which are started here. Undefined: they are loaded from the disk. */
export function keptProgram(): Program | undefined {
  const program: unknown = getEnvironmentData(handedOn);
  return isProgram(program) ? program : undefined;
}

function isProgram(value: unknown): value is Program {
  return typeof value === "object" && value !== null && "texts" in value;
}

/** The text of a kept file. */
export function keptText({ texts }: Program, { begin, end }: KeptFile): string {
  return Buffer.from(texts, begin, end - begin).toString("utf8");
}
