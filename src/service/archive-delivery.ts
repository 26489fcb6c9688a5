import { readFile } from "node:fs/promises";
import { basename } from "node:path";
import type { BuiltArchive } from "../archive/build.ts";
import { crashPoint } from "../crash/point.ts";
import type { IncidentId } from "../incident/ids.ts";
import type { Incident } from "../incident/incident.ts";
import type { Observation } from "../incident/intent.ts";
import { observe } from "../incident/observe.ts";
import { administratorsRoom } from "../journal/installation.ts";
import { eventOf, messageOf, type Outgoing } from "../journal/outbox.ts";
import { HomeserverError } from "../matrix/errors.ts";
import { text } from "../matrix/event.ts";
import type { EventId, MediaUri } from "../matrix/ids.ts";
import { archivedWords } from "../words/answers.ts";
import { reportNotTaken, revisedWords, whereArchived } from "../words/archive.ts";
import { type Message, messageContent } from "../words/rich.ts";
import { roomMessage } from "./announcing.ts";
import { changeIncident } from "./change.ts";
import { momentOf, nameInOutbox, redactionType, type Service } from "./service.ts";

type Made = Extract<Observation, { type: "archived" | "revised" }>;

/**
 * Hands the first archive of an incident over, or a revision: the journal has it, the room is told the digest and
 * gets the report, the administrators are told where it lies. All of it or nothing, and once.
 *
 * @param upTo for a revision: the entry about the last removal that it takes account of
 */
export async function deliverArchive(
  service: Service,
  incident: Incident,
  built: BuiltArchive,
  upTo?: number,
): Promise<void> {
  const { digest, events, verdict } = built;
  const archive = { name: basename(built.path), digest, events, verdict };
  const seen: Made =
    upTo === undefined ? { type: "archived", ...archive } : { type: "revised", upTo, ...archive };
  const [report, former, administrators] = await Promise.all([
    uploaded(service, incident, built),
    formerReport(service, incident),
    administratorsRoom(service.db),
  ]);
  crashPoint("archive/uploaded");
  const occasion = { cause: `archive/${digest}`, actor: "cordon", eventAt: service.now() } as const;
  await changeIncident(service, incident.id, occasion, (current) => {
    if (current === undefined) return { facts: [] };
    const facts = observe(current.incident, seen, momentOf(service));
    if (facts.length === 0) return { facts };
    const told = (after: Incident): readonly Outgoing[] => [
      ...inRoom(service, after, built, current.incident, report),
      ...(former === undefined ? [] : [withdrawal(after, former.event)]),
      ...(administrators === undefined
        ? []
        : [
            {
              key: `${keyOf(after, "archived")}/administrators`,
              roomId: administrators,
              incident: after.id,
              type: "m.room.message",
              content: messageContent(forAdministrators(after, built, former?.report)),
            },
          ]),
    ];
    return { facts, answer: (after) => (after === undefined ? [] : told(after.incident)) };
  });
  crashPoint("archive/told");
}

/**
 * The report as a file of the homeserver's; `undefined` where that, or a proxy before it, takes none so large. The
 * archive is whole without it.
 */
async function uploaded(
  { homeserver, log }: Service,
  { id }: Incident,
  { report }: BuiltArchive,
): Promise<MediaUri | undefined> {
  const bytes = await readFile(report);
  return homeserver.upload(bytes, "text/html", reportName(id)).catch((error: unknown) => {
    if (!(error instanceof HomeserverError && isForGood(error))) throw error;
    log.warn({ incident: id, bytes: bytes.length, err: error }, "the homeserver did not take the report");
    return undefined;
  });
}

/** A proxy takes no file that is larger than it was told, until somebody tells it something else. */
function isForGood({ retryable, status, errcode }: HomeserverError): boolean {
  return !retryable || (status === 413 && errcode === undefined);
}

/** What the room is told: the digest, and the report as a file. */
function inRoom(
  service: Service,
  after: Incident,
  built: BuiltArchive,
  before: Incident,
  report: MediaUri | undefined,
): readonly Outgoing[] {
  const { room, archive } = after;
  if (room === undefined || archive === undefined) return [];
  const { name, revision } = archive;
  const { digest, statement } = built;
  const kept = service.rules.superseded === "keep";
  const words =
    revision === undefined
      ? archivedWords({ name, digest, statement })
      : revisedWords({ name, digest, statement, revision, former: before.archive?.name ?? "", kept });
  return [
    roomMessage(after, keyOf(after, "archived"), room.id, messageContent(words)),
    roomMessage(
      after,
      keyOf(after, "report"),
      room.id,
      report === undefined ? messageContent(reportNotTaken) : fileContent(reportName(after.id), report),
    ),
  ];
}

function forAdministrators(after: Incident, built: BuiltArchive, formerReport: string | undefined): Message {
  const { path, digest, statement } = built;
  const revision = after.archive?.revision;
  return whereArchived(after.id, {
    path,
    digest,
    statement,
    ...(revision === undefined ? {} : { revision }),
    ...(formerReport === undefined ? {} : { formerReport }),
  });
}

/** The report of the archive that there is already, as it stands in the room. */
async function formerReport(
  { db }: Service,
  incident: Incident,
): Promise<{ readonly event: EventId; readonly report: string } | undefined> {
  if (incident.archive === undefined) return undefined;
  const event = await eventOf(db, keyOf(incident, "report"));
  const sent = event === undefined ? undefined : await messageOf(db, event);
  const report = sent === undefined ? undefined : text(JSON.parse(sent.content), "url");
  return event === undefined || report === undefined ? undefined : { event, report };
}

/** Takes a report out of the room that tells what was removed since. */
function withdrawal(incident: Incident, report: EventId): Outgoing {
  return {
    key: `${keyOf(incident, "report")}/former`,
    roomId: incident.room?.id ?? "",
    incident: incident.id,
    type: redactionType,
    content: { redacts: report, reason: "Another archive has taken the place of the one it is of." },
  };
}

/** The name in the outbox of what is said of an incident's archive as it stands. */
function keyOf(incident: Incident, what: "archived" | "report"): string {
  const key = `${nameInOutbox(incident)}/${what}`;
  const { archive } = incident;
  return archive?.revision === undefined ? key : `${key}/${archive.revision}`;
}

function fileContent(filename: string, url: MediaUri): Readonly<Record<string, unknown>> {
  const info = { mimetype: "text/html" };
  return { msgtype: "m.file", body: filename, filename, url, info, "m.mentions": {} };
}

function reportName(id: IncidentId): string {
  return `${id}-report.html`;
}
