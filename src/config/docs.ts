import { effectOf } from "./effect.ts";
import { checkoutVariables, serviceVariables, type Variable } from "./environment.ts";
import { rights } from "./right.ts";
import { anyRole, defaultRoles } from "./role.ts";
import { schema } from "./schema.ts";
import { describe } from "./setting.ts";
import type { InSeverities } from "./severity.ts";
import { child, defaultOf, inner, isTable, keysOf, type Schema } from "./shape.ts";

/** The page `docs/configuration.md`, made from the schema: it cannot say what the code does not do. */
export function renderConfigurationDocs(): string {
  const names = keysOf(schema)?.names ?? [];
  const sections = names.map((name) => renderSection(name, child(schema, name) ?? schema));
  return `${[introduction, ...sections, renderVariables(), registration].join("\n\n")}\n`;
}

const introduction = `# Configuration

<!-- Made from src/config/schema.ts by \`cordon docs\`. Changes belong there. -->

Cordon reads one YAML file, \`cordon.yaml\`, at its start and whenever it gets a SIGHUP. \`cordon init\` writes a short one;
\`config/cordon.yaml\` shows every key with its default. Only \`homeserver.url\` and \`homeserver.server_name\`
must be there.

- **Paths** are relative to the folder of the file.
- **Durations** have units, larger before smaller: \`90s\`, \`10m\`, \`1h30m\`, \`2d\`, \`250ms\`.
- **Sizes** have units: \`500kB\` and \`50MB\` count in thousands, \`1MiB\` and \`1GiB\` in steps of 1024.
- **Users** are named by id or by pattern: \`"@alice:example.org"\`, \`"@ops-*:example.org"\`. A \`*\` is any run of
  characters, but does not run over the colon. What begins with \`@\`, \`!\`, \`#\` or \`*\` is written in quotes: these
  signs mean something else to YAML.
- A key that is not known, given twice, out of range or at odds with another keeps the service from starting.
  All mistakes are told at once, each with its line and column:

\`\`\`
cordon.yaml:5:3: rooms.lobies: is no key that is known here; known are version, federate, lobbies, time_zone; did you mean lobbies
\`\`\`

## Changing it

SIGHUP has the running service read its files again: \`kill -HUP <pid>\`, or \`systemctl reload\`. What is then in
force is the whole file or nothing of it:

- Settings that take effect **at reload** hold from the next step of work on. Open incidents follow at once, as after a
  restart: power levels, timers, and rooms that are named newly. A wait of which people were told how long it is keeps
  its time: an offer of a role, and the time until an archive. What is being done at that moment is finished under the
  former configuration.
- Where a setting changed that takes effect **at restart**, nothing is applied, and the log names the setting. The
  same holds for everything in the registration.
- Where a file cannot be used, nothing is applied, and the log has the words that a start would have. A file that
  somebody is still writing is waited for.

The log names the settings that changed, without their values. \`cordon doctor\` says under \`in force\` whether the
running service works by the files as they are, and why the last reload was refused where it was. A service that was
started from a terminal ends in order when the terminal is closed.`;

const registration = `## The registration

\`registration.yaml\` is read by Cordon and by the homeserver, each at its start. \`cordon init\` writes it with two
fresh tokens. Cordon does not start with tokens that are missing, shorter than 32 characters, alike, or those of a
sample file, nor with \`namespaces.aliases\` that leave out the aliases of incident rooms, nor where \`namespaces.users\`
leaves out the bot that \`appservice.bot\` names. It warns where the file can be read by every user of the machine, where
\`rate_limited\` is not \`false\`, where \`namespaces.users\` claims people besides bot and sender, where others can take
the names of these two or the aliases of incident rooms (\`exclusive\` is not \`true\`), and where the port in \`url\` is not
that of \`appservice.listen\`.

**The bot is not the sender.** A homeserver answers no \`/sync\` for the user in \`sender_localpart\`, and without \`/sync\`
nobody can ask it which invitations wait. So \`cordon init\` writes a sender that does nothing but stand for the service,
\`_cordon_sender\`, for which there is no account, and names the bot in \`appservice.bot\`. Bot and sender are claimed
by \`namespaces.users\`, each by an expression of its own that ends with \`$\` and in which dots are escaped.

In installations from before 0.2.0 the bot is the sender, and \`appservice.bot\` is left out. They go on working; but an
invitation of the bot that the homeserver loses is not found. \`cordon doctor\` says so, and which lines to change:

\`\`\`yaml registration.yaml
sender_localpart: "_cordon_sender"
namespaces:
  users:
    - exclusive: true
      regex: '@cordon:example\\.org$'
    - exclusive: true
      regex: '@_cordon_sender:example\\.org$'
\`\`\`

\`\`\`yaml cordon.yaml
appservice:
  bot: cordon
\`\`\`

Then stop Cordon, restart the homeserver with that registration, and start Cordon. Incidents that are open go on, and what
was typed meanwhile is handled. The way back is the same with the former lines. Change both files together: a service
whose files mean another bot than the one that made its rooms does not start, and says what to write; and where the
homeserver does not let it be its bot, it ends with exit code 6, as with tokens that do not fit.`;

function renderSection(name: string, section: Schema): string {
  const { about = "" } = describe(inner(section));
  const table = renderTable(
    ["Key", "What it is", "Default", "Allowed", "Takes effect"],
    rows(section, { group: name, prefix: "" }),
  );
  const more = name === "roles" ? [renderRoles(), renderRights()] : [];
  return [`## ${name}`, about, table, ...more].join("\n\n");
}

/** One row a setting, those of inner groups with the way to them. */
function rows(section: Schema, { group, prefix }: { group: string; prefix: string }): string[][] {
  const names = isTable(inner(section)) ? ["<name>"] : (keysOf(section)?.names ?? []);
  return names.flatMap((name) => {
    const setting = child(section, name);
    if (setting === undefined) return [];
    const key = `${prefix}${name}`;
    // A table that says what it is stands for itself; one that does not is a group of groups.
    const { about } = describe(inner(setting));
    if (keysOf(setting) !== undefined && !about) return rows(setting, { group, prefix: `${key}.` });
    const effect = `at ${effectOf(`${group}.${key}`)}`;
    return [[`\`${key}\``, about ?? "", renderDefault(setting), renderAllowed(setting), effect]];
  });
}

function renderDefault(setting: Schema): string {
  const { otherwise } = describe(inner(setting));
  if (otherwise !== undefined) return otherwise;
  const value = defaultOf(setting);
  if (value === undefined) return "must be given";
  return `\`${typeof value === "string" ? value : JSON.stringify(value)}\``;
}

/** The instruction of a message as a description: without its verb. */
function renderAllowed(setting: Schema): string {
  return (describe(inner(setting)).allowed ?? "").replaceAll("write ", "");
}

function renderRoles(): string {
  const table = Object.entries(defaultRoles).map(([name, role]) => [
    `\`${name}\``,
    role.holders,
    renderInSeverities(role.required),
    String(role.level),
    Object.entries(role.excludes)
      .map(
        ([other, when]) =>
          `${other === anyRole ? "every other role" : `\`${other}\``}: ${renderInSeverities(when)}`,
      )
      .join("; ") || "–",
  ]);
  return `### The default roles

What \`roles.definitions\` says about one of these changes only what it names; other names make new roles.

${renderTable(["Role", "Holders", "Required", "Level", "May not also be"], table)}`;
}

function renderRights(): string {
  return `### The rights

What \`rights\` of a role may name. A role for which they are written has exactly those.

${renderTable(
  ["Right", "What it lets people do"],
  rights.map(({ name, about }) => [`\`${name}\``, about]),
)}`;
}

function renderInSeverities(when: InSeverities): string {
  if (when === "always") return "always";
  return when.length === 0 ? "–" : when.join(", ");
}

function renderVariables(): string {
  const table = (variables: readonly Variable[]) =>
    renderTable(
      ["Variable", "What it is"],
      variables.map(({ name, about }) => [`\`${name}\``, about]),
    );
  return `## Environment variables

Secrets need not stand in a file. One that is set to nothing counts as not set.

${table(serviceVariables)}

In a checkout, for the demo and the tests:

${table(checkoutVariables)}`;
}

/** A table whose columns are aligned in the text too, as the formatter wants it. */
function renderTable(head: readonly string[], body: readonly (readonly string[])[]): string {
  const cells = [head, ...body].map((row) => row.map((cell) => cell.replaceAll("|", "\\|")));
  const widths = head.map((_, column) => Math.max(3, ...cells.map((row) => row[column]?.length ?? 0)));
  const line = (row: readonly string[]) =>
    `| ${row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join(" | ")} |`;
  const [titles = [], ...rows] = cells;
  return [line(titles), line(widths.map((width) => "-".repeat(width))), ...rows.map(line)].join("\n");
}
