import { Lexer } from "yaml";
import type { Position } from "./problem.ts";

/** So deep can nothing be that is meant: a configuration has five levels. */
const deepest = 50;

/**
 * Where a YAML text goes deeper than anything that is meant, `undefined` where it does not. It is asked before the
 * parser is, which takes a minute for a few thousand brackets. Groups that are told by indentation are not counted:
 * a deep one takes a large file.
 */
export function tooDeep(text: string): { readonly position: Position; readonly message: string } | undefined {
  let brackets = 0;
  let dashes = 0;
  let offset = 0;
  for (const token of new Lexer().lex(text)) {
    if (token === "[" || token === "{") brackets += 1;
    else if (token === "]" || token === "}") brackets = Math.max(0, brackets - 1);
    else if (token === "-" || token === "?") dashes += 1;
    else if (token.startsWith("\n")) dashes = 0;
    if (brackets + dashes > deepest) {
      const message = `more than ${deepest} groups in each other begin here; no setting needs more than five`;
      return { position: positionAt(text, offset), message };
    }
    offset += marks.has(token) ? 0 : token.length;
  }
  return undefined;
}

/** The lexer says where documents, scalars and flow collections begin or end with characters of its own. */
const marks: ReadonlySet<string> = new Set(["\u0002", "\u0018", "\u001f"]);

function positionAt(text: string, offset: number): Position {
  const lines = text.slice(0, offset).split("\n");
  return { line: lines.length, column: (lines.at(-1)?.length ?? 0) + 1 };
}
