import { severities } from "../../incident/severity.ts";
import { isEventId } from "../../matrix/ids.ts";
import { isJson, type Json } from "../../proof/redaction.ts";
import type { Draft } from "../draft.ts";
import { parsed } from "../files/lines.ts";
import type { Maker, Renderer } from "../maker.ts";
import { iso } from "../pages/clock.ts";
import type { ArchivedRole } from "../source.ts";
import type { Revision } from "./lineage.ts";

/** The format of an archive. It changes when a reader of the old one would misread the new one. */
const archiveFormat = "cordon-archive/1";

/** What `manifest.json` holds: what this archive is. */
export function manifestOf(draft: Draft): unknown {
  const { source, imprint, rules, chronicle, record, completeness, attachments } = draft;
  const { incident } = chronicle;
  return {
    format: archiveFormat,
    name: imprint.name,
    revision: imprint.revision?.number ?? 1,
    supersedes: imprint.revision?.supersedes ?? null,
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
    signed_by: imprint.signer.publicKey.fingerprint,
    tool: imprint.tool,
    renderer: rendererIn(imprint.renderer),
  };
}

function rendererIn({ code, unicode, timeZones }: Renderer): Json {
  return { code, unicode, time_zones: timeZones };
}

/** What a reader relies on in `manifest.json`. */
export interface ReadManifest extends Maker {
  readonly name: string;
  readonly revision?: Revision;
  /** Milliseconds since the epoch. */
  readonly sealedAt: number;
  readonly timeZone: string;
  readonly serverName: string;
  readonly roles: readonly ArchivedRole[];
  readonly incident: string;
  readonly roomVersion: string;
  readonly room: string | undefined;
  readonly seal: `$${string}` | undefined;
  readonly events: number;
  readonly verdict: string;
  /** The fingerprint of the key that signed the archive. */
  readonly signedBy: string;
  readonly journal: { readonly entries: number; readonly seq: number; readonly hash: string };
}

/** The manifest as an older or a changed archive may have it: `undefined` where it is not one of ours. */
export function readManifest(text: string): ReadManifest | undefined {
  const value = parsed(text);
  try {
    return isJson(value) && value.format === archiveFormat ? decode(value) : undefined;
  } catch (problem) {
    if (problem instanceof NotOurs) return undefined;
    throw problem;
  }
}

class NotOurs extends Error {}

function decode(manifest: Json): ReadManifest {
  const tool = toolOf(within(manifest, "tool"));
  const [room, journal] = [within(manifest, "room"), within(manifest, "journal")];
  const head = within(journal, "head");
  return {
    name: textOf(manifest, "name"),
    ...revisionOf(manifest),
    tool,
    ...rendererOf(manifest.renderer, tool),
    sealedAt: Date.parse(textOf(manifest, "sealed_at")),
    timeZone: textOf(manifest, "time_zone"),
    serverName: textOf(room, "server"),
    roles: Array.isArray(manifest.roles) ? manifest.roles.map(roleOf) : [],
    incident: textOf(within(manifest, "incident"), "id"),
    roomVersion: textOf(room, "version"),
    room: typeof room.id === "string" ? room.id : undefined,
    seal: isEventId(manifest.seal) ? manifest.seal : undefined,
    events: numberOf(within(manifest, "counts"), "events"),
    verdict: textOf(manifest, "verdict"),
    signedBy: textOf(manifest, "signed_by"),
    journal: {
      entries: numberOf(journal, "entries"),
      seq: numberOf(head, "seq"),
      hash: textOf(head, "hash"),
    },
  };
}

function revisionOf(manifest: Json): Pick<ReadManifest, "revision"> {
  if (!isJson(manifest.supersedes)) return {};
  const supersedes = {
    name: textOf(manifest.supersedes, "name"),
    digest: textOf(manifest.supersedes, "digest"),
  };
  return { revision: { number: numberOf(manifest, "revision"), supersedes } };
}

function toolOf(tool: Json): Maker["tool"] {
  return { name: textOf(tool, "name"), version: textOf(tool, "version") };
}

/** The one version whose archives name no renderer. */
const beforeRenderers = "0.1.0";

function rendererOf(renderer: unknown, { version }: Maker["tool"]): Pick<Maker, "renderer"> {
  if (renderer === undefined && version === beforeRenderers) return {};
  if (!isJson(renderer)) throw new NotOurs();
  const code = textOf(renderer, "code");
  if (!/^[0-9a-f]{64}$/.test(code)) throw new NotOurs();
  const [unicode, timeZones] = [textOf(renderer, "unicode"), textOf(renderer, "time_zones")];
  return { renderer: { code, unicode, timeZones } };
}

function roleOf(role: unknown): ArchivedRole {
  if (!isJson(role)) throw new NotOurs();
  const { required } = role;
  return {
    name: textOf(role, "name"),
    level: numberOf(role, "level"),
    required: Array.isArray(required) ? severities.filter((each) => required.includes(each)) : "always",
  };
}

function within(value: Json, key: string): Json {
  const inner = value[key];
  if (!isJson(inner)) throw new NotOurs();
  return inner;
}

function textOf(value: Json, key: string): string {
  const text = value[key];
  if (typeof text !== "string") throw new NotOurs();
  return text;
}

function numberOf(value: Json, key: string): number {
  const number = value[key];
  if (typeof number !== "number") throw new NotOurs();
  return number;
}
