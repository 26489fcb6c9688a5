import { Command, CommanderError } from "commander";
import { explainFailure } from "./cli/failure.ts";
import { hangUps } from "./cli/hang-ups.ts";
import { toolVersion } from "./service/version.ts";

/** The subcommands, each in a file of its own that is loaded only when it is asked for, or for help. */
const subcommands: Readonly<Record<string, () => Promise<(program: Command) => void>>> = {
  init: async () => (await import("./cli/init.ts")).addInit,
  start: async () => (await import("./cli/start.ts")).addStart,
  doctor: async () => (await import("./cli/doctor.ts")).addDoctor,
  list: async () => (await import("./cli/list.ts")).addList,
  status: async () => (await import("./cli/status.ts")).addStatus,
  timeline: async () => (await import("./cli/timeline.ts")).addTimeline,
  tasks: async () => (await import("./cli/tasks.ts")).addTasks,
  catchup: async () => (await import("./cli/catchup.ts")).addCatchup,
  journal: async () => (await import("./cli/journal.ts")).addJournal,
  export: async () => (await import("./cli/export.ts")).addExport,
  verify: async () => (await import("./cli/verify.ts")).addVerify,
  backup: async () => (await import("./cli/backup.ts")).addBackup,
  restore: async () => (await import("./cli/restore.ts")).addRestore,
  demo: async () => (await import("./cli/demo.ts")).addDemo,
  docs: async () => (await import("./cli/docs.ts")).addDocs,
};

const program = new Command("cordon")
  .description("Private incident rooms on your own Matrix homeserver.")
  .version(toolVersion)
  .showHelpAfterError("Type cordon --help for what there is.")
  .exitOverride();

const name = process.argv[2] ?? "";
// Before anything else is loaded: without a listener the signal would end the process.
if (name === "start") hangUps();
const asked = Object.hasOwn(subcommands, name) ? subcommands[name] : undefined;
for (const load of asked === undefined ? Object.values(subcommands) : [asked]) (await load())(program);

try {
  await program.parseAsync();
} catch (error) {
  process.exitCode = error instanceof CommanderError ? (error.exitCode === 0 ? 0 : 2) : explainFailure(error);
}
