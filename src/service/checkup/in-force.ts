import { ConfigError } from "../../config/problem.ts";
import { object, text } from "../../matrix/event.ts";
import type { ConfigurationStanding } from "../../matrix/intake.ts";
import { type Marks, marksOf } from "../marking.ts";
import { readSetup } from "../setup.ts";
import { doubtful, type Finding, well } from "./finding.ts";

/** What a service told of its configuration at `/ready`; `undefined` where it is of a version that does not. */
export function standingIn(answer: unknown): ConfigurationStanding | undefined {
  const told = object(answer, "configuration");
  if (told === undefined) return undefined;
  return { restart: text(told, "restart"), reload: text(told, "reload"), refused: text(told, "refused") };
}

/**
 * Whether the running service works by the files as they are now.
 *
 * @param secret the installation's, from its database
 */
export function checkInForce(file: string, standing: ConfigurationStanding, secret: Buffer): Finding[] {
  const { restart, reload, refused } = standing;
  if (restart === undefined || reload === undefined) return [];
  const marks = marksIn(file, secret);
  // What is wrong with the files is told of each.
  if (marks === undefined) return [];
  const isSame = marks.restart === restart && marks.reload === reload;
  if (isSame) return [well("in force", "the running service works by these files")];
  return [
    doubtful(
      "in force",
      "the running service works by another configuration: these files were changed since",
      ...(refused === undefined ? [] : [`The last reload was refused: ${refused}.`]),
      marks.restart === restart
        ? "To have them read again, send the service SIGHUP (kill -HUP, systemctl reload), or restart it."
        : "What was changed needs a restart of the service.",
    ),
  ];
}

function marksIn(file: string, secret: Buffer): Marks | undefined {
  try {
    return marksOf(readSetup(file), secret);
  } catch (error) {
    if (error instanceof ConfigError) return undefined;
    throw error;
  }
}
