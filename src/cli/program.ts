import { Command, CommanderError } from "commander";
import { toolVersion } from "../service/version.ts";
import { explainFailure } from "./failure.ts";

/** The subcommands, each in a file of its own that is loaded only when it is asked for, or for help. */
const subcommands: Readonly<Record<string, () => Promise<(program: Command) => void>>> = {
  init: async () => (await import("./init.ts")).addInit,
  start: async () => (await import("./start.ts")).addStart,
  doctor: async () => (await import("./doctor.ts")).addDoctor,
  list: async () => (await import("./list.ts")).addList,
  status: async () => (await import("./status.ts")).addStatus,
  timeline: async () => (await import("./timeline.ts")).addTimeline,
  tasks: async () => (await import("./tasks.ts")).addTasks,
  catchup: async () => (await import("./catchup.ts")).addCatchup,
  journal: async () => (await import("./journal.ts")).addJournal,
  export: async () => (await import("./export.ts")).addExport,
  verify: async () => (await import("./verify.ts")).addVerify,
  backup: async () => (await import("./backup.ts")).addBackup,
  restore: async () => (await import("./restore.ts")).addRestore,
  demo: async () => (await import("./demo.ts")).addDemo,
  docs: async () => (await import("./docs.ts")).addDocs,
};

/** Runs the subcommand that the command line names. What comes of it is told there, and is the exit code. */
export async function run(argv: readonly string[]): Promise<void> {
  const program = new Command("cordon")
    .description("Private incident rooms on your own Matrix homeserver.")
    .version(toolVersion)
    .showHelpAfterError("Type cordon --help for what there is.")
    .exitOverride();
  for (const load of asked(argv[2] ?? "")) (await load())(program);
  try {
    await program.parseAsync(argv);
  } catch (error) {
    process.exitCode =
      error instanceof CommanderError ? (error.exitCode === 0 ? 0 : 2) : explainFailure(error);
  }
}

/** What has to be loaded for the first word of a command line: all subcommands where it is none of them. */
function asked(name: string): readonly (() => Promise<(program: Command) => void>)[] {
  if (name === "--version" || name === "-V") return [];
  const one = Object.hasOwn(subcommands, name) ? subcommands[name] : undefined;
  return one === undefined ? Object.values(subcommands) : [one];
}
