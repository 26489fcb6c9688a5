import { crashPoint } from "../crash/point.ts";
import type { Actor, Entry } from "../incident/entry.ts";
import type { Fact } from "../incident/fact.ts";
import type { EventId, IncidentId } from "../incident/ids.ts";
import { type Incident, rolesOf } from "../incident/incident.ts";
import { timersOf } from "../incident/timers.ts";
import { append, ChainMoved } from "../journal/append.ts";
import { hasActed } from "../journal/entries.ts";
import { forgetText, markHandled } from "../journal/inbox.ts";
import { loadIncident, type StoredIncident } from "../journal/incidents.ts";
import { administratorsRoom, aliasOf, nextIncidentId } from "../journal/installation.ts";
import { type KnownState, noteState } from "../journal/known-rooms.ts";
import { type Outgoing, put } from "../journal/outbox.ts";
import { dropWrite, noteWrite, type StateWrite } from "../journal/own-writes.ts";
import { foldAnew } from "../journal/refold.ts";
import { silence, spokenIn } from "../journal/silencing.ts";
import { dropTimer, setTimers } from "../journal/timers.ts";
import type { Change } from "../store/store.ts";
import { announce } from "../words/announcements.ts";
import type { View } from "../words/view.ts";
import { messagesOf, redactionsOf } from "./announcing.ts";
import { writeCard } from "./card-writer.ts";
import { noteDeliveries } from "./delivering.ts";
import { retractions } from "./retracting.ts";
import type { Service } from "./service.ts";
import { viewOf } from "./view.ts";

/** What somebody made of an incident: facts, and what to answer. */
export interface Outcome {
  readonly facts: readonly Fact[];
  /** Answers to where the wish came from; announcements and the card follow from the facts by themselves. */
  answer?(after: StoredIncident | undefined, view: View): readonly Outgoing[];
  /** Whether the text of the handled event is still needed, wherever it came from. */
  readonly keep?: boolean;
}

/** Where a change comes from. Everything that belongs to it is written in one database transaction. */
export interface Occasion {
  /** Unique within the incident: what happens twice by the same cause happens once. */
  readonly cause: string;
  readonly actor: Actor;
  /** When it happened, in milliseconds since the epoch. */
  readonly eventAt: number;
  /** The inbox row that is handled by it. */
  readonly inbox?: number;
  /** Whether the text of that row is not to be kept: what is said outside the rooms of incidents. */
  readonly forget?: boolean;
  /** What was asked about until now: where it was said outside the incident's room its text goes. */
  readonly settles?: EventId;
  /** Whether messages are not sent at once: whoever brings the change about wakes the outbox. */
  readonly holdMessages?: boolean;
  /** The timer that has come due. */
  readonly timer?: string;
  /** State of the incident's room that was heard of or written on this occasion. */
  readonly state?: readonly KnownState[];
  /** State that was written with the room itself: its events are still to come. */
  readonly written?: readonly StateWrite[];
  /** The own write that has come back as the event. */
  readonly echo?: number;
}

const attempts = 5;

/**
 * Changes an incident: loads it, has `think` decide, and writes journal, messages, card, timers and the
 * handled inbox row in one transaction. `think` must be pure: it may be called again.
 */
export async function changeIncident(
  service: Service,
  id: IncidentId,
  occasion: Occasion,
  think: (stored: StoredIncident | undefined) => Outcome,
): Promise<void> {
  const rooms = await service.locks.hold(id, () =>
    retryingWhenMoved(() =>
      service.db.transaction().execute(async (change) => {
        const stored = await loadIncident(change, id);
        const acted = stored !== undefined && (await hasActed(change, id, occasion.cause));
        const outcome = acted ? { facts: [] } : think(stored);
        const written = await write(service, change, id, stored, occasion, outcome);
        crashPoint("change/written");
        return written;
      }),
    ),
  );
  crashPoint("change/kept");
  ring(service, id, occasion.holdMessages === true ? new Set() : rooms);
}

/**
 * Opens an incident: like a change, with a number of its own. Its messages are sent once its room is there,
 * which comes first.
 */
export async function openIncident(
  service: Service,
  occasion: Occasion,
  outcome: Outcome,
): Promise<IncidentId> {
  const id = await service.db.transaction().execute(async (change) => {
    const next = service.replay?.opens ?? (await nextIncidentId(change));
    await write(service, change, next, undefined, occasion, outcome);
    crashPoint("incident/opening");
    return next;
  });
  ring(service, id, new Set());
  return id;
}

async function retryingWhenMoved<T>(work: () => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await work();
    } catch (error) {
      if (!(error instanceof ChainMoved) || attempt === attempts) throw error;
    }
  }
}

async function write(
  service: Service,
  change: Change,
  id: IncidentId,
  before: StoredIncident | undefined,
  occasion: Occasion,
  outcome: Outcome,
): Promise<ReadonlySet<string>> {
  const room = before?.incident.room?.id ?? roomIn(outcome.facts);
  if (room !== undefined) for (const state of occasion.state ?? []) await noteState(change, room, state);
  if (room !== undefined) for (const each of occasion.written ?? []) await noteWrite(change, room, each);
  if (occasion.echo !== undefined) await dropWrite(change, occasion.echo);
  if (occasion.timer !== undefined) await dropTimer(change, id, occasion.timer);
  if (occasion.settles !== undefined) await forgetText(change, occasion.settles, { unlessIn: room });
  const { after, messages } =
    outcome.facts.length === 0
      ? { after: before, messages: [] }
      : await writeFacts(service, change, id, before, occasion, outcome.facts);
  if (
    after !== undefined &&
    outcome.facts.length === 0 &&
    service.replay === undefined &&
    bringsNames(occasion)
  ) {
    await writeCard(change, after, await viewOf(service, change, after.incident));
  }
  const answers = outcome.answer?.(after, await viewOf(service, change, after?.incident)) ?? [];
  if (service.replay === undefined) await put(change, answers);
  if (occasion.inbox !== undefined) {
    await markHandled(change, occasion.inbox, service.now(), {
      forget: occasion.forget === true && outcome.keep !== true,
    });
  }
  // The card may have changed too, and what the administrators are told is in a room of theirs.
  const spokenIn = [...messages, ...answers].map((message) => message.roomId);
  return new Set([...spokenIn, ...(room === undefined ? [] : [room])]);
}

async function writeFacts(
  service: Service,
  change: Change,
  id: IncidentId,
  before: StoredIncident | undefined,
  occasion: Occasion,
  facts: readonly Fact[],
): Promise<{ readonly after: StoredIncident; readonly messages: readonly Outgoing[] }> {
  const alias = before?.alias ?? aliasOf(service.aliasKey, id);
  const { cause, actor, eventAt } = occasion;
  const actorRoles = before === undefined ? [] : rolesOf(before.incident, actor);
  const circumstances = { actor, actorRoles, eventAt, recordedAt: (service.replay ?? service).now(), cause };
  const { entries, ...appended } = await append(change, id, before?.incident, facts, circumstances, alias);
  const incident = await withoutRemoved(change, appended.incident, entries);
  await noteDeliveries(service, change, before?.incident.archive, entries);
  const view = await viewOf(service, change, incident);
  const { policy } = service.rules;
  await setTimers(change, id, timersOf(incident, policy));
  const stored = { incident, alias, cardHash: before?.cardHash ?? null };
  // What is done again was announced when it was done.
  if (service.replay !== undefined) return { after: stored, messages: [] };
  const said = announce(entries, incident, policy, view);
  const messages = [
    ...messagesOf(incident, said, await administratorsRoom(change)),
    ...redactionsOf(incident, entries),
  ];
  await put(change, messages);
  return { after: { ...stored, cardHash: await writeCard(change, stored, view) }, messages };
}

/** What was removed from the room goes from the journal too: its words, and what the bot said of them. */
async function withoutRemoved(
  change: Change,
  incident: Incident,
  entries: readonly Entry[],
): Promise<Incident> {
  const removed = entries.flatMap((entry) => (entry.type === "words-removed" ? [entry.data.message] : []));
  if (removed.length === 0) return incident;
  for (const message of removed) {
    await put(change, await retractions(change, incident, await spokenIn(change, incident.id, message)));
    await silence(change, incident.id, message);
  }
  return foldAnew(change, incident.id);
}

/** Whether the occasion may have brought a new display name, which the card shows too. */
function bringsNames(occasion: Occasion): boolean {
  return occasion.state?.some((state) => state.type === "m.room.member") ?? false;
}

function roomIn(facts: readonly Fact[]) {
  return facts.find((fact) => fact.type === "room-created")?.data.room;
}

/** Wakes whoever has something to do now. */
function ring(service: Service, id: IncidentId, rooms: ReadonlySet<string>): void {
  for (const room of rooms) service.bells.outbox(room);
  service.bells.incident(id);
  service.bells.timers();
}
