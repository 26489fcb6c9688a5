/**
 * Matrix canonical JSON (spec, appendices, "Canonical JSON"), which is not RFC 8785: members sorted by
 * Unicode code point, the shortest UTF-8, no white space, and no number but integers of at most 53 bits.
 */

/** A value that has no canonical form: a fraction, a number too large, a lone surrogate, no JSON at all. */
export class NotCanonical extends Error {
  override readonly name = "NotCanonical";
}

/** Compares by code point, as Matrix does. JavaScript compares UTF-16 units, which differs above U+FFFF. */
export function byCodePoint(a: string, b: string): number {
  const length = Math.min(a.length, b.length);
  for (let i = 0; i < length; i++) {
    const left = a.charCodeAt(i);
    const right = b.charCodeAt(i);
    if (left !== right) {
      const leftHigh = left >= 0xd800 && left <= 0xdfff;
      const rightHigh = right >= 0xd800 && right <= 0xdfff;
      if (leftHigh !== rightHigh) return leftHigh ? 1 : -1;
      return left - right;
    }
  }
  return a.length - b.length;
}

/** Text of nothing but ASCII that needs no escapes, which is nearly all there is. */
const plain = /^[ !#-[\]-~]*$/;

function text(value: string): string {
  if (plain.test(value)) return `"${value}"`;
  if (!value.isWellFormed()) throw new NotCanonical("a string holds half a surrogate pair");
  // JSON.stringify escapes what canonical JSON escapes and nothing else, in the same way.
  return JSON.stringify(value);
}

/** Far deeper than any event a homeserver accepts, and far from the end of the stack. */
const deepest = 500;

/** The canonical JSON of objects for which it is known already. */
export type Written = ReadonlyMap<unknown, string>;

const nothing: Written = new Map();

/**
 * Writes those members of an object that are objects themselves. Who needs the text of the object, and of what is
 * left of it without this or that member, need not write them every time.
 * @throws NotCanonical
 */
export function writeMembers(object: object): Written {
  const nested = Object.values(object).filter((member) => typeof member === "object" && member !== null);
  return new Map(nested.map((member) => [member, canonicalJson(member)]));
}

/**
 * The canonical JSON of a value. Members that are `undefined` are left out, as JSON.stringify does.
 * @throws NotCanonical where the value has no canonical form.
 */
export function canonicalJson(value: unknown, written: Written = nothing): string {
  return write(value, 0, written);
}

function write(value: unknown, depth: number, written: Written): string {
  if (typeof value === "string") return text(value);
  if (typeof value === "number") {
    if (!Number.isSafeInteger(value)) throw new NotCanonical(`${value} is no integer of 53 bits`);
    return Object.is(value, -0) ? "0" : String(value);
  }
  if (value === null || typeof value === "boolean") return String(value);
  if (typeof value !== "object") throw new NotCanonical(`${typeof value} is not JSON`);
  if (depth === deepest) throw new NotCanonical(`it is nested more than ${deepest} levels deep`);
  return written.get(value) ?? writeAnew(value, depth + 1, written);
}

function writeAnew(value: object, depth: number, written: Written): string {
  if (Array.isArray(value)) return `[${value.map((item) => write(item, depth, written)).join(",")}]`;
  const members = Object.entries(value);
  if (!areSorted(members)) members.sort(([a], [b]) => byCodePoint(a, b));
  let all = "";
  for (const [key, member] of members) {
    if (member === undefined) continue;
    all += `${all === "" ? "" : ","}${text(key)}:${write(member, depth, written)}`;
  }
  return `{${all}}`;
}

/** What was canonical once mostly still is, and to see that is faster than to sort. */
function areSorted(members: readonly (readonly [string, unknown])[]): boolean {
  for (let i = 1; i < members.length; i++) {
    if (byCodePoint(members[i - 1]?.[0] ?? "", members[i]?.[0] ?? "") > 0) return false;
  }
  return true;
}
