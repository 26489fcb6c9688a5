import type { LiveComparison } from "./history/live.ts";
import type { MissingParent } from "./record/graph.ts";

/**
 * `proven`: every check was made and held, signatures included. `explained-gaps`: what was checked holds,
 * and what is missing, a check among it, is named with its reason. `unproven`: something does not hold, or
 * is missing and nobody knows why.
 */
export type Verdict = "proven" | "explained-gaps" | "unproven";

/** Something that a whole record would have. */
export interface Gap {
  readonly what:
    | "missing-event"
    | "unsound-event"
    | "unsealed-event"
    | "unexplained-redaction"
    | "unchecked-signature"
    | "only-live"
    | "no-seal"
    | "no-events"
    | "wrong-beginning"
    | "missing-media"
    | "lost-journal";
  /** The event, the media URI or whatever else it is about. */
  readonly about?: string;
  readonly reason: string;
  readonly explained: boolean;
}

/** What the record is judged by. */
export interface Evidence {
  readonly events: number;
  readonly redacted: number;
  readonly unsound: number;
  readonly missing: readonly MissingParent[];
  /** Whether the record begins with the creation of this very room, and only with that. */
  readonly beginsWithRoom: boolean;
  readonly seal?: string;
  /** Whether the seal itself is in the record. */
  readonly isSealed: boolean;
  /** Events of the record that the seal does not commit to. */
  readonly unsealed: readonly string[];
  readonly unexplainedRedactions: readonly string[];
  /** How many events have a signature that could not be checked, by reason. */
  readonly unchecked: ReadonlyMap<string, number>;
  readonly live: LiveComparison;
  /** Where the journal was put back to an older state: to which entry, and up to which message it was read again. */
  readonly putBack: readonly { readonly to: number; readonly until: string }[];
  readonly missingMedia: readonly { readonly uri: string; readonly reason: string }[];
}

/** What `completeness.json` holds. */
export interface Completeness {
  readonly verdict: Verdict;
  /** The verdict in a sentence. */
  readonly statement: string;
  /** Which checks the verdict rests on, and which nobody made. */
  readonly checks: Readonly<Record<string, "made" | "not-made">>;
  readonly events: { readonly recorded: number; readonly redacted: number; readonly unsound: number };
  readonly live: LiveComparison;
  readonly gaps: readonly Gap[];
}

/** Judges a record by what is known of it. */
export function judge(evidence: Evidence): Completeness {
  const gaps = gapsIn(evidence);
  const verdict = verdictOn(gaps);
  return {
    verdict,
    statement: statement(evidence, gaps, verdict),
    checks: {
      "event-ids": "made",
      "content-hashes": "made",
      "closed-graph": "made",
      "seal-covers-all": evidence.isSealed ? "made" : "not-made",
      "compared-with-live": "made",
      signatures: evidence.unchecked.size === 0 ? "made" : "not-made",
    },
    events: { recorded: evidence.events, redacted: evidence.redacted, unsound: evidence.unsound },
    live: evidence.live,
    gaps,
  };
}

function verdictOn(gaps: readonly Gap[]): Verdict {
  if (gaps.length === 0) return "proven";
  return gaps.every(({ explained }) => explained) ? "explained-gaps" : "unproven";
}

function gapsIn(evidence: Evidence): readonly Gap[] {
  return [
    ...(evidence.events === 0
      ? [gap("no-events", undefined, "the homeserver gave no event that holds", false)]
      : []),
    ...(evidence.events > 0 && !evidence.beginsWithRoom
      ? [gap("wrong-beginning", undefined, "the record does not begin with the creation of this room", false)]
      : []),
    ...missingGaps(evidence),
    ...(evidence.unsound > 0
      ? [
          gap(
            "unsound-event",
            undefined,
            `${evidence.unsound} did not hold and stand in errors.ndjson`,
            false,
          ),
        ]
      : []),
    ...sealGaps(evidence),
    ...evidence.unexplainedRedactions.map((id) =>
      gap("unexplained-redaction", id, "its content is gone and no event says who took it away", false),
    ),
    ...[...evidence.unchecked].map(([reason, events]) =>
      gap("unchecked-signature", undefined, `the signatures of ${counted(events)}: ${reason}`, true),
    ),
    ...onlyLiveGaps(evidence),
    ...evidence.putBack.map(({ to, until }) => {
      const reason = `the journal was put back to its entry ${to}, and what was behind it is lost; it was read again from the room up to this message`;
      return gap("lost-journal", until, reason, true);
    }),
    ...evidence.missingMedia.map(({ uri, reason }) => gap("missing-media", uri, reason, true)),
  ];
}

const goneSince = "it arrived live, and the homeserver does not give it any more";

/** An event that other events name. That it was hidden from everybody explains it. */
function missingGaps({ missing, live }: Evidence): readonly Gap[] {
  const arrived = new Map(live.onlyLive.map(({ id, reason }) => [id, reason]));
  return missing.map(({ id, neededBy, as }) => {
    const named = `${neededBy} names it in its ${as}_events`;
    const known = arrived.get(id);
    if (known !== undefined) return gap("missing-event", id, `${named}; ${known}`, true);
    const lost = arrived.has(id) ? goneSince : "the homeserver did not give it";
    return gap("missing-event", id, `${named}, and ${lost}`, false);
  });
}

/** An event that nothing but its own arrival speaks of. */
function onlyLiveGaps({ missing, live }: Evidence): readonly Gap[] {
  const named = new Set<string>(missing.map(({ id }) => id));
  return live.onlyLive
    .filter(({ id }) => !named.has(id))
    .map(({ id, reason }) => gap("only-live", id, reason ?? goneSince, reason !== undefined));
}

function sealGaps({ seal, isSealed, unsealed, missing }: Evidence): readonly Gap[] {
  if (seal === undefined) return [gap("no-seal", undefined, "no seal was posted in the room", true)];
  if (!isSealed) return [gap("no-seal", seal, "the homeserver did not give the seal", false)];
  if (unsealed.length > 0 && missing.length > 0) {
    const reason = `${unsealed.length} lie behind what is missing, where the seal does not reach`;
    return [gap("unsealed-event", undefined, reason, true)];
  }
  return unsealed.map((id) =>
    gap("unsealed-event", id, "it lies on a branch that the seal does not continue", true),
  );
}

function gap(what: Gap["what"], about: string | undefined, reason: string, explained: boolean): Gap {
  return { what, reason, explained, ...(about === undefined ? {} : { about }) };
}

function statement({ events }: Evidence, gaps: readonly Gap[], verdict: Verdict): string {
  if (gaps.length === 0) return `Whole: ${counted(events)}, none missing, every signature holds.`;
  const found = gaps.length === 1 ? "1 gap" : `${gaps.length} gaps`;
  if (verdict === "unproven") return `Not proven: ${counted(events)}, ${found}, not all explained.`;
  return `${counted(events)}, ${found}, ${gaps.length === 1 ? "explained" : "each explained"}.`;
}

function counted(events: number): string {
  return events === 1 ? "1 event" : `${events} events`;
}
