import type { Incident, State } from "../incident/incident.ts";
import type { IntentType } from "../incident/intent.ts";
import type { Refusal } from "../incident/refusal.ts";
import { code, line, type Rich, type Span } from "./rich.ts";
import { listed, people, person, severityName, type View } from "./view.ts";

/** What cannot be seen does not exist: the same words for what is and for what is not. */
export function unseen(id: string | undefined): Rich {
  return [
    id === undefined
      ? ["There is no such incident that you can see."]
      : [`There is no ${id} that you can see.`],
  ];
}

/**
 * Why something was not done, who may do it, and what to do instead.
 *
 * @param incident as it stands; absent where there is none, or none that the person may see
 */
export function refusalWords(refusal: Refusal, incident: Incident | undefined, view: View): Rich {
  const type = (command: string) => code(`${view.prefix} ${command}`);
  switch (refusal.refused) {
    case "unseen":
      return unseen(incident?.id);
    case "may-not-declare":
      return [["You are not among those who may open an incident here."], ["Ask whoever runs this service."]];
    case "not-entitled":
      return notEntitled(refusal, view);
    case "wrong-state":
      return wrongState(refusal.intent, refusal.state, view);
    case "closing":
      return [["This incident is being archived: nothing can be changed any more."]];
    case "room-unusable":
      return [
        ["This room was encrypted by the homeserver, so the incident cannot be run in it."],
        line`The administrators turn off ${code("encryption_enabled_by_default_for_room_type")} in homeserver.yaml; then open a new one.`,
      ];
    case "unknown-role":
      return [line`There is no role "${refusal.role}". The roles are ${listed(view.roles)}.`];
    case "not-eligible":
      return [
        line`${person(refusal.user, view)} may not be ${refusal.role} here. Who may: ${listed(refusal.eligible, "or")}.`,
      ];
    case "outsider":
      return [
        line`${person(refusal.user, view)} is not among the people this service is for, so nothing was done.`,
      ];
    case "excluded":
      return [
        line`${person(refusal.user, view)} is ${refusal.other}, and may not be ${refusal.role} as well at this severity.`,
        line`Ask somebody else: ${type(`role ${refusal.role} @name`)}`,
      ];
    case "already-holder":
      return [line`${person(refusal.user, view)} is ${refusal.role} already.`];
    case "already-offered":
      return [
        line`${person(refusal.user, view)} has been asked to be ${refusal.role} and has not answered yet.`,
      ];
    case "already-there":
      return [line`${person(refusal.user, view)} is in this incident already.`];
    case "no-offer":
      return [
        [`Nobody has asked you to be ${refusal.role ?? "anything"}.`],
        line`The roles and who holds them: ${type("roles")}`,
      ];
    case "several-offers":
      return [
        line`You were asked to be ${listed(refusal.roles)}. Which one? ${type(`accept ${refusal.roles[0]}`)}`,
      ];
    case "same-severity":
      return [[`It is ${severityName(refusal.severity)} already.`]];
    case "roles-missing":
      return [
        [`Nobody was ${listed(refusal.roles, "or")}, which this severity needs.`],
        line`Give it to somebody: ${type(`role ${refusal.roles[0]} @name`)}`,
        line`Or end it all the same; the archive will say so: ${type("over anyway <reason>")}`,
      ];
  }
}

const onlyTo: Readonly<Record<IntentType, string>> = {
  declare: "opens an incident",
  invite: "invites people",
  "offer-role": "gives out roles",
  "accept-role": "accepts a role",
  "decline-role": "declines a role",
  "change-severity": "changes the severity",
  update: "puts updates on the card",
  note: "writes on the timeline",
  mitigate: "says that it is mitigated",
  close: "ends an incident",
  archive: "archives an incident",
};

function notEntitled(refusal: Extract<Refusal, { refused: "not-entitled" }>, view: View): Rich {
  const { who, intent, holders } = refusal;
  if (who === "posters" || who === "declarers" || who === "asked") {
    return [["Observers read along; they write nothing."], ["Ask the commander for a role."]];
  }
  const roles = listed(
    who.map((role) => `the ${role}`),
    "or",
  );
  const now: readonly Span[] =
    holders.length === 0
      ? [" Nobody is at the moment."]
      : [holders.length === 1 ? " That is " : " They are ", ...people(holders, view), "."];
  return [[`Only ${roles} ${onlyTo[intent]}.`, ...now]];
}

function wrongState(intent: IntentType, state: State, view: View): Rich {
  const type = (command: string) => code(`${view.prefix} ${command}`);
  if (state === "archived") {
    return [
      ["This incident is archived: nothing can be changed any more."],
      line`What comes later is a new one.`,
    ];
  }
  if (state === "over" || state === "cancelled") {
    return [
      [`This incident is ${state}, and will be archived.`],
      line`The commander does it at once: ${type("archive")}`,
    ];
  }
  if (intent === "archive") {
    return [["It is not over yet."], line`The commander ends it: ${type("over <summary>")}`];
  }
  if (intent === "mitigate" && state === "mitigated") {
    return [["It is mitigated already."], line`What is new goes on the card: ${type("update <text>")}`];
  }
  return [[`That cannot be done while it is ${state}.`], line`What can: ${type("help")}`];
}
