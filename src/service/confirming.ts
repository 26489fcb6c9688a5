import { isMistake, type Parsed } from "../chat/parse.ts";
import { typedIn } from "../chat/typed.ts";
import { decide } from "../incident/decide.ts";
import { isRefusal } from "../incident/decision.ts";
import type { Fact } from "../incident/fact.ts";
import { heldCause } from "../incident/fold/record.ts";
import type { EventId, IncidentId } from "../incident/ids.ts";
import { heldMs } from "../incident/policy.ts";
import { heardAt } from "../journal/heard.ts";
import { arrival, forgetText, markHandled } from "../journal/inbox.ts";
import { incidentOfRoom } from "../journal/incidents.ts";
import { findPlace } from "../journal/known-rooms.ts";
import { put } from "../journal/outbox.ts";
import { decodeEvent, isMalformed, type RoomEvent } from "../matrix/event.ts";
import type { OutboxRow } from "../store/schema.ts";
import { tooLateWords } from "../words/answers.ts";
import { refusalWords } from "../words/refusals.ts";
import { answerTo, tick } from "./answer.ts";
import { changeIncident, type Occasion, openIncident } from "./change.ts";
import { openingOf } from "./opening.ts";
import type { Service } from "./service.ts";
import { understand } from "./typed-command.ts";
import { viewOf } from "./view.ts";

/** An answer to the question whether a command is still meant. */
interface Answered {
  readonly command: EventId;
  readonly incident: IncidentId | undefined;
  readonly answer: "yes" | "no";
  /** The question. */
  readonly row: OutboxRow;
  /** The inbox row of the answer, and whether its text is not to be kept. */
  readonly inbox: number;
  readonly forget: boolean;
}

/** Carries out a command that was held, or drops it. Only who typed it can say. */
export async function answerHeld(
  service: Service,
  event: RoomEvent,
  answered: Answered,
): Promise<"handled" | "not-for-us"> {
  const { command, incident, inbox, forget } = answered;
  const typed = await typedOnce(service, command);
  if (typed === undefined || typed.sender !== event.sender) return "not-for-us";
  const parsed = await parse(service, typed);
  const occasion = {
    cause: `${heldCause}${command}`,
    actor: event.sender,
    eventAt: event.origin_server_ts,
    inbox,
    forget,
    settles: command,
  };
  if (incident === undefined) await answerOpening(service, event, typed, parsed, occasion, answered);
  else await changeHeld(service, event, incident, parsed, occasion, answered);
  return "handled";
}

/** What was typed, as the inbox has kept it. */
async function typedOnce(service: Service, command: EventId): Promise<RoomEvent | undefined> {
  const kept = await arrival(service.db, command);
  const event = kept === undefined || kept === "" ? undefined : decodeEvent(JSON.parse(kept));
  return event === undefined || isMalformed(event) ? undefined : event;
}

async function parse(service: Service, event: RoomEvent): Promise<Parsed | undefined> {
  const typed = typedIn(event.content);
  if (typed === undefined) return undefined;
  const here = await incidentOfRoom(service.db, event.room_id);
  const view = await viewOf(service, service.db, here?.incident);
  const parsed = understand(service, here === undefined ? { event } : { event, here }, typed, view);
  return isMistake(parsed) ? undefined : parsed;
}

/** What was to be opened is opened now, or never: whatever was answered, what was typed is forgotten by it. */
async function answerOpening(
  service: Service,
  event: RoomEvent,
  typed: RoomEvent,
  parsed: Parsed | undefined,
  occasion: Occasion,
  { answer, command, row, inbox }: Answered,
): Promise<void> {
  const view = await viewOf(service, service.db, undefined);
  const isLate = service.now() - (row.sent_at ?? 0) > heldMs;
  let words = tooLateWords(view);
  if (answer === "yes" && parsed?.act.act === "want" && !isLate) {
    const context = { actor: event.sender, at: occasion.eventAt, policy: service.rules.policy };
    const decision = decide(undefined, parsed.act.intent, context);
    const where = (await findPlace(service.db, event.room_id))?.kind ?? "lobby";
    if (!isRefusal(decision)) {
      const answering = { ...typed, event_id: event.event_id };
      await openIncident(service, occasion, openingOf(answering, decision, where));
      return;
    }
    words = refusalWords(decision, undefined, view);
  }
  await service.db.transaction().execute(async (change) => {
    if (answer === "yes") await put(change, [answerTo(event, words)]);
    await forgetText(change, command, { unlessIn: undefined });
    await markHandled(change, inbox, service.now(), { forget: true });
  });
  service.bells.outbox(event.room_id);
}

/** The command is decided as things are now; whatever comes of it, the question is answered on the journal. */
async function changeHeld(
  service: Service,
  event: RoomEvent,
  id: IncidentId,
  parsed: Parsed | undefined,
  occasion: Occasion,
  { command, answer }: Answered,
): Promise<void> {
  const { policy } = service.rules;
  const heard = await heardAt(service.db, id);
  await changeIncident(service, id, occasion, (stored) => {
    const incident = stored?.incident;
    const isOpen = incident?.closing === undefined && incident?.held.some((each) => each.command === command);
    if (isOpen !== true) {
      return { facts: [], answer: (_, view) => [answerTo(event, tooLateWords(view))] };
    }
    const closing = (how: "confirmed" | "dropped"): Fact => ({
      type: "command-answered",
      data: { command, answer: how },
    });
    if (answer === "no" || parsed?.act.act !== "want") return { facts: [closing("dropped")] };
    const context = { actor: event.sender, at: occasion.eventAt, policy, heard, confirmed: true };
    const decision = decide(incident, parsed.act.intent, context);
    if (!isRefusal(decision)) {
      return { facts: [closing("confirmed"), ...decision], answer: () => [tick(event)] };
    }
    return {
      facts: [closing("dropped")],
      answer: (_, view) => [answerTo(event, refusalWords(decision, incident, view))],
    };
  });
}
