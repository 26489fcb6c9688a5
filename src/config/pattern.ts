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

/** Whether two patterns have a user in common. Takes time in the product of their lengths. */
export function patternsMeet(one: UserPattern, other: UserPattern): boolean {
  const [a, b] = [split(one), split(other)];
  return starsMeet(a.localpart, b.localpart) && starsMeet(a.server, b.server);
}

/** Whether a pattern means one user only. */
export function meansOne(pattern: UserPattern): boolean {
  return !pattern.includes("*");
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

/**
 * Whether some text fits both. Goes from the ends of the patterns to their beginnings: `ends[column]` is
 * whether what `one` has from the row on and what `other` has from the column on have a text in common.
 */
function starsMeet(one: string, other: string): boolean {
  let below: boolean[] = [];
  for (let row = one.length; row >= 0; row--) {
    const ends = new Array<boolean>(other.length + 1).fill(false);
    for (let column = other.length; column >= 0; column--) {
      const [a, b] = [one[row], other[column]];
      if (a === undefined && b === undefined) ends[column] = true;
      // A star stands for nothing more, or for one more sign of the other.
      else if (a === "*" || b === "*") ends[column] = below[column] === true || ends[column + 1] === true;
      else ends[column] = a === b && below[column + 1] === true;
    }
    below = ends;
  }
  return below[0] === true;
}
