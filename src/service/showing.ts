import type { Act } from "../chat/command.ts";
import { commandsCalled, type Parsed } from "../chat/parse.ts";
import { incidentsOf, type StoredIncident } from "../journal/incidents.ts";
import { card } from "../words/card.ts";
import { catchUpWords } from "../words/catchup.ts";
import { commandWords, helpWords } from "../words/help.ts";
import { mistakeWords } from "../words/mistakes.ts";
import type { Rich } from "../words/rich.ts";
import { listWords, peopleWords, rolesWords } from "../words/shown.ts";
import { tasksWords } from "../words/tasks.ts";
import { timelineWords } from "../words/timeline.ts";
import type { View } from "../words/view.ts";
import type { Service } from "./service.ts";
import { findVisible, listVisible } from "./target.ts";
import type { Utterance } from "./typed-command.ts";
import { viewOf } from "./view.ts";

/** What is shown of an incident that was asked about. */
export async function shownOf(
  service: Service,
  said: Utterance,
  asked: Extract<Act, { act: "show" }>,
  { incident }: StoredIncident,
): Promise<Rich> {
  const view = await viewOf(service, service.db, incident);
  switch (asked.view) {
    case "roles":
      return rolesWords(incident, view);
    case "who":
      return peopleWords(incident, view);
    case "tasks":
      return tasksWords(incident, view);
    case "timeline":
      return timelineWords(incident, asked, view);
    case "catchup":
      return catchUpWords(incident, asked.since, view);
    default:
      return card(incident, view, { inRoom: said.where === "room" });
  }
}

/** What is shown that is about no one incident: a list, or help. */
export async function shownAnywhere(
  service: Service,
  said: Utterance,
  parsed: Parsed,
  view: View,
): Promise<Rich> {
  const { act } = parsed;
  if (act.act === "show" && act.view === "list") {
    const { sender } = said.event;
    const { newest, inAll } = await listVisible(service, sender);
    return listWords(newest, sender, view, inAll);
  }
  return help(service, said, parsed, act.act === "show" ? act.topic : undefined, view);
}

async function help(
  service: Service,
  said: Utterance,
  parsed: Parsed,
  topic: string | undefined,
  view: View,
): Promise<Rich> {
  const all = topic?.toLowerCase() === "all";
  if (topic === undefined || all) {
    const incident = (await spokenOf(service, said, parsed))?.incident;
    const asking = { user: said.event.sender, where: said.where, incident };
    return helpWords(asking, service.rules.policy, view, { all });
  }
  const about = commandsCalled(topic);
  return about.length === 0
    ? mistakeWords({ mistake: "unknown-command", typed: topic }, view)
    : about.flatMap((command) => commandWords(command, view));
}

/** The incident that help is asked about: the room's, the one named, or the only one somebody is in. */
async function spokenOf(
  service: Service,
  { here, where, event }: Utterance,
  parsed: Parsed,
): Promise<StoredIncident | undefined> {
  if (here !== undefined) return here;
  if (where !== "direct") return undefined;
  if (parsed.incident !== undefined) return findVisible(service, parsed.incident, event.sender);
  const [only, ...others] = await incidentsOf(service.db, event.sender, { open: true, limit: 2 });
  return others.length === 0 ? only : undefined;
}
