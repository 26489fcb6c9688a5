import { isAlias, isMap, isNode, isScalar, isSeq } from "yaml";
import type { Path } from "./path.ts";

/** Something in a YAML tree that the parser lets pass and that a configuration cannot have. */
interface Finding {
  readonly offset: number;
  readonly path: Path;
  readonly message: string;
}

/** What was found in a tree. */
export interface Findings {
  /** What keeps the tree from being turned into values: aliases, and keys that are no text. */
  readonly unusable: readonly Finding[];
  /** Keys that stand in one group twice. */
  readonly twice: readonly Finding[];
}

/** The name of the alias may be a secret that begins so. */
const alias =
  "begins with *, which is an alias to YAML, and there are none in this file; write the value in quotes";

/** Looks through a tree; `lineOf` says in which line an offset is. */
export function inspectTree(root: unknown, lineOf: (offset: number) => number): Findings {
  const unusable: Finding[] = [];
  const twice: Finding[] = [];
  const inspect = (node: unknown, path: Path): void => {
    if (isAlias(node)) unusable.push({ offset: startOf(node), path, message: alias });
    if (isSeq(node)) for (const [index, item] of node.items.entries()) inspect(item, [...path, index]);
    if (!isMap(node)) return;

    const firstLines = new Map<string, number>();
    for (const { key, value } of node.items) {
      const inner = [...path, keyText(key)];
      const offset = startOf(key);
      const firstLine = firstLines.get(keyText(key));
      if (!isScalar(key))
        unusable.push({ offset, path, message: "has a key that is not text; write it in quotes" });
      else if (firstLine === undefined) firstLines.set(keyText(key), lineOf(offset));
      else
        twice.push({
          offset,
          path: inner,
          message: `is given again; it stands in line ${firstLine} already, keep one`,
        });
      inspect(value, inner);
    }
  };
  inspect(root, []);
  return { unusable, twice };
}

/** The offsets of a value and of its key; those of the nearest group around it where it does not exist. */
export function find(root: unknown, path: Path): { readonly key: number; readonly value: number } {
  let node = root;
  let place = { key: startOf(node), value: startOf(node) };
  for (const step of path) {
    if (isMap(node)) {
      const pair = node.items.findLast((item) => keyText(item.key) === String(step));
      if (pair === undefined) return { key: place.key, value: place.key };
      node = pair.value;
      place = { key: startOf(pair.key), value: startOf(pair.value ?? pair.key) };
    } else if (isSeq(node) && typeof step === "number") {
      node = node.items[step];
      place = { key: startOf(node), value: startOf(node) };
    } else {
      return place;
    }
  }
  return place;
}

function keyText(key: unknown): string {
  return isScalar(key) ? String(key.value) : String(key);
}

function startOf(node: unknown): number {
  return isNode(node) ? (node.range?.[0] ?? 0) : 0;
}
