import type { Incident } from "../incident/incident.ts";
import { rulesOf } from "../service/rules.ts";
import { namesIn, viewWith } from "../service/view.ts";
import type { View } from "../words/view.ts";
import { namedIncident, reading } from "./register.ts";

/** The bot plays no part in looking at an incident from here. */
const nobody: `@${string}:${string}` = "@:";

/** Looks at one incident in the journal, with the words and the clock of the configuration. */
export function looking(
  config: string,
  id: string,
  look: (incident: Incident, view: View) => void,
): Promise<void> {
  return reading(config, async (store, read) => {
    const { incident } = await namedIncident(store, id);
    look(incident, viewWith(rulesOf(read, nobody), nobody, await namesIn(store.db, incident)));
  });
}
