import { holders, type Impact, type Incident, isRunning } from "../incident/incident.ts";
import { excerpt } from "../text/excerpt.ts";
import { line, type Rich, type Span, strong } from "./rich.ts";
import { roleLines } from "./role-line.ts";
import { openTasksLine } from "./tasks.ts";
import { clock } from "./time.ts";
import { actor, person, severityName, type View } from "./view.ts";

/** The name of an incident's room. */
export function roomName(incident: Incident): string {
  return `${incident.id} ${incident.title}`;
}

/** The topic of an incident's room: `SEV2 · active · commander Alice · next update 14:30 CET`. */
export function topic(incident: Incident, view: View): string {
  const [commander] = holders(incident, "commander");
  const name = commander === undefined ? "vacant" : plainName(person(commander, view));
  const next =
    incident.nextUpdateAt === undefined ? [] : [`next update ${clock(incident.nextUpdateAt, view.timeZone)}`];
  return [severityName(incident.severity), stateWord(incident), `commander ${name}`, ...next].join(" · ");
}

function plainName(span: Span): string {
  return typeof span === "object" && "name" in span ? span.name : "";
}

function stateWord(incident: Incident): string {
  return incident.closing !== undefined && incident.state !== "archived" ? "closing" : incident.state;
}

/**
 * The pinned card: everything that is true of the incident now, in lines that read well on a phone.
 * It shows no running time, only moments, so that it changes when something happened and not by itself.
 * Outside the incident's room it is shown without anything that somebody wrote.
 */
export function card(
  incident: Incident,
  view: View,
  { inRoom }: { readonly inRoom: boolean } = { inRoom: true },
): Rich {
  return [
    [strong(`${incident.id} · ${severityName(incident.severity)} · ${stateWord(incident).toUpperCase()}`)],
    ...(inRoom ? [[incident.title]] : []),
    ...(inRoom && incident.impact !== undefined
      ? [line`${strong("Impact")} ${excerpt(incident.impact.text)}${impactTimes(incident.impact, view)}`]
      : []),
    line`${strong(incident.state === "triage" ? "Reported" : "Declared")} ${clock(incident.declaredAt, view.timeZone)} by ${person(incident.declaredBy, view)}`,
    ...roleLines(incident, view),
    ...updateLines(incident, view, inRoom),
    ...(inRoom && isRunning(incident) ? openTasksLine(incident, view) : []),
    ...outcomeLines(incident, view, inRoom),
  ];
}

/** Since when and until when, where that was said: ` (13:40 to 14:20 CET)`. */
export function impactTimes({ from, until }: Impact, view: View): string {
  const at = (moment: number) => clock(moment, view.timeZone);
  if (from === undefined) return until === undefined ? "" : ` (until ${at(until)})`;
  return until === undefined ? ` (since ${at(from)})` : ` (${at(from)} to ${at(until)})`;
}

function updateLines(incident: Incident, view: View, inRoom: boolean): Rich {
  const { lastUpdate, nextUpdateAt, mitigatedAt, relapses } = incident;
  return [
    ...(relapses === 0 ? [] : [line`${strong("Came back")} ${times(relapses)} after it was mitigated`]),
    ...(mitigatedAt === undefined ? [] : [line`${strong("Mitigated")} ${clock(mitigatedAt, view.timeZone)}`]),
    ...(lastUpdate === undefined
      ? []
      : [
          line`${strong("Last update")} ${clock(lastUpdate.at, view.timeZone)} ${actor(lastUpdate.by, view)}${inRoom ? `: ${excerpt(lastUpdate.text)}` : ""}`,
        ]),
    ...(nextUpdateAt === undefined
      ? []
      : [line`${strong("Next update")} ${clock(nextUpdateAt, view.timeZone)}`]),
  ];
}

function times(count: number): string {
  return count === 1 ? "once" : `${count} times`;
}

function outcomeLines(incident: Incident, view: View, inRoom: boolean): Rich {
  const { outcome, cancelled, overAt, archive } = incident;
  if (overAt === undefined) return [];
  const at = clock(overAt, view.timeZone);
  const said = (text: string) => (inRoom ? `: ${excerpt(text)}` : "");
  const kept = archive === undefined ? [] : [line`${strong("Archive")} ${archive.name}`];
  if (cancelled !== undefined)
    return [line`${strong("Cancelled")} ${at}${said(cancelWords(cancelled))}`, ...kept];
  if (outcome === undefined) return [];
  return [
    line`${strong("Over")} ${at}${said(outcome.summary)}`,
    ...(outcome.missing.length === 0 ? [] : [line`${strong("Never filled")} ${outcome.missing.join(", ")}`]),
    ...kept,
  ];
}

/** Why an incident was called off. */
export function cancelWords({ reason, of, text }: NonNullable<Incident["cancelled"]>): string {
  const short = { duplicate: `duplicate of ${of}`, "false-alarm": "false alarm", superseded: "superseded" };
  if (reason === "other") return text ?? "other";
  return text === undefined ? short[reason] : `${short[reason]} (${text})`;
}
