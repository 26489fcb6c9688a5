const names: ReadonlyMap<string, string> = new Map(
  Object.entries({
    "m.room.power_levels": "power levels",
    "m.room.join_rules": "join rule",
    "m.room.history_visibility": "history visibility",
    "m.room.guest_access": "guest access",
    "m.room.canonical_alias": "main address",
    "m.room.name": "name",
    "m.room.topic": "topic",
    "m.room.pinned_events": "pinned messages",
    "org.cordon.role": "published roles",
    "org.cordon.archive-key": "key of the archive",
    "m.room.avatar": "avatar",
    "m.room.server_acl": "server access list",
    "m.room.tombstone": "replacement room",
    "m.room.third_party_invite": "invitation by email",
    "m.space.parent": "space",
    "im.vector.modular.widgets": "widgets",
  }),
);

/** The longest type that is shown. */
const longestType = 60;

/** How a kind of state is called when somebody changed it. A type is anybody's text: nothing but its letters is told. */
export function stateName(type: string): string {
  return names.get(type) ?? `state of type ${type.slice(0, longestType).replaceAll(/[^\w.-]/g, "?")}`;
}
