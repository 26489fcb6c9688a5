import { isEventId } from "../matrix/ids.ts";
import { isJson, type Json } from "../proof/redaction.ts";
import { iso } from "./clock.ts";
import type { Draft } from "./draft.ts";

/** The format of an archive. It changes when a reader of the old one would misread the new one. */
const archiveFormat = "cordon-archive/1";

/** What `manifest.json` holds: what this archive is, and what it is not yet. */
export function manifestOf(draft: Draft): unknown {
  const { source, imprint, rules, chronicle, record, completeness, attachments } = draft;
  const { incident } = chronicle;
  return {
    format: archiveFormat,
    name: imprint.name,
    incident: { id: incident.id, title: incident.title },
    room: {
      id: source.incident.room?.id ?? null,
      version: rules.version,
      hashing:
        rules.basis === "known" ? `room version ${rules.version}` : "as in the newest known room version",
      alias: source.alias ?? null,
      server: source.serverName,
    },
    seal: source.seal ?? null,
    sealed_at: iso(imprint.sealedAt),
    time_zone: source.timeZone,
    journal: { entries: chronicle.entries.length, head: incident.head },
    roles: source.roles,
    counts: {
      events: record.log.count,
      messages: record.messages,
      live: completeness.live.arrived,
      attachments: attachments.list().length,
      unsound: record.unsound,
    },
    verdict: completeness.verdict,
    policy: {
      redactions:
        "Redacted content is not in this archive. Who removed it, when and why is in data/redactions.ndjson.",
      after_the_seal:
        "What the room holds after the seal is not part of this archive, redactions of sealed events apart.",
    },
    not_yet: [
      "signature of this archive",
      "signatures of the homeserver on the events",
      "search",
      "post-mortem draft",
    ],
    tool: imprint.tool,
  };
}

/** What a reader relies on in `manifest.json`. */
export interface ReadManifest {
  readonly incident: string;
  readonly roomVersion: string;
  readonly room: string | undefined;
  readonly seal: `$${string}` | undefined;
  readonly events: number;
  readonly verdict: string;
  readonly journal: { readonly entries: number; readonly seq: number; readonly hash: string };
}

/** The manifest as an older or a changed archive may have it: `undefined` where it is not one of ours. */
export function readManifest(text: string): ReadManifest | undefined {
  const value = parse(text);
  const incident = isJson(value.incident) ? value.incident.id : undefined;
  const room = isJson(value.room) ? value.room : {};
  const counts = isJson(value.counts) ? value.counts : {};
  const journal = isJson(value.journal) ? value.journal : {};
  const head = isJson(journal.head) ? journal.head : {};
  if (value.format !== archiveFormat) return undefined;
  if (typeof incident !== "string" || typeof room.version !== "string") return undefined;
  if (typeof counts.events !== "number" || typeof journal.entries !== "number") return undefined;
  if (typeof head.seq !== "number" || typeof head.hash !== "string") return undefined;
  return {
    incident,
    roomVersion: room.version,
    room: typeof room.id === "string" ? room.id : undefined,
    seal: isEventId(value.seal) ? value.seal : undefined,
    events: counts.events,
    verdict: typeof value.verdict === "string" ? value.verdict : "unknown",
    journal: { entries: journal.entries, seq: head.seq, hash: head.hash },
  };
}

function parse(text: string): Json {
  try {
    const value: unknown = JSON.parse(text);
    return isJson(value) ? value : {};
  } catch {
    return {};
  }
}
