import { isJson } from "../../proof/redaction.ts";
import type { Completeness } from "../completeness.ts";
import { parsed } from "../files/lines.ts";
import { type ArchiveFiles, readSmall } from "../opened/archivefiles.ts";
import { DoesNotHold } from "../opened/level.ts";

const file = "data/completeness.json";

/** What `completeness.json` says of its own archive, as far as it has to agree with what is found. */
export interface Claims {
  /** The events that it names as a gap. */
  readonly gaps: ReadonlySet<string>;
  /** Whether it says that the room was never sealed. */
  readonly unsealed: boolean;
  /** Whether it says that every signature was checked. */
  readonly signaturesChecked: boolean;
}

/** Reads the claims of an archive. Throws `Unreadable`, or `NotLines`. */
export async function readClaims(files: ArchiveFiles): Promise<Claims> {
  const value = parsed((await readSmall(files, file)) ?? "");
  const { gaps, checks } = isJson(value) ? value : {};
  const named = Array.isArray(gaps) ? gaps.filter(isJson) : [];
  return {
    gaps: new Set(named.map(({ about }) => about).filter((about) => typeof about === "string")),
    unsealed: named.some(({ what }) => what === "no-seal"),
    signaturesChecked: isJson(checks) && checks.signatures === "made",
  };
}

/** The whole judgement, as pages are made of it. Throws `DoesNotHold` where it is no such thing. */
export async function readCompleteness(files: ArchiveFiles): Promise<Completeness> {
  const value = parsed((await readSmall(files, file)) ?? "");
  if (isCompleteness(value)) return value;
  throw new DoesNotHold({ file, reason: "it does not say how whole the record is" });
}

/** As far as pages could not be made of it otherwise. */
function isCompleteness(value: unknown): value is Completeness {
  if (!isJson(value) || typeof value.statement !== "string" || typeof value.verdict !== "string")
    return false;
  const { checks, events, gaps } = value;
  return isJson(checks) && isJson(events) && Array.isArray(gaps) && gaps.every(isJson);
}
