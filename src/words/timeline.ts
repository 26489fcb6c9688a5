import type { Asked } from "../chat/command.ts";
import { recordWords } from "../chat/commands/record.ts";
import { byTime, isShown } from "../incident/catchup.ts";
import type { Incident, TimelineItem } from "../incident/incident.ts";
import { gist } from "../text/excerpt.ts";
import { code, lastThatFit, line, matrixTo, type Rich, type Span } from "./rich.ts";
import { clock, day } from "./time.ts";
import { actor, type View } from "./view.ts";

/** Shown where nobody says how many. */
const usual = 10;
/** More than this nobody reads in a room. */
const mostShown = 40;

/** The last lines of the timeline, in the order in which things happened, each with its number. */
export function timelineWords(incident: Incident, asked: Asked, view: View): Rich {
  const { kind, since = 0, most = usual } = asked;
  const meant = incident.timeline
    .filter((item) => isShown(item) || item.gone === "redacted")
    .filter((item) => (kind === undefined || item.kind === kind) && item.at >= since)
    .sort(byTime);
  const latest = meant.slice(-Math.min(most, mostShown));
  const lines = lastThatFit(latest.map((item) => timelineLine(item, incident, view)));
  if (lines.length === 0) return nothing(incident, asked, view);
  return [...earlier(meant.length - lines.length, lines.length, asked, view), ...lines];
}

/** How many there are before those that are shown; and how to see more, where more can be shown. */
function earlier(before: number, shown: number, { kind, most = usual }: Asked, view: View): Rich {
  if (before === 0) return [];
  const all = Math.min(before + shown, mostShown);
  if (most >= all) return [[`${before} earlier.`]];
  const of = kind === undefined ? "" : ` ${recordWords[kind].plural}`;
  return [line`${before} earlier: ${code(`${view.prefix} timeline ${all}${of}`)}`];
}

function nothing(incident: Incident, { kind, since }: Asked, view: View): Rich {
  const what = kind === undefined ? "Nothing" : kind === "ruledout" ? "Nothing ruled out" : `No ${kind}`;
  const from = since === undefined ? "yet" : `since ${clock(since, view.timeZone)}`;
  const add =
    incident.state === "archived"
      ? []
      : [line`To add one: ${code(`${view.prefix} ${kind ?? "note"} <text>`)}`];
  return [[`${what} is on the timeline ${from}.`], ...add];
}

/** `3 14:05 CET Alice, decision: roll back 214`, its number a link to the message. */
export function timelineLine(item: TimelineItem, incident: Incident, view: View): readonly Span[] {
  const { number, by, text, gone, corrected } = item;
  const said = gone === "redacted" ? "(removed)" : gist(text);
  const after = corrected === undefined ? "" : " (corrected)";
  return line`${linked(String(number), item, incident, view)} ${when(item, incident, view)} ${actor(by, view)}, ${kindWord(item)}: ${said}${after}`;
}

/** When it happened; with the day, where that is not the day on which something was last written. */
function when({ at }: TimelineItem, { timeline }: Incident, { timeZone }: View): string {
  const date = day(at, timeZone);
  const last = timeline.at(-1)?.writtenAt ?? at;
  return date === day(last, timeZone) ? clock(at, timeZone) : `${date} ${clock(at, timeZone)}`;
}

function kindWord({ kind }: TimelineItem): string {
  if (kind === "ruledout") return "ruled out";
  return kind === "message" ? "📌" : kind;
}

/** `14:05 CET roll back 214 (Alice)`, its time a link to the message, where the kind goes without saying. */
export function recordLine(item: TimelineItem, incident: Incident, view: View): readonly Span[] {
  const at = linked(when(item, incident, view), item, incident, view);
  return line`${at} ${gist(item.text)} (${actor(item.by, view)})`;
}

/** Something as a link to the message that it stands for. */
function linked(text: string, item: TimelineItem, incident: Incident, view: View): Span {
  const { message } = item;
  if (message === undefined || incident.room === undefined) return text;
  return { link: matrixTo(incident.room.id, message, view.server), text };
}
