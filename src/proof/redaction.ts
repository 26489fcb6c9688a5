import type { RoomRules } from "./roomversion.ts";

/** A JSON object of which nothing is known yet. */
export type Json = { readonly [key: string]: unknown };

export function isJson(value: unknown): value is Json {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/**
 * What a redaction leaves of an event (spec, "Rooms", section "Redactions" of the room's version). It works
 * on events in federation and in client format alike. The event itself is not changed.
 */
export function redact(event: Json, rules: RoomRules): Json {
  return { ...pick(event, rules.keptMembers), content: redactedContent(event, rules) };
}

/** What a redaction leaves of an event's content: the same object where it leaves every content of that type. */
export function redactedContent(event: Json, rules: RoomRules): Json {
  const type = typeof event.type === "string" ? event.type : "";
  const content = isJson(event.content) ? event.content : {};
  const kept = Object.hasOwn(rules.keptContent, type) ? rules.keptContent[type] : undefined;
  if (kept === "all") return content;
  const left = pick(content, new Set(kept));
  const invite = content.third_party_invite;
  if (type !== "m.room.member" || !rules.keepsSignedInvite || !isJson(invite)) return left;
  // The object stays even where nothing in it was signed: so Synapse does it, and so its ids come out.
  return { ...left, third_party_invite: pick(invite, new Set(["signed"])) };
}

function pick(from: Json, keys: ReadonlySet<string>): Json {
  return Object.fromEntries(Object.entries(from).filter(([key]) => keys.has(key)));
}
