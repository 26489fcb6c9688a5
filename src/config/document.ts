import { isScalar, LineCounter, parseDocument } from "yaml";
import { tooDeep } from "./nesting.ts";
import { readOperatorFile } from "./operator-file.ts";
import { keyOf, type Path } from "./path.ts";
import { ConfigError, type ConfigErrorCode, type Position, type Problem } from "./problem.ts";
import { syntaxMistakes } from "./syntax.ts";
import { find, inspectTree } from "./tree.ts";
import { explainUnreadable } from "./unreadable.ts";

/** A YAML file of the operator, read whole, that knows where each of its values stands. */
export interface Document {
  /** The file as it was named. */
  readonly file: string;
  /** What is in it, as plain values; nothing in it is trusted yet. */
  readonly value: unknown;
  /** What is wrong with the file but does not keep it from being read: keys given twice. */
  readonly problems: readonly Problem[];
  /** Where a value stands; where it is missing, where the group stands that it is missing from. */
  valuePosition(path: Path): Position;
  /** Where the key of a value stands. */
  keyPosition(path: Path): Position;
}

/**
 * Reads a YAML file.
 *
 * @throws ConfigError `…_unreadable` where the file cannot be read, `…_invalid` with every mistake of syntax
 */
export function readDocument(file: string, kind: "config" | "registration"): Document {
  const text = readText(file, `${kind}_unreadable`, "cordon init writes one");
  const deep = tooDeep(text);
  if (deep !== undefined) throw new ConfigError(`${kind}_invalid`, [{ source: file, ...deep }]);
  const lines = new LineCounter();
  // Keys given twice are looked for in the tree, where both places are known.
  const yaml = parseDocument(text, { lineCounter: lines, prettyErrors: false, uniqueKeys: false });
  const position = (offset: number): Position => {
    const { line, col } = lines.linePos(offset);
    return { line: Math.max(line, 1), column: Math.max(col, 1) };
  };
  const problem = ({ offset, path = [], message }: Remark): Problem => ({
    source: file,
    position: position(offset),
    key: keyOf(path),
    message,
  });

  const { unusable, twice } = inspectTree(yaml.contents, (offset) => position(offset).line);
  const mistakes = [...syntaxMistakes(yaml, text), ...unusable];
  if (mistakes.length > 0) throw new ConfigError(`${kind}_invalid`, mistakes.map(problem));
  if (yaml.contents === null || (isScalar(yaml.contents) && yaml.contents.value === null)) {
    const message = "is empty; cordon init writes one that is not";
    throw new ConfigError(`${kind}_invalid`, [{ source: file, message }]);
  }
  return {
    file,
    value: yaml.toJS(),
    problems: twice.map(problem),
    valuePosition: (path) => position(find(yaml.contents, path).value),
    keyPosition: (path) => position(find(yaml.contents, path).key),
  };
}

/**
 * The text of a file that the operator named, without a byte order mark. `whenMissing` is the cure where there
 * is no such file.
 *
 * @throws ConfigError with `code` where it cannot be read or is not UTF-8
 */
export function readText(file: string, code: ConfigErrorCode, whenMissing: string): string {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(readOperatorFile(file));
  } catch (error) {
    throw new ConfigError(code, [{ source: file, message: explainUnreadable(error, whenMissing) }]);
  }
}

/** A problem with the value at a path, or with its key. */
export function problemAt(document: Document, path: Path, part: "key" | "value", message: string): Problem {
  const position = part === "key" ? document.keyPosition(path) : document.valuePosition(path);
  return { source: document.file, position, key: keyOf(path), message };
}

/** Something to be said about a place in the text. */
interface Remark {
  readonly offset: number;
  readonly path?: Path;
  readonly message: string;
}
