import type { UserId } from "../incident/ids.ts";
import type { Incident } from "../incident/incident.ts";
import { type KnownState, knownState } from "../journal/known-rooms.ts";
import type { Queries } from "../store/store.ts";
import { cleanName } from "../text/clean.ts";
import type { View } from "../words/view.ts";
import type { Rules, Service } from "./service.ts";

/** What the words need to know of this installation, with people called by these names. */
export function viewWith(rules: Rules, bot: UserId, names: View["names"]): View {
  const { prefixes, timeZone, policy, administratorsRoom } = rules;
  return {
    prefix: [...prefixes].sort((a, b) => a.length - b.length)[0] ?? "!inc",
    timeZone,
    bot,
    names,
    roles: [...policy.roles.values()].sort((a, b) => b.level - a.level).map((role) => role.name),
    server: rules.serverName,
    administratorsHear: administratorsRoom !== undefined,
  };
}

/** How people are called, and which clock they read, for words about this incident. */
export async function viewOf(
  service: Pick<Service, "rules" | "bot">,
  db: Queries,
  incident: Incident | undefined,
): Promise<View> {
  return viewWith(service.rules, service.bot, await namesIn(db, incident));
}

/** The display names of the people in an incident's room. */
export async function namesIn(db: Queries, incident: Incident | undefined): Promise<View["names"]> {
  return incident?.room === undefined ? {} : displayNames(await knownState(db, incident.room.id));
}

/** The display names in a room's member events. */
function displayNames(state: readonly KnownState[]): View["names"] {
  return Object.fromEntries(
    state.flatMap(({ type, stateKey, content }) =>
      type === "m.room.member" && typeof content.displayname === "string"
        ? [[stateKey, cleanName(content.displayname)]]
        : [],
    ),
  );
}
