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

/** A member of an object by its name, as it stands in the object's canonical JSON: `"name":"value"`. */
export interface Member {
  readonly name: string;
  readonly text: string;
}

/**
 * The members of an object in canonical order. Who needs the text of the object, and of what is left of it without
 * this or that member, need not write them every time.
 * @throws NotCanonical
 */
export function membersOf(object: object): readonly Member[] {
  return sortedEntries(object)
    .filter(([, value]) => value !== undefined)
    .map(([name, value]) => ({ name, text: `${text(name)}:${write(value, 1)}` }));
}

/** The canonical JSON of the object that has these members, which are in canonical order. */
export function objectOf(members: readonly Member[]): string {
  let all = "";
  for (const member of members) all += `${all === "" ? "" : ","}${member.text}`;
  return `{${all}}`;
}

/**
 * The canonical JSON of a value. Members that are `undefined` are left out, as JSON.stringify does.
 * @throws NotCanonical where the value has no canonical form.
 */
export function canonicalJson(value: unknown): string {
  return write(value, 0);
}

function write(value: unknown, depth: number): string {
  if (typeof value === "string") return text(value);
  if (typeof value === "number") {
    if (!Number.isSafeInteger(value)) throw new NotCanonical(`${value} is no integer of 53 bits`);
    return Object.is(value, -0) ? "0" : String(value);
  }
  if (value === null || typeof value === "boolean") return String(value);
  if (typeof value !== "object") throw new NotCanonical(`${typeof value} is not JSON`);
  if (depth === deepest) throw new NotCanonical(`it is nested more than ${deepest} levels deep`);
  if (Array.isArray(value)) return `[${value.map((item) => write(item, depth + 1)).join(",")}]`;
  let all = "";
  for (const [name, member] of sortedEntries(value)) {
    if (member === undefined) continue;
    all += `${all === "" ? "" : ","}${text(name)}:${write(member, depth + 1)}`;
  }
  return `{${all}}`;
}

/** What was canonical once mostly still is, and to see that is faster than to sort. */
function sortedEntries(object: object): readonly [string, unknown][] {
  const entries = Object.entries(object);
  return areSorted(entries) ? entries : entries.sort(([a], [b]) => byCodePoint(a, b));
}

const surrogate = /[\ud800-\udfff]/;

/** UTF-16 units are in the order of code points where there are no surrogates. */
function areSorted(entries: readonly (readonly [string, unknown])[]): boolean {
  let before = "";
  for (const [name] of entries) {
    if (name < before || surrogate.test(name)) return false;
    before = name;
  }
  return true;
}
