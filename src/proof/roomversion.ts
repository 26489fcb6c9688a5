/**
 * What differs between room versions for somebody who checks hashes: which parts of an event survive a
 * redaction (spec, "Rooms", section "Redactions" of each version) and where an event keeps what.
 */
export interface RoomRules {
  readonly version: string;
  /** `fallback`: the version is not known here and is treated as the newest that is. */
  readonly basis: "known" | "fallback";
  /** Top-level members that a redaction leaves. */
  readonly keptMembers: ReadonlySet<string>;
  /** Members of `content` that a redaction leaves, by event type; `all` where it leaves the whole content. */
  readonly keptContent: Readonly<Record<string, readonly string[] | "all">>;
  /** From version 11 on a redacted membership keeps `third_party_invite.signed`. */
  readonly keepsSignedInvite: boolean;
  /** Where a redaction names its target. The other place is only ever a copy made for clients. */
  readonly redactsIn: "event" | "content";
  /** From version 12 on the room id is the hash of the create event, which therefore cannot contain it. */
  readonly createNamesRoom: boolean;
}

const commonMembers = [
  "event_id",
  "type",
  "room_id",
  "sender",
  "state_key",
  "content",
  "hashes",
  "signatures",
  "depth",
  "prev_events",
  "auth_events",
  "origin_server_ts",
] as const;

const levels = [
  "ban",
  "events",
  "events_default",
  "kick",
  "redact",
  "state_default",
  "users",
  "users_default",
] as const;

const commonContent = {
  "m.room.member": ["membership", "join_authorised_via_users_server"],
  "m.room.join_rules": ["join_rule", "allow"],
  "m.room.history_visibility": ["history_visibility"],
} as const;

const version10: RoomRules = {
  version: "10",
  basis: "known",
  keptMembers: new Set([...commonMembers, "prev_state", "origin", "membership"]),
  keptContent: { ...commonContent, "m.room.create": ["creator"], "m.room.power_levels": levels },
  keepsSignedInvite: false,
  redactsIn: "event",
  createNamesRoom: true,
};

const version11: RoomRules = {
  version: "11",
  basis: "known",
  keptMembers: new Set(commonMembers),
  keptContent: {
    ...commonContent,
    "m.room.create": "all",
    "m.room.power_levels": [...levels, "invite"],
    "m.room.redaction": ["redacts"],
  },
  keepsSignedInvite: true,
  redactsIn: "content",
  createNamesRoom: true,
};

const version12: RoomRules = { ...version11, version: "12", createNamesRoom: false };

const known: readonly RoomRules[] = [version10, version11, version12];

/** The rules of a room version. One that is not known gets the newest rules, and says so in `basis`. */
export function roomRules(version: string): RoomRules {
  return known.find((rules) => rules.version === version) ?? { ...version12, version, basis: "fallback" };
}
