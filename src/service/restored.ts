import type { IncidentId } from "../incident/ids.ts";
import { isReadAgain } from "../incident/incident.ts";
import { loadIncident, openIncidents, unkeptIncidents } from "../journal/incidents.ts";
import { readAgain } from "./restored-replay.ts";
import { settleAll } from "./restored-room.ts";
import { findStrangers, nameStrangers, skipNumbers } from "./restored-rooms.ts";
import { noteIfBehind } from "./restored-witness.ts";
import type { Service } from "./service.ts";

/** How many rooms are asked at a time. */
const atOnce = 8;

/**
 * Compares what the rooms know with what the journals know, before anything else is done. Where an older
 * database was put in place, from a backup or because of a failed disk, the rooms know more: then what was
 * said in them since is read again, in the order in which it was said and without saying anything twice, and
 * what cannot be found in that way is named. Goes on where it was interrupted.
 */
export async function catchUpWithRooms(service: Service): Promise<void> {
  const strangers = await findStrangers(service);
  const behind = await findBehind(service);
  await skipNumbers(service, strangers);
  if (strangers.incidents.size === 0 && behind.length === 0) return;
  service.log.warn(
    { incidents: behind, unknown: [...strangers.incidents.keys()] },
    "rooms know more than the database; what was said in them is read again",
  );
  const adopted = await readAgain(service, strangers);
  await settleAll(service, [...behind, ...adopted]);
  await nameStrangers(service, strangers, adopted);
}

/** The incidents whose rooms know more than their journals, each of which says so from now on. */
async function findBehind(service: Service): Promise<readonly IncidentId[]> {
  // What was archived by reading again, and then interrupted, is still to be compared with its room.
  const ids = [...(await openIncidents(service.db)), ...(await unkeptIncidents(service.db))];
  const behind: IncidentId[] = [];
  for (let i = 0; i < ids.length; i += atOnce) {
    const those = ids.slice(i, i + atOnce);
    const found = await Promise.all(those.map((id) => isBehind(service, id)));
    behind.push(...those.filter((_, each) => found[each]));
  }
  return behind;
}

async function isBehind(service: Service, id: IncidentId): Promise<boolean> {
  const incident = (await loadIncident(service.db, id))?.incident;
  if (incident?.room === undefined) return false;
  if (isReadAgain(incident)) return true;
  return incident.state !== "archived" && noteIfBehind(service, incident, incident.room.id);
}
