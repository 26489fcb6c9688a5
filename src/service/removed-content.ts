import { filesNamedBy } from "../archive/attachments/attachment.ts";
import { relationOf } from "../archive/record/relations.ts";
import type { EventId, IncidentId } from "../incident/ids.ts";
import type { Incident } from "../incident/incident.ts";
import { forgetFile } from "../journal/attachments.ts";
import { type Mention, mentionsOf, rewriteArrival } from "../journal/inbox.ts";
import type { RoomEvent } from "../matrix/event.ts";
import { isJson, type Json, redact } from "../proof/redaction.ts";
import { type RoomRules, roomRules } from "../proof/roomversion.ts";
import type { Change } from "../store/store.ts";
import { removeUnused } from "./file-store.ts";
import type { Service } from "./service.ts";

/** Why a file is not there whose message was removed. */
const missing = "its message was removed";

/**
 * Takes out of what arrived live what a redaction took out of the room: the content of the event and of its
 * edits, and files that nothing else in the room names. Only what the homeserver has removed itself goes: who
 * may redact is its judgement.
 *
 * @param target the event as the homeserver has it by now
 */
export async function forgetRemoved(
  service: Service,
  event: EventId,
  target: RoomEvent | undefined,
  { id, room }: Incident,
): Promise<void> {
  if (room === undefined || (target !== undefined && target.unsigned?.redacted_because === undefined)) return;
  const rules = roomRules(room.version);
  const files = await service.db.transaction().execute(async (change) => {
    const mentions = await mentionsOf(change, room.id, event);
    const gone = mentions.filter((each) => each.event === event || isEditOf(each, event));
    for (const each of gone) await rewriteArrival(change, each.event, blank(each, rules));
    return forgetFiles(change, id, room.id, gone);
  });
  await removeUnused(service, files);
}

function isEditOf({ json }: Mention, event: EventId): boolean {
  const relation = relationOf(read(json));
  return relation?.kind === "edit" && relation.target === event;
}

/** An event without its content. Of `unsigned` nothing stays but the homeserver's own marks. */
function blank({ json }: Mention, rules: RoomRules): string {
  const { unsigned, ...event } = read(json);
  const marks = Object.entries(isJson(unsigned) ? unsigned : {}).filter(([name]) => name.includes("synapse"));
  return JSON.stringify({ ...redact(event, rules), unsigned: Object.fromEntries(marks) });
}

/** Forgets the files that these events alone named. Gives back the hashes of their contents. */
async function forgetFiles(
  change: Change,
  incident: IncidentId,
  room: string,
  gone: readonly Mention[],
): Promise<readonly string[]> {
  const uris = gone.flatMap(({ json }) => {
    const { type, content } = read(json);
    return filesNamedBy(type, content).map(({ uri }) => uri);
  });
  const contents: string[] = [];
  for (const uri of new Set(uris)) {
    const others = await mentionsOf(change, room, uri);
    if (others.length === 0) contents.push(...(await forgetFile(change, incident, uri, missing)));
  }
  return contents;
}

function read(json: string): Json {
  const event: unknown = json === "" ? {} : JSON.parse(json);
  return isJson(event) ? event : {};
}
