import type { Actor, Entry } from "../incident/entry.ts";
import type { Fact } from "../incident/fact.ts";
import type { IncidentId } from "../incident/ids.ts";
import { type Incident, rolesOf } from "../incident/incident.ts";
import { timersOf } from "../incident/timers.ts";
import { markHandled } from "../journal/inbox.ts";
import {
  append,
  ChainMoved,
  cardHashOf,
  hasActed,
  loadIncident,
  noteCard,
  type StoredIncident,
} from "../journal/incidents.ts";
import { aliasOf, nextIncidentId } from "../journal/installation.ts";
import { type KnownState, knownState, noteState } from "../journal/known-rooms.ts";
import { lastEditAt, type Outgoing, put, putEdit } from "../journal/outbox.ts";
import { dropWrite, noteWrite, type StateWrite } from "../journal/own-writes.ts";
import { dropTimer, setTimers } from "../journal/timers.ts";
import type { Change } from "../store/store.ts";
import { cleanName } from "../text/clean.ts";
import { announce } from "../words/announcements.ts";
import { card } from "../words/card.ts";
import { formatted, messageContent, plain } from "../words/rich.ts";
import type { View } from "../words/view.ts";
import { cardKey, type Service } from "./service.ts";

/** What somebody made of an incident: facts, and what to answer. */
export interface Outcome {
  readonly facts: readonly Fact[];
  /** Answers to where the wish came from; announcements and the card follow from the facts by themselves. */
  answer?(after: StoredIncident | undefined, view: View): readonly Outgoing[];
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

/** No room's messages are edited more often than this. */
const editPauseMs = 1_000;
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
        return write(service, change, id, stored, occasion, outcome);
      }),
    ),
  );
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
    const next = await nextIncidentId(change);
    await write(service, change, next, undefined, occasion, outcome);
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
  const after =
    outcome.facts.length === 0
      ? before
      : await writeFacts(service, change, id, before, occasion, outcome.facts);
  const answers = outcome.answer?.(after, await viewOf(service, change, after?.incident)) ?? [];
  await put(change, answers);
  if (occasion.inbox !== undefined) {
    await markHandled(change, occasion.inbox, service.now(), { forget: occasion.forget ?? false });
  }
  return new Set([...answers.map((answer) => answer.roomId), ...(room === undefined ? [] : [room])]);
}

async function writeFacts(
  service: Service,
  change: Change,
  id: IncidentId,
  before: StoredIncident | undefined,
  occasion: Occasion,
  facts: readonly Fact[],
): Promise<StoredIncident> {
  const alias = before?.alias ?? aliasOf(service.aliasKey, id);
  const { cause, actor, eventAt } = occasion;
  const actorRoles = before === undefined ? [] : rolesOf(before.incident, actor);
  const circumstances = { actor, actorRoles, eventAt, recordedAt: service.now(), cause };
  const { incident, entries } = await append(change, id, before?.incident, facts, circumstances, alias);
  const view = await viewOf(service, change, incident);
  await setTimers(change, id, timersOf(incident, service.rules.policy));
  await put(change, announcements(service, entries, incident, view));
  const cardHash = await writeCard(service, change, incident, before?.cardHash ?? null, view);
  return { incident, alias, cardHash };
}

function roomIn(facts: readonly Fact[]) {
  return facts.find((fact) => fact.type === "room-created")?.data.room;
}

/** How people are called, and which clock they read, for words about this incident. */
export async function viewOf(
  service: Service,
  db: Change | Service["db"],
  incident: Incident | undefined,
): Promise<View> {
  const { prefixes, timeZone, policy } = service.rules;
  const members = incident?.room === undefined ? [] : await knownState(db, incident.room.id);
  return {
    prefix: [...prefixes].sort((a, b) => a.length - b.length)[0] ?? "!inc",
    timeZone,
    bot: service.bot,
    names: displayNames(members),
    roles: [...policy.roles.values()].sort((a, b) => b.level - a.level).map((role) => role.name),
  };
}

/** The display names in a room's member events. */
function displayNames(state: readonly KnownState[]): Readonly<Record<string, string>> {
  return Object.fromEntries(
    state.flatMap(({ type, stateKey, content }) =>
      type === "m.room.member" && typeof content.displayname === "string"
        ? [[stateKey, cleanName(content.displayname)]]
        : [],
    ),
  );
}

/** What every message of the bot in an incident's room carries: the room itself witnesses the journal. */
function witnessed(
  incident: Incident,
  content: Readonly<Record<string, unknown>>,
): Readonly<Record<string, unknown>> {
  return { ...content, "org.cordon.journal": incident.head };
}

function announcements(
  service: Service,
  entries: readonly Entry[],
  incident: Incident,
  view: View,
): readonly Outgoing[] {
  const room = incident.room?.id;
  if (room === undefined) return [];
  return entries.flatMap((entry): readonly Outgoing[] => {
    const said = announce(entry, incident, service.rules.policy.graceMs, view);
    if (said === undefined) return [];
    const key = `${incident.id}/${entry.seq}`;
    const content = messageContent(said.message);
    const offer =
      said.offer === undefined ? {} : { "org.cordon.offer": { incident: incident.id, ...said.offer } };
    return [
      message(incident, key, room, "m.room.message", { ...content, ...offer }),
      ...(said.controls ?? []).map((control) => reaction(incident, `${key}/${control}`, room, key, control)),
    ];
  });
}

function message(
  incident: Incident,
  key: string,
  roomId: string,
  type: string,
  content: Readonly<Record<string, unknown>>,
): Outgoing {
  return { key, roomId, incident: incident.id, type, content: witnessed(incident, content) };
}

function reaction(incident: Incident, key: string, roomId: string, about: string, emoji: string): Outgoing {
  const content = { "m.relates_to": { rel_type: "m.annotation", key: emoji } };
  return { key, roomId, incident: incident.id, type: "m.reaction", content, about };
}

/** Puts the card, or its newest edit, into the outbox where what it shows has changed. */
async function writeCard(
  service: Service,
  change: Change,
  incident: Incident,
  shown: string | null,
  view: View,
): Promise<string | null> {
  const room = incident.room?.id;
  if (room === undefined) return null;
  const text = card(incident, service.rules.policy, view);
  const hash = cardHashOf(formatted(text));
  if (hash === shown) return shown;
  const content = messageContent({ text, tone: "notice" });
  if (shown === null) {
    await put(change, [message(incident, cardKey(incident.id), room, "m.room.message", content)]);
  } else {
    await putEdit(change, {
      ...message(incident, `${cardKey(incident.id)}/${incident.head.seq}`, room, "m.room.message", {
        ...content,
        body: `* ${plain(text)}`,
        "m.new_content": content,
        "m.relates_to": { rel_type: "m.replace" },
      }),
      about: cardKey(incident.id),
      notBefore: (await lastEditAt(change, cardKey(incident.id))) + editPauseMs,
    });
  }
  await noteCard(change, incident.id, hash);
  return hash;
}

/** Wakes whoever has something to do now. */
function ring(service: Service, id: IncidentId, rooms: ReadonlySet<string>): void {
  for (const room of rooms) service.bells.outbox(room);
  service.bells.incident(id);
  service.bells.timers();
}
