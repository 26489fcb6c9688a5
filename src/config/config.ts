import { dirname, resolve } from "node:path";
import { type Access, resolveAccess } from "./access.ts";
import type { ListenAddress } from "./address.ts";
import type { DatabaseAddress } from "./database-url.ts";
import type { MediaTypePattern } from "./media-type.ts";
import { isRoomName, type RoomName } from "./names.ts";
import type { Playbook } from "./playbook.ts";
import type { Problem } from "./problem.ts";
import { type Role, resolveRoles } from "./role.ts";
import type { Settings } from "./schema.ts";
import type { Severity } from "./severity.ts";

/** The room versions that Cordon knows how to make and to prove. */
type RoomVersion = Settings["rooms"]["version"];

/** The configuration of an installation: complete, checked, with absolute paths and plain units. */
export interface Config {
  /** The file it was read from, as it was named. */
  readonly file: string;
  /** What stands in the file, with defaults filled in: by it one configuration is told from another. */
  readonly settings: Settings;
  readonly homeserver: {
    /** Without a slash at its end. */
    readonly url: string;
    readonly serverName: string;
  };
  readonly appservice: {
    readonly listen: ListenAddress;
    /** The path of the registration file. */
    readonly registration: string;
    /** The localpart of the bot; `undefined` where the file does not name it. `botOf` gives its user id. */
    readonly bot: string | undefined;
    readonly legacyQueryToken: boolean;
  };
  readonly database: DatabaseAddress;
  readonly access: Access;
  readonly rooms: {
    readonly version: RoomVersion;
    readonly federate: boolean;
    readonly lobbies: readonly RoomName[];
    readonly timeZone: string;
  };
  readonly roles: {
    readonly acceptWithinMs: number;
    /** After how long a silence of the commander the deputy can take over. */
    readonly silentAfterMs: number;
    /** When a vacant required role is reminded of, and how long after each time it is reminded of again. */
    readonly vacancyFirstMs: number;
    readonly vacancyAgainMs: number;
    /** By name: the default roles, changed, and those of this installation. */
    readonly definitions: ReadonlyMap<string, Role>;
  };
  readonly severities: Readonly<Record<Severity, Cadence>>;
  readonly reminders: {
    /** How long between the reminders of an update that is due. */
    readonly againMs: number;
    /** How long the owner of a task has to acknowledge it before being reminded, and then once more. */
    readonly taskAnswerMs: number;
  };
  /** In the order of the file. */
  readonly playbooks: readonly Playbook[];
  readonly commands: {
    readonly prefixes: readonly string[];
    /** A command that waited longer than this is asked about and not run. */
    readonly staleAfterMs: number;
  };
  readonly archive: {
    readonly folder: string;
    /** A second folder, which is not made where it is missing. */
    readonly copyTo: string | undefined;
    /** Who may read archives and their copies. */
    readonly readableBy: "owner" | "group";
    /** What becomes of an archive that another takes the place of. */
    readonly superseded: "remove" | "keep";
    /** How long nothing may have been removed from a room before its archive is made anew. */
    readonly reviseAfterMs: number;
    /** The file with the key that signs archives. */
    readonly signingKey: string;
    readonly graceMs: number;
    readonly maxAttachmentBytes: number;
    /** Types of attachments that are not kept. */
    readonly deniedTypes: readonly MediaTypePattern[];
  };
  readonly log: {
    readonly level: Settings["log"]["level"];
    readonly format: Settings["log"]["format"];
  };
  /** What does not keep the service from starting, but should be seen to. */
  readonly warnings: readonly Problem[];
}

/** How often an update is due; `undefined` where no cadence is kept. */
export interface Cadence {
  readonly updateEveryMs: number | undefined;
  /** The same once the impact has ended. */
  readonly updateEveryMitigatedMs: number | undefined;
}

/** The rooms whose members are eligible for roles. */
export function rosterRooms({ roles }: Config): readonly RoomName[] {
  return [...new Set([...roles.definitions.values()].flatMap(({ eligible }) => eligible.filter(isRoomName)))];
}

/** The configuration that the settings in `file` come to. */
export function buildConfig(
  file: string,
  settings: Settings,
  database: DatabaseAddress,
  warnings: readonly Problem[],
): Config {
  const { homeserver, appservice, rooms, roles, severities, reminders, commands, archive, log } = settings;
  const folder = dirname(resolve(file));
  const access = resolveAccess(settings);
  return {
    file,
    settings,
    homeserver: { url: homeserver.url, serverName: homeserver.server_name },
    appservice: {
      listen: appservice.listen,
      registration: resolve(folder, appservice.registration),
      bot: appservice.bot?.localpart,
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
    roles: {
      acceptWithinMs: roles.accept_within,
      silentAfterMs: roles.silent_after,
      vacancyFirstMs: roles.vacancy_first,
      vacancyAgainMs: roles.vacancy_again,
      definitions: resolveRoles(roles.definitions, access),
    },
    severities: {
      sev1: resolveCadence(severities.sev1),
      sev2: resolveCadence(severities.sev2),
      sev3: resolveCadence(severities.sev3),
      sev4: resolveCadence(severities.sev4),
    },
    reminders: { againMs: reminders.again, taskAnswerMs: reminders.task_answer },
    playbooks: Object.entries(settings.playbooks).map(([name, playbook]) => ({ name, ...playbook })),
    commands: { prefixes: commands.prefixes, staleAfterMs: commands.stale_after },
    archive: {
      folder: resolve(folder, archive.folder),
      copyTo: archive.copy_to === undefined ? undefined : resolve(folder, archive.copy_to),
      readableBy: archive.readable_by,
      superseded: archive.superseded,
      reviseAfterMs: archive.revise_after,
      signingKey: resolve(folder, archive.signing_key),
      graceMs: archive.grace,
      maxAttachmentBytes: archive.max_attachment,
      deniedTypes: archive.deny_types,
    },
    log,
    warnings,
  };
}

function resolveCadence(severity: Settings["severities"][Severity]): Cadence {
  const everyMs = severity.update_every;
  // `none` is there as `undefined`; what is left out is not there.
  const mitigatedMs = Object.hasOwn(severity, "update_every_mitigated")
    ? severity.update_every_mitigated
    : everyMs && 2 * everyMs;
  return { updateEveryMs: everyMs, updateEveryMitigatedMs: mitigatedMs };
}
