import { parse } from "node:path";
import { isMainThread, Worker, type WorkerOptions } from "node:worker_threads";
import { keptProgram, keptText, type Program, request } from "./program.ts";

/**
 * Starts a thread of the program. Where the program is kept the thread runs it from memory; where it is not, in a
 * command that soon ends, the thread is loaded from the disk.
 */
export function startThread(script: URL, options: Pick<WorkerOptions, "resourceLimits">): Worker {
  const program = keptProgram();
  if (program === undefined) return new Worker(script, options);
  leaveRemovedFolder();
  const known: Known = { script: script.href, program };
  // Modules that this process was told to load first (`--import`) lie on the disk, and did their part in keeping.
  return new Worker(beginning, { ...options, eval: true, execArgv: [], workerData: known });
}

/**
 * Goes to the root where the folder is gone that this process stands in: Node.js starts no thread there. Where there
 * is another folder of the same name, it goes into that one.
 */
function leaveRemovedFolder(): void {
  if (!isMainThread) return;
  const folder = process.cwd();
  try {
    process.chdir(folder);
  } catch (problem) {
    if (codeOf(problem) === "ENOENT") process.chdir(parse(folder).root);
  }
}

function codeOf(problem: unknown): unknown {
  return problem instanceof Error && "code" in problem ? problem.code : undefined;
}

/** What a thread is given that runs from memory. */
interface Known {
  readonly script: string;
  readonly program: Program;
}

/** The text that such a thread begins with: functions of ours, since it cannot load them. */
const beginning = [request, keptText, run, "run();"].join("\n");

/** Runs the thread's script. Here only `request`, `keptText` and what is built into Node.js can be used. */
function run(): void {
  const { isBuiltin, registerHooks } = process.getBuiltinModule("node:module");
  const { script, program }: Known = process.getBuiltinModule("node:worker_threads").workerData;
  registerHooks({
    resolve(specifier, context, next) {
      const { addresses } = program;
      const url = addresses.get(request(specifier, context)) ?? addresses.get(specifier);
      if (url !== undefined) return { url, shortCircuit: true };
      if (isBuiltin(specifier)) return next(specifier, context);
      const words = `${specifier}, which ${context.parentURL} asks for, was not kept when the service started`;
      // By this code modules recognize that something which they can do without is missing.
      throw Object.assign(new Error(words), { code: "MODULE_NOT_FOUND" });
    },
    load(url, context, next) {
      const file = program.files.get(url);
      if (file === undefined && isBuiltin(url)) return next(url, context);
      if (file === undefined) throw new Error(`${url} was not kept when the service started`);
      return { format: file.format, source: keptText(program, file), shortCircuit: true };
    },
  });
  void import(script);
}
