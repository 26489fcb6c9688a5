import { type BuiltArchive, buildArchive } from "../../src/archive/build.ts";
import { type IncidentId, incidentId } from "../../src/incident/ids.ts";
import { loadIncident } from "../../src/journal/incidents.ts";
import { sourceOf } from "../../src/service/archive-source.ts";
import { loadSigningKey } from "../../src/service/signing-key.ts";
import { toolName, toolVersion } from "../../src/service/version.ts";
import { asBot } from "./bot.ts";
import { temporaryFolder } from "./folder.ts";
import { policy } from "./incident.ts";
import { type Installation, reading } from "./service.ts";

/**
 * Makes the archive of an archived incident again, in a folder of its own, from what the service kept and from
 * what the homeserver at this address gives now.
 */
export async function archiveAgain(
  installation: Installation,
  homeserver: string,
  id: IncidentId = incidentId(1),
  folder?: string,
): Promise<BuiltArchive> {
  const { config } = installation;
  const to = folder ?? (await temporaryFolder());
  return reading(config, async (db) => {
    const stored = await loadIncident(db, id);
    const { room, archive, closing } = stored?.incident ?? {};
    if (stored === undefined || room === undefined || archive === undefined) {
      throw new Error(`${id} is not archived`);
    }
    const service = {
      db,
      homeserver: asBot(installation, homeserver),
      // Roles and time zone are those that were kept when the room was sealed.
      rules: {
        policy,
        serverName: config.homeserver.serverName,
        timeZone: "UTC",
        archiveFolder: config.archive.folder,
      },
    };
    return buildArchive(await sourceOf(service, stored, room.id), {
      folder: to,
      name: archive.name,
      tool: { name: toolName, version: toolVersion },
      sealedAt: closing?.sealedAt ?? 0,
      signer: loadSigningKey(config.archive.signingKey),
    });
  });
}
