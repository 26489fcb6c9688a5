import type { IncidentId, RoomId, UserId } from "../incident/ids.ts";
import type { Incident } from "../incident/incident.ts";
import type { Observation } from "../incident/intent.ts";
import { observe } from "../incident/observe.ts";
import { loadIncident } from "../journal/incidents.ts";
import { noteState } from "../journal/known-rooms.ts";
import { forgetState } from "../journal/restored.ts";
import { isUserId } from "../matrix/ids.ts";
import { isMoreClosed } from "../room/closed.ts";
import { difference } from "../room/difference.ts";
import type { ActualState, DesiredRoom } from "../room/plan.ts";
import { roleStateType } from "../room/plan.ts";
import { stateName } from "../room/state-name.ts";
import { changeIncident } from "./change.ts";
import { presentState } from "./door.ts";
import { planFor } from "./room-watch.ts";
import { momentOf, type Service } from "./service.ts";

/** Compares incidents with their rooms, once those have been read again, and says what is not the same. */
export async function settleAll(service: Service, ids: readonly IncidentId[]): Promise<void> {
  for (const id of ids) await settle(service, id);
}

async function settle(service: Service, id: IncidentId): Promise<void> {
  const stored = await loadIncident(service.db, id);
  const room = stored?.incident.room?.id;
  const until = stored?.incident.restored?.until;
  if (stored === undefined || room === undefined || until === undefined) return;
  const actual = await takeState(service, room);
  const plan = await planFor(service, stored);
  if (plan === undefined) return;
  const seen: Observation = { type: "room-found", ...comparison(stored.incident, plan, actual) };
  const occasion = { cause: `found/${until}`, actor: "cordon", eventAt: service.now() } as const;
  await changeIncident(service, id, occasion, (current) => ({
    facts: current === undefined ? [] : observe(current.incident, seen, momentOf(service)),
  }));
}

/** Takes the room as it is for what is known of it. */
async function takeState(service: Service, room: RoomId): Promise<readonly ActualState[]> {
  const state = await presentState(service, room);
  await service.db.transaction().execute(async (change) => {
    await forgetState(change, room);
    for (const each of state) await noteState(change, room, each);
  });
  return state;
}

function comparison(incident: Incident, plan: DesiredRoom, actual: readonly ActualState[]) {
  const due = difference(plan, actual);
  const roles = actual.filter(
    ({ type, stateKey }) =>
      type === roleStateType && due.write.some((write) => write.type === type && write.stateKey === stateKey),
  );
  const shown = Object.fromEntries(roles.map(({ stateKey, content }) => [stateKey, usersIn(content)]));
  const differs = [
    ...new Set([...due.write, ...due.redact].map(({ type }) => stateName(type))),
    ...(due.invite.length + due.remove.length > 0 ? ["people"] : []),
  ];
  return {
    differs,
    ...(roles.length === 0 ? {} : { roles: shown }),
    ...(isMoreClosed(incident, actual) ? { closed: true as const } : {}),
  };
}

function usersIn({ users }: ActualState["content"]): readonly UserId[] {
  return Array.isArray(users) ? users.filter(isUserId) : [];
}
