import type { Command } from "./command.ts";
import { declareCommands } from "./commands/declare.ts";
import { driveCommands } from "./commands/drive.ts";
import { lookCommands } from "./commands/look.ts";
import { peopleCommands } from "./commands/people.ts";
import { recordCommands } from "./commands/record.ts";
import { taskCommands } from "./commands/tasks.ts";

/** Every room command. What is not here does not exist. */
export const commands: readonly Command[] = [
  ...declareCommands,
  ...lookCommands,
  ...peopleCommands,
  ...driveCommands,
  ...recordCommands,
  ...taskCommands,
];
