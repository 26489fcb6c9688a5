import type { ReadManifest } from "../bag/manifest.ts";
import { fail, type LevelResult, notChecked, pass } from "../opened/level.ts";
import type { EventGraph } from "../record/graph.ts";
import type { Claims } from "./claims.ts";

const file = "data/events/pdu-0001.ndjson";

/**
 * L4: no event is missing, and the seal commits to all. What is missing and named as missing is no surprise:
 * the archive's verdict accounts for it.
 */
export function checkGraph(
  graph: EventGraph,
  { gaps, unsealed }: Claims,
  { seal }: ReadManifest,
): LevelResult {
  const missing = graph.missing();
  const surprise = missing.find(({ id }) => !gaps.has(id));
  if (surprise !== undefined) {
    return broken(`${surprise.id} is missing: ${surprise.neededBy} names it in its ${surprise.as}_events`);
  }
  if (graph.roots().length > 1) return broken("it has more than one beginning");
  if (seal === undefined) {
    if (!unsealed) return broken("manifest.json names no seal, and completeness.json does not say why");
    return holds(`${closed(missing.length)}; no seal was posted`);
  }
  const covered = graph.coveredBy(seal);
  if (covered === undefined) {
    const isNamed = unsealed && gaps.has(seal);
    return isNamed ? uncommitted : broken(`the seal ${seal} is not there`);
  }
  const besides = graph.idsWhere((place) => covered[place] !== 1);
  if (missing.length > 0) {
    const reached = graph.size - besides.length;
    return holds(`${closed(missing.length)}; the seal reaches ${reached} of ${graph.size} events`);
  }
  const uncovered = besides.find((id) => !gaps.has(id));
  if (uncovered !== undefined) return broken(`the seal does not commit to ${uncovered}`);
  const those = besides.length === 0 ? "all of them" : `all but ${besides.length}, each named`;
  return holds(`${closed(0)}, and the seal commits to ${those}`);
}

/** Without the seal nothing can be said of the end of the record, and the archive's verdict is that. */
const uncommitted = notChecked(
  "L4",
  "graph",
  "the homeserver did not give the seal, as completeness.json says",
);

function holds(words: string): LevelResult {
  return pass("L4", "graph", words);
}

function broken(reason: string): LevelResult {
  return fail("L4", "graph", { file, reason });
}

function closed(missing: number): string {
  return missing === 0 ? "no event is missing" : `${missing} missing, each named in completeness.json`;
}
