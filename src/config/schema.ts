import * as v from "valibot";
import { playbooks } from "./playbook.ts";
import { prefixForm, readPrefix } from "./prefix.ts";
import { role, roleName } from "./role-setting.ts";
import {
  bot,
  choice,
  databaseUrl,
  duration,
  durationOrNone,
  eligible,
  file,
  fileOrNone,
  flag,
  httpUrl,
  list,
  listen,
  mediaTypes,
  orElse,
  patterns,
  roomOrNone,
  rooms,
  section,
  serverName,
  setting,
  size,
  timeZone,
} from "./setting.ts";

const secondMs = 1_000;
const dayMs = 86_400_000;

const homeserver = section("The homeserver that the service belongs to.", {
  url: httpUrl("The address at which the service reaches the client-server API of the homeserver."),
  server_name: serverName(
    "The name of the homeserver, which ends every user id on it. Often not the host of `url`.",
  ),
});

const appservice = section("How the homeserver reaches the service.", {
  listen: v.optional(
    listen("Where the service waits for the homeserver. A port alone is on 127.0.0.1."),
    "127.0.0.1:9993",
  ),
  registration: v.optional(
    file("The registration file that the homeserver has been given too."),
    "registration.yaml",
  ),
  bot: orElse(
    bot(
      "The bot: the first part of its user id, or all of it. The registration claims it in `namespaces.users`.",
    ),
    "the `sender_localpart` of the registration, as in installations from before 0.2.0",
  ),
  legacy_query_token: v.optional(
    flag(
      "Whether the homeserver may give its token in the query of an address, as old homeservers do. Such addresses end up in the logs of proxies.",
    ),
    false,
  ),
});

const database = section("Where the journal of all incidents is kept.", {
  url: orElse(
    databaseUrl("The database. A SQLite file is relative to the folder of this file."),
    "`sqlite:cordon.db`",
  ),
  url_file: orElse(
    file(
      "A file that holds nothing but the address of the database, so that its password need not stand here.",
    ),
    "none",
  ),
});

const access = section(
  "Who may do what before there are roles. A `*` in a pattern stands for any run of characters, but not for the colon.",
  {
    administrators: v.optional(
      patterns("Who may enter any incident, with a reason and in the open, and sees all of them in lists."),
      [],
    ),
    administrators_room: v.optional(
      roomOrNone("The room in which the service tells administrators what they must know."),
      "none",
    ),
    members: orElse(
      v.pipe(
        patterns("Who may be in an incident at all."),
        v.minLength(
          1,
          "is an empty list: nobody could be in an incident; leave the key out or name at least one",
        ),
      ),
      "everyone on this homeserver",
    ),
    declare: orElse(patterns("Who may open an incident."), "the same as `members`"),
    commanders: orElse(
      eligible(
        "Who may be commander or deputy. A room stands for whoever is joined in it, such as a roster.",
      ),
      "the same as `members`",
    ),
  },
);

const roomsSection = section("What the rooms of incidents are like.", {
  version: v.optional(choice("The version of rooms that are made from now on.", ["10", "11", "12"]), "12"),
  federate: v.optional(
    flag(
      "Whether people of other homeservers can be in incidents. Holds for rooms that are made from now on.",
    ),
    false,
  ),
  lobbies: v.optional(
    rooms("Rooms in which the service takes commands besides direct chats and incidents."),
    [],
  ),
  time_zone: v.optional(timeZone("The time zone in which times are shown to people."), "UTC"),
});

const roles = section("Who has which part in an incident.", {
  accept_within: v.optional(
    duration("How long a person has to accept a role that was offered.", secondMs, dayMs),
    "5m",
  ),
  silent_after: v.optional(
    duration("How long a commander may write nothing before the deputy can take over.", secondMs, dayMs),
    "10m",
  ),
  vacancy_first: v.optional(
    duration("How long a required role may be vacant before that is reminded of.", secondMs, dayMs),
    "2m",
  ),
  vacancy_again: v.optional(
    duration("How long after that it is reminded of again, each time.", secondMs, dayMs),
    "5m",
  ),
  definitions: v.nullish(v.record(roleName, role), {}),
});

const severity = (updateEvery: string) =>
  v.nullish(
    section("", {
      update_every: v.optional(durationOrNone("How often an update is due.", secondMs, dayMs), updateEvery),
      update_every_mitigated: orElse(
        durationOrNone("The same once the impact has ended.", secondMs, dayMs),
        "twice `update_every`; none where that is none",
      ),
    }),
    {},
  );

const severitiesSection = section("What differs between severities.", {
  sev1: severity("15m"),
  sev2: severity("30m"),
  sev3: severity("60m"),
  sev4: severity("none"),
});

const reminders = section("What people are reminded of.", {
  again: v.optional(
    duration(
      "How long between the reminders of an update that is due: the commander, then the deputy, then once the room.",
      secondMs,
      dayMs,
    ),
    "5m",
  ),
  task_answer: v.optional(
    duration(
      "How long the owner of a task has to acknowledge it before being reminded, and again before the commander is told.",
      secondMs,
      dayMs,
    ),
    "2m",
  ),
});

const commands = section("What people type.", {
  prefixes: v.optional(
    v.pipe(
      list("What a message begins with that is a command.", setting("", prefixForm, readPrefix)),
      v.minLength(1, "is an empty list: nobody could type a command; leave the key out or name at least one"),
    ),
    ["!incident", "!inc"],
  ),
  stale_after: v.optional(
    duration(
      "A command that waited longer than this because the service was down is asked about and not run.",
      secondMs,
      dayMs,
    ),
    "10m",
  ),
});

const archive = section("What is left of an incident.", {
  folder: v.optional(file("The folder in which archives are written."), "archives"),
  copy_to: v.optional(
    fileOrNone(
      "A second folder into which every archive is copied, such as one on a mounted share. It has to exist: name a folder inside the share, which is not there while the share is not mounted.",
    ),
    "none",
  ),
  readable_by: v.optional(
    choice(
      "Who may read archives, their copies and what `cordon export` copies: only the user that runs Cordon, or the group of the folder too. Make that folder with the group and its bit, as in `install -d -m 2750 -g auditors archives`. Everything else is for the user alone.",
      ["owner", "group"],
    ),
    "owner",
  ),
  superseded: v.optional(
    choice(
      "What becomes of an archive when a message was removed from its room and another one takes its place: the former one still holds the message.",
      ["remove", "keep"],
    ),
    "remove",
  ),
  revise_after: v.optional(
    duration(
      "How long nothing may have been removed from an archived room before its archive is made anew without what was.",
      0,
      dayMs,
    ),
    "1m",
  ),
  signing_key: v.optional(
    file(
      "The key that signs archives: Ed25519, in OpenSSH's format, without a passphrase, readable by the service alone.",
    ),
    "archive-key",
  ),
  grace: v.optional(
    duration(
      "How long an incident that is over can still be corrected or reopened before it is archived.",
      0,
      30 * dayMs,
    ),
    "30m",
  ),
  max_attachment: v.optional(
    size("Attachments larger than this are named in the archive but not kept.", 1_000, 2e9),
    "50MB",
  ),
  deny_types: v.optional(
    mediaTypes(
      "Attachments of these types are named in the archive but not kept: of the type that their sender claims, or that their first bytes show.",
    ),
    [],
  ),
});

const log = section("What the service writes about itself, to standard error.", {
  level: v.optional(
    choice("The least important lines that are written.", ["trace", "debug", "info", "warn", "error"]),
    "info",
  ),
  format: v.optional(choice("One JSON object a line, or text for people.", ["json", "text"]), "json"),
});

/** Everything that `cordon.yaml` may hold. */
export const schema = section("", {
  homeserver,
  appservice: v.nullish(appservice, {}),
  database: v.nullish(database, {}),
  access: v.nullish(access, {}),
  rooms: v.nullish(roomsSection, {}),
  roles: v.nullish(roles, {}),
  severities: v.nullish(severitiesSection, {}),
  reminders: v.nullish(reminders, {}),
  playbooks: v.nullish(playbooks, {}),
  commands: v.nullish(commands, {}),
  archive: v.nullish(archive, {}),
  log: v.nullish(log, {}),
});

/** The settings as they are written, with defaults filled in and every value read. */
export type Settings = v.InferOutput<typeof schema>;

/** The section that says where the journal is; read apart, whatever is wrong elsewhere. */
export const databaseSchema = v.object({ database: v.nullish(database, {}) });

/** The sections that say who is meant; read apart, whatever is wrong elsewhere. */
export const accessSchema = v.object({ homeserver, access: v.nullish(access, {}) });

/** Those, and the one that says how far rooms reach. */
export const reachSchema = v.object({ ...accessSchema.entries, rooms: v.nullish(roomsSection, {}) });

/** The sections that say who the bot is; read apart, whatever is wrong elsewhere. */
export const botSchema = v.object({ homeserver, appservice: v.nullish(appservice, {}) });
