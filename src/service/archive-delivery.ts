import { basename } from "node:path";
import type { BuiltArchive } from "../archive/build.ts";
import type { IncidentId } from "../incident/ids.ts";
import type { Incident } from "../incident/incident.ts";
import { observe } from "../incident/observe.ts";
import type { MediaUri } from "../matrix/ids.ts";
import { archivedWords } from "../words/answers.ts";
import { messageContent } from "../words/rich.ts";
import { changeIncident } from "./change.ts";
import { momentOf, type Service } from "./service.ts";

/** Records that an incident is archived, and tells its room: the digest, and the report as a file. */
export async function tellArchived(
  service: Service,
  incident: Incident,
  built: BuiltArchive,
  report: MediaUri,
): Promise<void> {
  const name = basename(built.path);
  const { digest, events, verdict, statement } = built;
  const occasion = { cause: `archive/${digest}`, actor: "cordon", eventAt: service.now() } as const;
  const words = messageContent(archivedWords({ name, digest, statement }));
  const filename = reportName(incident.id);
  const file = {
    msgtype: "m.file",
    body: filename,
    filename,
    url: report,
    info: { mimetype: "text/html" },
    "m.mentions": {},
  };
  await changeIncident(service, incident.id, occasion, (current) => {
    if (current === undefined) return { facts: [] };
    const seen = { type: "archived", name, digest, events, verdict } as const;
    const facts = observe(current.incident, seen, momentOf(service));
    const roomId = current.incident.room?.id;
    if (facts.length === 0 || roomId === undefined) return { facts };
    const type = "m.room.message";
    return {
      facts,
      answer: (after) => {
        const witness = { "org.cordon.journal": after?.incident.head };
        return [
          {
            key: `${incident.id}/archived`,
            roomId,
            incident: incident.id,
            type,
            content: { ...words, ...witness },
          },
          {
            key: `${incident.id}/report`,
            roomId,
            incident: incident.id,
            type,
            content: { ...file, ...witness },
          },
        ];
      },
    };
  });
}

export function reportName(id: IncidentId): string {
  return `${id}-report.html`;
}
