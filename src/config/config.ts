import { dirname, resolve } from "node:path";
import type { ListenAddress } from "./address.ts";
import type { DatabaseAddress } from "./database-url.ts";
import type { RoomName } from "./names.ts";
import type { UserPattern } from "./pattern.ts";
import type { Problem } from "./problem.ts";
import { type Role, resolveRoles, type Severity } from "./role.ts";
import type { Settings } from "./schema.ts";

/** The room versions that Cordon knows how to make and to prove. */
type RoomVersion = Settings["rooms"]["version"];

/** The configuration of an installation: complete, checked, with absolute paths and plain units. */
export interface Config {
  /** The file it was read from, as it was named. */
  readonly file: string;
  readonly homeserver: {
    /** Without a slash at its end. */
    readonly url: string;
    readonly serverName: string;
  };
  readonly appservice: {
    readonly listen: ListenAddress;
    /** The path of the registration file. */
    readonly registration: string;
    readonly legacyQueryToken: boolean;
  };
  readonly database: DatabaseAddress;
  readonly access: {
    readonly administrators: readonly UserPattern[];
    readonly members: readonly UserPattern[];
    readonly declare: readonly UserPattern[];
    readonly commanders: readonly UserPattern[];
  };
  readonly rooms: {
    readonly version: RoomVersion;
    readonly federate: boolean;
    readonly lobbies: readonly RoomName[];
    readonly timeZone: string;
  };
  readonly roles: {
    readonly acceptWithinMs: number;
    /** By name: the default roles, changed, and those of this installation. */
    readonly definitions: ReadonlyMap<string, Role>;
  };
  /** How often an update is due; `undefined` where no cadence is kept. */
  readonly severities: Readonly<Record<Severity, { readonly updateEveryMs: number | undefined }>>;
  readonly commands: {
    readonly prefixes: readonly string[];
  };
  readonly archive: {
    readonly folder: string;
    readonly graceMs: number;
    readonly maxAttachmentBytes: number;
  };
  readonly log: {
    readonly level: Settings["log"]["level"];
    readonly format: Settings["log"]["format"];
  };
  /** What does not keep the service from starting, but should be seen to. */
  readonly warnings: readonly Problem[];
}

/** The configuration that the settings in `file` come to. */
export function buildConfig(
  file: string,
  settings: Settings,
  database: DatabaseAddress,
  warnings: readonly Problem[],
): Config {
  const { homeserver, appservice, rooms, roles, severities, commands, archive, log } = settings;
  const folder = dirname(resolve(file));
  const access = buildAccess(settings);
  return {
    file,
    homeserver: { url: homeserver.url, serverName: homeserver.server_name },
    appservice: {
      listen: appservice.listen,
      registration: resolve(folder, appservice.registration),
      legacyQueryToken: appservice.legacy_query_token,
    },
    database,
    access,
    rooms: {
      version: rooms.version,
      federate: rooms.federate,
      lobbies: rooms.lobbies,
      timeZone: rooms.time_zone,
    },
    roles: { acceptWithinMs: roles.accept_within, definitions: resolveRoles(roles.definitions, access) },
    severities: {
      sev1: { updateEveryMs: severities.sev1.update_every },
      sev2: { updateEveryMs: severities.sev2.update_every },
      sev3: { updateEveryMs: severities.sev3.update_every },
      sev4: { updateEveryMs: severities.sev4.update_every },
    },
    commands: { prefixes: commands.prefixes },
    archive: {
      folder: resolve(folder, archive.folder),
      graceMs: archive.grace,
      maxAttachmentBytes: archive.max_attachment,
    },
    log,
    warnings,
  };
}

function buildAccess({ homeserver, access }: Settings): Config["access"] {
  const everyoneHere: UserPattern = `@*:${homeserver.server_name}`;
  const members = access.members ?? [everyoneHere];
  return {
    administrators: access.administrators,
    members,
    declare: access.declare ?? members,
    commanders: access.commanders ?? members,
  };
}
