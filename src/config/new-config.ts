import { type ListenAddress, writeListen } from "./address.ts";
import { botLocalpart } from "./namespace.ts";
import type { UserPattern } from "./pattern.ts";

/** What has to be known to write a configuration that works. */
export interface NewConfig {
  readonly homeserverUrl: string;
  readonly serverName: string;
  readonly listen: ListenAddress;
  /** As it is written in the file: a SQLite file is relative to it. */
  readonly database: string;
  readonly administrators: readonly UserPattern[];
}

/** A short `cordon.yaml`: what every installation says, all else left at its default. */
export function renderConfig({
  homeserverUrl,
  serverName,
  listen,
  database,
  administrators,
}: NewConfig): string {
  return `# The configuration of Cordon. What is not here has its default: docs/configuration.md lists every key.
# Paths are relative to the folder of this file. cordon doctor tells whether all is well.

homeserver:
  # The address of the client-server API, seen from here.
  url: ${text(homeserverUrl)}
  # What stands after the colon in user ids.
  server_name: ${text(serverName)}

appservice:
  # Where Cordon waits for the homeserver. The homeserver's way here is \`url\` in the registration.
  listen: ${text(writeListen(listen))}
  registration: registration.yaml
  # The bot: its user id is @${botLocalpart}:${serverName}. The registration claims it in namespaces.users.
  bot: ${text(botLocalpart)}

database:
  url: ${text(database)}

access:
  # Who may enter any incident, with a reason and in the open, and sees all of them in lists.
  administrators:${renderList(administrators)}

archive:
  folder: archives
  # Signs archives. archive-key.pub is for those who will check them: hand it out now.
  signing_key: archive-key
`;
}

function renderList(items: readonly string[]): string {
  return items.length === 0 ? " []" : items.map((item) => `\n    - ${text(item)}`).join("");
}

/** JSON text is YAML text. */
function text(value: string): string {
  return JSON.stringify(value);
}
