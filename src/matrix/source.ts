/**
 * The source text of the elements of a list inside a JSON document.
 *
 * Events are kept as the homeserver wrote them: parsing and printing again would lose digits and doubled
 * keys, takes twice as long, and fails on an event nested deeper than the stack.
 */

const quote = 0x22;
const comma = 0x2c;
const openList = 0x5b;
const backslash = 0x5c;
const closeList = 0x5d;
const openObject = 0x7b;
const closeObject = 0x7d;
const blank = /[\t\n\r ]*/y;

/**
 * For a JSON object and the name of a member that is a list: the source text of each element, in order.
 * The text must be one that `JSON.parse` has accepted. Empty where there is no such member.
 */
export function elementSources(json: string, member: string): readonly string[] {
  let sources: readonly string[] = [];
  let at = skipBlank(json, skipBlank(json, 0) + 1);
  while (json.charCodeAt(at) !== closeObject) {
    const endOfKey = endOfString(json, at);
    const value = skipBlank(json, skipBlank(json, endOfKey) + 1);
    let end: number;
    if (JSON.parse(json.slice(at, endOfKey)) === member) {
      // A name given twice means the last one, as `JSON.parse` has it.
      [sources, end] = elements(json, value);
    } else {
      end = endOfValue(json, value);
    }
    at = skipSeparator(json, end);
  }
  return sources;
}

/** The elements of the list that starts here, and the position after it. A value that is no list has none. */
function elements(json: string, start: number): [sources: readonly string[], end: number] {
  if (json.charCodeAt(start) !== openList) return [[], endOfValue(json, start)];
  const sources: string[] = [];
  let at = skipBlank(json, start + 1);
  while (json.charCodeAt(at) !== closeList) {
    const end = endOfValue(json, at);
    sources.push(json.slice(at, end));
    at = skipSeparator(json, end);
  }
  return [sources, at + 1];
}

/** The position after a value, be it scalar, string, list or object. */
function endOfValue(json: string, start: number): number {
  let depth = 0;
  let at = start;
  for (;;) {
    switch (json.charCodeAt(at)) {
      case quote:
        at = endOfString(json, at);
        if (depth === 0) return at;
        break;
      case openObject:
      case openList:
        depth += 1;
        at += 1;
        break;
      case closeObject:
      case closeList:
        if (depth === 0) return at;
        depth -= 1;
        at += 1;
        if (depth === 0) return at;
        break;
      case comma:
        if (depth === 0) return at;
        at += 1;
        break;
      default:
        at += 1;
    }
  }
}

/** The position after a string: after the first quotation mark that an even number of backslashes precedes. */
function endOfString(json: string, start: number): number {
  let end = json.indexOf('"', start + 1);
  while (isEscaped(json, end)) end = json.indexOf('"', end + 1);
  return end + 1;
}

function isEscaped(json: string, at: number): boolean {
  let before = at - 1;
  while (json.charCodeAt(before) === backslash) before -= 1;
  return (at - before) % 2 === 0;
}

function skipBlank(json: string, at: number): number {
  blank.lastIndex = at;
  blank.test(json);
  return blank.lastIndex;
}

function skipSeparator(json: string, at: number): number {
  const next = skipBlank(json, at);
  return json.charCodeAt(next) === comma ? skipBlank(json, next + 1) : next;
}
