import { type Reading, shown } from "./reading.ts";

/**
 * Which users are meant: a user id in which `*` stands for any run of characters, `@*:example.org`.
 * A star never runs over the colon between person and server, so that nobody gets in by the port of
 * a server of their own.
 */
export type UserPattern = `@${string}:${string}`;

/** How a pattern is written, for messages and for the documentation. */
export const patternForm =
  'write a user id or a pattern in quotes, such as "@alice:example.org" or "@*:example.org"';

const form = /^@([^\s:\0]+):([0-9A-Za-z.*-]+|\[[0-9A-Fa-f:.]+\])(?::[0-9*]{1,5})?$/;

/** A user pattern, or what is wrong with what stands in its place. */
export function readPattern(written: unknown): Reading<UserPattern> {
  if (typeof written !== "string") return { wrong: `is ${shown(written)}, not a user id or pattern` };
  if (isPattern(written)) return { value: written };
  if (/^[!#]/.test(written)) return { wrong: `is ${shown(written)}, which names a room, not users` };
  const meant = `@${written.replace(/^@/, "")}`;
  return {
    wrong: `is ${shown(written)}, which is no user id or pattern`,
    meant: isPattern(meant) ? `"${meant}"` : undefined,
  };
}

/** Whether `user`, a whole user id, is one of those that `pattern` means. Takes linear time. */
export function matchesPattern(user: string, pattern: UserPattern): boolean {
  const person = split(user);
  const meant = split(pattern);
  return matchesStars(person.localpart, meant.localpart) && matchesStars(person.server, meant.server);
}

/** Whether a pattern means users of `serverName`, at least some. */
export function coversServer(pattern: UserPattern, serverName: string): boolean {
  return matchesStars(serverName, split(pattern).server);
}

function isPattern(text: string): text is UserPattern {
  return text.length <= 255 && form.test(text);
}

function split(user: string): { readonly localpart: string; readonly server: string } {
  const colon = user.indexOf(":");
  return { localpart: user.slice(0, colon), server: user.slice(colon + 1) };
}

/** The pieces between the stars, each found at its first place after the one before: no backtracking. */
function matchesStars(text: string, pattern: string): boolean {
  const pieces = pattern.split("*");
  const first = pieces.shift() ?? "";
  const last = pieces.pop();
  if (last === undefined) return text === first;
  if (text.length < first.length + last.length || !text.startsWith(first) || !text.endsWith(last))
    return false;

  const end = text.length - last.length;
  let from = first.length;
  for (const piece of pieces) {
    const found = text.indexOf(piece, from);
    if (found < 0 || found + piece.length > end) return false;
    from = found + piece.length;
  }
  return true;
}
