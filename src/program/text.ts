import { readFileSync } from "node:fs";
import { keptProgram, keptText } from "./program.ts";

/** The texts that were read from the disk, by address, for whoever keeps the program. */
export const textsRead = new Map<string, string>();

/**
 * The text of a file of the program that is no module, such as a style sheet. Modules read such files while they
 * are loaded: what is read later is not kept.
 *
 * @throws where the program is kept, and was kept without this file
 */
export function programText(file: URL): string {
  const program = keptProgram();
  if (program === undefined) {
    const text = readFileSync(file, "utf8");
    textsRead.set(file.href, text);
    return text;
  }
  const kept = program.files.get(file.href);
  if (kept === undefined) throw new Error(`${file.href} was not kept when the service started`);
  return keptText(program, kept);
}
