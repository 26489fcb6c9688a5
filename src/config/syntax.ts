import { type Document, isScalar, visit, type YAMLError } from "yaml";

/** A mistake of syntax, and where in the text it stands. */
interface SyntaxMistake {
  readonly offset: number;
  /** What is wrong with the YAML and how to write it instead. */
  readonly message: string;
}

/** What keeps a text from being YAML that can be used, one mistake a place: one often causes two errors. */
export function syntaxMistakes(yaml: Document.Parsed, text: string): readonly SyntaxMistake[] {
  const mistakes = new Map<number, SyntaxMistake>();
  const errors = [...yaml.errors, ...yaml.warnings];
  const quotes = errors.length === 0 ? new Map<number, number>() : quotedScalars(yaml);
  for (const error of errors) {
    const offset = beginning(error, quotes);
    if (!mistakes.has(offset)) mistakes.set(offset, { offset, message: explain(error, text) });
  }
  return [...mistakes.values()];
}

/** Where the values in quotes begin, by where they end. */
function quotedScalars(yaml: Document.Parsed): ReadonlyMap<number, number> {
  const beginnings = new Map<number, number>();
  visit(yaml, {
    Scalar(_, node) {
      const isQuoted = isScalar(node) && node.type?.startsWith("QUOTE") === true;
      if (isQuoted && node.range) beginnings.set(node.range[1], node.range[0]);
    },
  });
  return beginnings;
}

/** Where a mistake begins. A quote that is never closed is noticed at the end of the file only. */
function beginning({ code, pos: [noticed] }: YAMLError, quotes: ReadonlyMap<number, number>): number {
  return (code === "MISSING_CHAR" ? quotes.get(noticed) : undefined) ?? noticed;
}

function explain(error: YAMLError, text: string): string {
  const [start] = error.pos;
  switch (error.code) {
    case "BAD_SCALAR_START":
      return `a value cannot begin with ${text.charAt(start)} in YAML; put it in quotes`;
    case "TAG_RESOLVE_FAILED":
      return "a value that begins with ! is a tag to YAML; put it in quotes";
    case "TAB_AS_INDENT":
      return "the line is indented with a tab; YAML takes blanks only";
    case "BLOCK_AS_IMPLICIT_KEY":
      return "there is a second colon in the line, or the line after it is indented too far; put a value with a colon and a blank in quotes, and indent keys of one group alike";
    case "MULTILINE_IMPLICIT_KEY":
      return "a key reaches over the end of its line; write key: value with a blank after the colon, and indent keys of one group alike";
    case "BAD_INDENT":
      return "the line is not indented like the group it belongs to; indent keys of one group alike";
    case "MISSING_CHAR":
      return explainMissing(error.message);
    case "MULTIPLE_DOCS":
      return "a second document begins here; leave out the line ---";
    case "UNEXPECTED_TOKEN":
      return "there is something after the end of the value; put a value with brackets or braces in quotes";
    case "BAD_DQ_ESCAPE":
      return 'a backslash in "…" begins an escape that YAML does not know; write \\\\ or use single quotes';
    default:
      return `is not YAML: ${error.message.toLowerCase()}`;
  }
}

function explainMissing(message: string): string {
  if (message.includes("quote")) return "a quote is opened and never closed; close it on the same line";
  if (message.includes("map values")) return "the line has no colon; write key: value";
  return `is not YAML: ${message.toLowerCase()}`;
}
