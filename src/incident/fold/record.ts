import type { Actor } from "../entry.ts";
import type { EventId } from "../ids.ts";
import { type Incident, isFrom, type TimelineItem } from "../incident.ts";
import { type EntryOf, type Evolvers, type FactType, unchanged } from "./evolver.ts";

/** The timeline, and what is asked about before it is done. */
export const record = {
  noted: (incident, entry) => withLine(incident, entry, { kind: "note", text: entry.data.text }),
  recorded: (incident, entry) => {
    const { kind, text, happenedAt } = entry.data;
    return withLine(incident, entry, { kind, text, at: happenedAt ?? entry.eventAt });
  },
  corrected: (incident, { seq, actor, eventAt, cause, data }) => {
    const message = messageOf(cause);
    const corrected = { seq, by: actor, at: eventAt, ...(message === undefined ? {} : { message }) };
    return changeLine(
      incident,
      ({ number }) => number === data.line,
      (item) => ({ text: data.text, at: data.happenedAt ?? item.at, corrected }),
    );
  },
  marked: (incident, entry) => {
    const { message, sender, text, sentAt } = entry.data;
    if (entry.actor === "cordon") return incident;
    const marks = [...(incident.timeline.find(isOf(message))?.marks ?? []), entry.actor];
    const known = incident.timeline.some(isOf(message));
    const lined = known
      ? incident
      : withLine(incident, entry, { kind: "message", text, message, by: sender, at: sentAt });
    return changeLine(lined, isOf(message), ({ gone }) => ({
      marks,
      gone: gone === "unmarked" ? undefined : gone,
    }));
  },
  unmarked: (incident, { actor, data }) =>
    changeLine(incident, isOf(data.message), ({ marks = [], gone }) => {
      const left = marks.filter((user) => user !== actor);
      return { marks: left, gone: left.length === 0 ? (gone ?? "unmarked") : gone };
    }),
  "redaction-ordered": unchanged,
  "words-removed": (incident, { data }) =>
    changeLine(
      incident,
      (item) => isFrom(item, data.message),
      () => ({ text: "", gone: "redacted" }),
    ),
  "command-held": (incident, { actor, eventAt, data }) =>
    actor === "cordon"
      ? incident
      : { ...incident, held: [...incident.held, { ...data, by: actor, at: eventAt }] },
  "command-answered": (incident, { data }) => ({
    ...incident,
    held: incident.held.filter(({ command }) => command !== data.command),
  }),
  "caught-up": (incident, { data }) => {
    const person = incident.people[data.user];
    if (person === undefined) return incident;
    const { behind: _, ...caughtUp } = person;
    return { ...incident, people: { ...incident.people, [data.user]: caughtUp } };
  },
} satisfies Partial<Evolvers>;

function isOf(message: EventId): (item: TimelineItem) => boolean {
  return (item) => item.kind === "message" && item.message === message;
}

/** What a line says, and where it differs from what its entry tells by itself. */
interface Said {
  readonly kind: TimelineItem["kind"];
  readonly text: string;
  readonly at?: number;
  readonly by?: Actor;
  readonly message?: EventId;
}

/** Adds a line to the timeline, with the next number. It stands for the message that brought it about. */
export function withLine(incident: Incident, entry: EntryOf<FactType>, said: Said): Incident {
  const message = said.message ?? messageOf(entry.cause);
  const item: TimelineItem = {
    number: incident.timeline.length + 1,
    seq: entry.seq,
    kind: said.kind,
    by: said.by ?? entry.actor,
    at: said.at ?? entry.eventAt,
    writtenAt: entry.eventAt,
    text: said.text,
    ...(message === undefined ? {} : { message }),
  };
  return { ...incident, timeline: [...incident.timeline, item] };
}

/** The message that a command was typed in: its cause, also where it was asked about first. */
function messageOf(cause: string): EventId | undefined {
  const event = cause.startsWith(heldCause) ? cause.slice(heldCause.length) : cause;
  return isEvent(event) ? event : undefined;
}

/** In front of the id of a command that was asked about, as the cause of what came of it. */
export const heldCause = "held/";

function isEvent(cause: string): cause is EventId {
  return cause.startsWith("$");
}

/** What becomes of a line: `gone` can be taken back too. */
type Change = Partial<Omit<TimelineItem, "gone">> & { readonly gone?: TimelineItem["gone"] | undefined };

function changeLine(
  incident: Incident,
  isMeant: (item: TimelineItem) => boolean,
  change: (item: TimelineItem) => Change,
): Incident {
  const timeline = incident.timeline.map((item): TimelineItem => {
    if (!isMeant(item)) return item;
    const { gone, ...changed } = { ...item, ...change(item) };
    return gone === undefined ? changed : { ...changed, gone };
  });
  return withCard({ ...incident, timeline });
}

/** What the card shows of the impact and of the last update is what their lines say. */
function withCard({ impact, lastUpdate, ...incident }: Incident): Incident {
  const saying = <T extends { readonly line: number }>(shown: T | undefined) => {
    const item = incident.timeline.find(({ number }) => number === shown?.line);
    return shown === undefined || item === undefined || item.gone !== undefined
      ? undefined
      : { ...shown, text: item.text };
  };
  const [told, updated] = [saying(impact), saying(lastUpdate)];
  return {
    ...incident,
    ...(told === undefined ? {} : { impact: told }),
    ...(updated === undefined ? {} : { lastUpdate: updated }),
  };
}
