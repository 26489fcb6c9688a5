import { type Reading, shown } from "./reading.ts";

/** How the prefix of commands is written, for messages and for the documentation. */
export const prefixForm =
  "write 2 to 32 characters in quotes, without a blank, that begin with a sign such as !";

/** What a message begins with that is a command: `!incident`. */
export function readPrefix(written: unknown): Reading<string> {
  return typeof written === "string" && /^[!?.,;:%&=+~$>-][^\s]{1,31}$/u.test(written)
    ? { value: written }
    : { wrong: `is ${shown(written)}, which no command can begin with`, meant: meantPrefix(written) };
}

function meantPrefix(written: unknown): string | undefined {
  return typeof written === "string" && /^[/@#]?[A-Za-z]\S*$/.test(written)
    ? `"!${written.replace(/^[/@#]/, "")}"`
    : undefined;
}
