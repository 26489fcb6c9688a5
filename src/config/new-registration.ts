import type { AppServiceOutput } from "matrix-appservice-bridge";
import { botLocalpart, type Namespace, type Namespaces, namespacesOn, senderLocalpart } from "./namespace.ts";
import type { Registration } from "./registration.ts";
import { freshToken } from "./token.ts";

/** A registration with fresh tokens for a service at `url`, as the homeserver called `serverName` sees it. */
export async function makeRegistration({
  serverName,
  url,
}: {
  readonly serverName: string;
  readonly url: string;
}): Promise<Registration> {
  const { AppServiceRegistration } = await loadBridge();
  const form = new AppServiceRegistration(url);
  form.setId(botLocalpart);
  form.setAppServiceToken(freshToken());
  form.setHomeserverToken(freshToken());
  form.setSenderLocalpart(senderLocalpart);
  form.setRateLimited(false);
  for (const [kind, namespaces] of kinds(namespacesOn(serverName))) {
    for (const { regex, exclusive } of namespaces) form.addRegexPattern(kind, regex, exclusive);
  }
  return registrationOf(form.getOutput(), url);
}

function registrationOf(output: AppServiceOutput, url: string): Registration {
  const { users = [], aliases = [], rooms = [] } = output.namespaces ?? {};
  return {
    id: output.id,
    url,
    asToken: output.as_token,
    hsToken: output.hs_token,
    senderLocalpart: output.sender_localpart,
    rateLimited: output.rate_limited ?? true,
    namespaces: { users, aliases, rooms },
  };
}

function kinds({ users, aliases, rooms }: Namespaces) {
  return [
    ["users", users],
    ["aliases", aliases],
    ["rooms", rooms],
  ] as const;
}

/**
 * The bridge library, only where it is needed: it costs half a second and 50 MB. One of its own
 * dependencies warns about itself while it is loaded, which says nothing to an operator.
 */
async function loadBridge(): Promise<typeof import("matrix-appservice-bridge")> {
  const { noDeprecation } = process;
  process.noDeprecation = true;
  try {
    return await import("matrix-appservice-bridge");
  } finally {
    process.noDeprecation = noDeprecation ?? false;
  }
}

/** The registration as the YAML file that the service and the homeserver both read. */
export function renderRegistration(registration: Registration): string {
  return `# How Cordon and the homeserver know each other. Both read this file, at their start only.
# The two tokens are secrets: keep the file to those two users.
id: ${text(registration.id)}

# Where the homeserver finds Cordon.
url: ${text(registration.url)}

# What Cordon shows to the homeserver, and what the homeserver shows to Cordon.
as_token: ${text(registration.asToken)}
hs_token: ${text(registration.hsToken)}

# The service itself. It is not the bot, which cordon.yaml names: a homeserver answers no /sync for a sender.
# No rate limit for either: an incident invites many people at once.
sender_localpart: ${text(registration.senderLocalpart)}
rate_limited: ${registration.rateLimited}

# The bot, the sender and no other user; the aliases of incident rooms, which nobody else can then take.
namespaces:
  users:${renderNamespaces(registration.namespaces.users)}
  aliases:${renderNamespaces(registration.namespaces.aliases)}
  rooms:${renderNamespaces(registration.namespaces.rooms)}
`;
}

function renderNamespaces(namespaces: readonly Namespace[]): string {
  if (namespaces.length === 0) return " []";
  return namespaces
    .map(
      ({ exclusive, regex }) =>
        `\n    - exclusive: ${exclusive}\n      regex: '${regex.replaceAll("'", "''")}'`,
    )
    .join("");
}

/** JSON text is YAML text. */
function text(value: string): string {
  return JSON.stringify(value);
}
