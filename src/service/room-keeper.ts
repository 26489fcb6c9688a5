import { isDeepStrictEqual } from "node:util";
import { crashPoint } from "../crash/point.ts";
import type { IncidentId, RoomId, UserId } from "../incident/ids.ts";
import type { Observation } from "../incident/intent.ts";
import { observe } from "../incident/observe.ts";
import { loadIncident, noteKept, type StoredIncident } from "../journal/incidents.ts";
import { type KnownState, knownState, noteState } from "../journal/known-rooms.ts";
import { roomsToServe } from "../journal/outbox.ts";
import { confirmWrite, noteWrite } from "../journal/own-writes.ts";
import { text } from "../matrix/event.ts";
import { isHeld } from "../room/closed.ts";
import { type Difference, difference } from "../room/difference.ts";
import { creation, type DesiredRoom, planRoom } from "../room/plan.ts";
import { notInvited, notKept } from "../words/places.ts";
import { catchUpLate } from "./catching-up.ts";
import { changeIncident } from "./change.ts";
import { createOrFind } from "./door.ts";
import { goOnBriefed } from "./handover.ts";
import { inviteAll, tellOfCrowd } from "./inviting.ts";
import type { Next } from "./pump.ts";
import { planFor } from "./room-watch.ts";
import { archiveKeyOf, fullAlias, momentOf, type Service } from "./service.ts";
import { viewOf } from "./view.ts";

/**
 * Brings an incident's room into the state it has to be in: makes it, writes what differs, invites and
 * removes. Everything is compared first, so running it again changes nothing.
 */
export async function keepRoom(service: Service, id: IncidentId): Promise<Next> {
  const stored = await loadIncident(service.db, id);
  if (stored === undefined) return "idle";
  if (stored.incident.room === undefined) {
    try {
      await makeRoom(service, stored);
    } finally {
      // Held back until the invitations were out; said all the same where the room cannot be made yet.
      for (const room of await roomsToServe(service.db)) service.bells.outbox(room);
    }
    return "again";
  }
  if (stored.incident.room.unusable !== undefined) return "idle";
  if (await goOnBriefed(service, stored)) return "again";
  if (await catchUpLate(service, stored)) return "again";
  return reconcile(service, stored, stored.incident.room.id);
}

async function makeRoom(service: Service, stored: StoredIncident): Promise<void> {
  const { incident, alias } = stored;
  const { roomVersion, federate, policy } = service.rules;
  const plan = planRoom(incident, {
    policy,
    view: await viewOf(service, service.db, incident),
    bot: service.bot,
    roomVersion,
    alias: fullAlias(service, alias),
    card: undefined,
    archiveKey: archiveKeyOf(service),
  });
  const body = creation(incident, plan, { roomVersion, federate, aliasLocalpart: alias });
  const made = await createOrFind(service, alias, body).catch((error: unknown) => {
    service.health.trouble(`room ${incident.id}`, "the room of an incident could not be made yet");
    throw error;
  });
  service.health.well(`room ${incident.id}`);
  crashPoint("room/made");
  // One that was found may have been made when the configuration named another version.
  const created = made.state?.find(({ type }) => type === "m.room.create")?.content;
  const version = text(created, "room_version") ?? roomVersion;
  const seen: Observation = { type: "room-created", room: made.room, version, encrypted: false };
  const state = made.state ?? plan.state.map((each): KnownState => ({ ...each, sender: service.bot }));
  const occasion = {
    cause: "room/created",
    actor: "cordon",
    eventAt: service.now(),
    state,
    written: state.filter(({ sender }) => sender === service.bot),
    holdMessages: true,
  } as const;
  await changeIncident(service, incident.id, occasion, (current) => ({
    facts: current === undefined ? [] : observe(current.incident, seen, momentOf(service)),
  }));
  crashPoint("room/known");
  // What has arrived from the room meanwhile was waiting for the journal to know it.
  service.bells.inbox(made.room);
  // Invitations are what people wait for: they go before every message, and before what is left to write.
  const open = await loadIncident(service.db, incident.id);
  if (open !== undefined)
    await inviteAll(service, open, made.room, { invite: plan.invited, unban: new Set() });
}

async function reconcile(service: Service, stored: StoredIncident, room: RoomId): Promise<Next> {
  const plan = await planFor(service, stored);
  if (plan === undefined) return "idle";
  const known = await knownState(service.db, room);
  if (isHeld(stored.incident, known)) return "idle";
  const due = difference(plan, known);
  if (due.invite.length === 0 && (await tellOfCrowd(service, stored))) return "again";
  if (isNothing(due)) return settled(service, stored);
  // Invitations are what people wait for; the levels they need are written at the same time.
  const [invited] = await Promise.all([
    inviteAll(service, stored, room, due),
    writeInOrder(service, room, due.write),
    redactAll(service, room, due.redact),
    ...due.remove.map((user) => removeFrom(service, room, user)),
  ]);
  if (invited.againInMs !== undefined) return { inMs: invited.againInMs };
  return (await isUnchanged(service, stored, room, plan)) ? { inMs: 5_000 } : "again";
}

function isNothing(due: Difference): boolean {
  return [due.write, due.redact, due.invite, due.remove].every((each) => each.length === 0);
}

/** Whether a round achieved nothing at all: then trying again at once would not either. */
async function isUnchanged(
  service: Service,
  stored: StoredIncident,
  room: RoomId,
  plan: DesiredRoom,
): Promise<boolean> {
  const again = difference(plan, await knownState(service.db, room));
  const now = await loadIncident(service.db, stored.incident.id);
  return !isNothing(again) && isDeepStrictEqual(now, stored);
}

async function settled(service: Service, { incident }: StoredIncident): Promise<Next> {
  if (incident.closing !== undefined) service.bells.archive(incident.id);
  // Of those that are open, every one is looked at after a start.
  if (incident.state === "archived") await noteKept(service.db, incident.id, incident.head.seq);
  return "idle";
}

async function writeInOrder(service: Service, room: RoomId, states: DesiredRoom["state"]): Promise<void> {
  for (const { type, stateKey, content } of states) {
    const write = await noteWrite(service.db, room, { type, stateKey, content });
    crashPoint("state/announced");
    const event = await service.homeserver.writeState(room, type, stateKey, content);
    crashPoint("state/written");
    await confirmWrite(service.db, write, event);
    crashPoint("state/confirmed");
    await noteState(service.db, room, { type, stateKey, content, sender: service.bot });
  }
}

/** Blanks state that nothing can be written over. What is there is asked for: only the event can be redacted. */
async function redactAll(service: Service, room: RoomId, states: Difference["redact"]): Promise<void> {
  if (states.length === 0) return;
  const present = await service.homeserver.readState(room);
  for (const { type, stateKey } of states) {
    const event = present.find((each) => each.type === type && each.state_key === stateKey)?.event_id;
    if (event === undefined) continue;
    await service.homeserver.redact(room, event, `undo-${event}`, notKept);
    await noteState(service.db, room, { type, stateKey, content: {}, sender: service.bot });
  }
}

async function removeFrom(service: Service, room: RoomId, user: UserId): Promise<void> {
  await service.homeserver.remove(room, user, notInvited);
  const content = { membership: "leave" };
  await noteState(service.db, room, { type: "m.room.member", stateKey: user, content, sender: service.bot });
}
