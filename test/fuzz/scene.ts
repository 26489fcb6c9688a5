import type { Entry } from "../../src/incident/entry.ts";
import { evolve } from "../../src/incident/evolve.ts";
import type { Fact } from "../../src/incident/fact.ts";
import type { UserId } from "../../src/incident/ids.ts";
import type { Incident } from "../../src/incident/incident.ts";
import { chain } from "../../src/journal/chain.ts";
import type { View } from "../../src/words/view.ts";
import { actors, idOf, pastOf, stages } from "../support/cast.ts";
import { known, noon, Story, view } from "../support/incident.ts";

/** Incidents at every stage, with somebody for every kind of standing there is. */
export const scenes: readonly Incident[] = stages.map((stage) => {
  const { openedBy, opening, since } = pastOf(stage, "commander", "!scene");
  const story = new Story();
  story.write(openedBy, [opening]);
  story.write("cordon", since);
  return known(story);
});

export const everyone: readonly UserId[] = actors.map(idOf);

const hostileNames = [
  "<img src=x onerror=alert(1)>",
  '"><script>',
  "\u202eecila",
  "*/`code`",
  "x".repeat(255),
];

/** How people see it whose names were chosen to do harm. */
export const hostileView: View = {
  ...view,
  names: Object.fromEntries(everyone.map((user, i) => [user, hostileNames[i % hostileNames.length] ?? ""])),
};

/** What follows from facts, with the entries that tell it. */
export function after(
  before: Incident,
  actor: UserId,
  facts: readonly Fact[],
): { readonly incident: Incident; readonly entries: readonly Entry[] } {
  const entries: Entry[] = [];
  let incident = before;
  for (const fact of facts) {
    const circumstances = { actor, actorRoles: [], eventAt: noon, recordedAt: noon, cause: "$fuzz" };
    const entry = chain(incident.id, incident.head, fact, circumstances);
    incident = evolve(incident, entry);
    entries.push(entry);
  }
  return { incident, entries };
}
