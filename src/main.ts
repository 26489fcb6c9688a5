import { hangUps } from "./cli/hang-ups.ts";
import { tellWhatIsMissing } from "./cli/installation.ts";

// Whatever is made from here on, nobody else can read, in threads too; whom archives are for is set on each of them.
process.umask(0o077);

// Before anything else is loaded: without a listener the signal would end the process.
if (process.argv[2] === "start") hangUps();

// Nothing of a package is imported before this, so that a missing one is told in a line.
try {
  await (await import("./cli/program.ts")).run(process.argv);
} catch (error) {
  process.exitCode = tellWhatIsMissing(error);
}
