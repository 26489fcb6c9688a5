import type { Owner } from "../incident/facts/work.ts";
import type { UserId } from "../incident/ids.ts";
import type { Incident } from "../incident/incident.ts";
import { isPlain } from "../incident/policy.ts";
import type { Refusal } from "../incident/refusal.ts";
import { howToGiveUp } from "./asking.ts";
import { final, notEntitled, wrongState } from "./entitled.ts";
import { howToUnencrypt } from "./places.ts";
import { code, line, type Rich, type Span } from "./rich.ts";
import { taskNumbers } from "./tasks.ts";
import { clock, clockFrom } from "./time.ts";
import { capital, listed, people, person, severityName, type View } from "./view.ts";

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
    case "enter-first":
      return [
        ["You see this incident as an administrator, but are not in it."],
        line`To go in, in the open: ${type(`enter ${incident?.id ?? "INC-…"} <reason>`)}`,
      ];
    case "may-not-declare":
      return [
        ["You are not among those who may open an incident here."],
        ["Ask a colleague who is, or whoever runs this service to add you to access.declare."],
      ];
    case "not-entitled":
      return notEntitled(refusal, incident, view);
    case "wrong-state":
      return wrongState(refusal.state, view);
    case "closing":
      return final("is being archived", view);
    case "room-unusable":
      return [
        ["This room was encrypted by the homeserver, so the incident cannot be run in it."],
        howToUnencrypt,
      ];
    case "unknown-role":
      return [line`There is no role "${refusal.role}". The roles are ${listed(view.roles)}.`];
    case "not-eligible":
      return [
        line`${person(refusal.user, view)} may not be ${refusal.role} here. Who may: ${eligible(refusal.eligible)}.`,
        ...(refusal.eligible.length === 0
          ? []
          : [line`To ask one of them: ${type(`role ${refusal.role} @name`)}`]),
      ];
    case "outsider":
      return [
        line`${person(refusal.user, view)} is not among the people this service is for, so nothing was done.`,
        ["Whoever runs it says who they are: access.members in its configuration."],
      ];
    case "excluded":
      return excluded(refusal, incident, view);
    case "already-holder":
      return [line`${person(refusal.user, view)} is ${refusal.role} already.`];
    case "already-offered":
      return [
        line`${person(refusal.user, view)} has been asked to be ${refusal.role} and has not answered yet.`,
        line`They answer by ✅ or ❌ under the question, or type ${type("accept")}`,
      ];
    case "already-volunteered":
      return [
        [`You have offered to be ${refusal.role}; whoever gives out roles has not answered yet.`],
        line`They say yes by ✅ under the offer, or ${type(`role ${refusal.role} @you`)}`,
      ];
    case "already-there":
      return [line`${person(refusal.user, view)} is in this incident already.`];
    case "not-there":
      return [line`${person(refusal.user, view)} is not in this incident, so nothing was done.`];
    case "not-to-be-removed":
      return notToBeRemoved(refusal.user, incident, view);
    case "no-offer":
      return [
        [`Nobody has asked you to ${refusal.role === undefined ? "take a role" : `be ${refusal.role}`}.`],
        line`To offer yourself: ${type(`volunteer ${refusal.role ?? "<role>"}`)}`,
      ];
    case "several-offers":
      return [
        [`You were asked to be ${listed(refusal.roles)}. Which one do you mean?`],
        line`Such as: ${type(`accept ${refusal.roles[0]}`)} or ${type(`decline ${refusal.roles[0]}`)}`,
      ];
    case "brief-first":
      return [["The brief comes first: it is on its way to the room. Answer once it is there."]];
    case "no-volunteer":
      return [
        line`${person(refusal.user, view)} does not offer to be ${refusal.role} any more.`,
        line`To ask them: ${type(`role ${refusal.role} @name`)}`,
      ];
    case "not-yours":
      return notYours(refusal, view);
    case "several-roles":
      return [
        [`You are ${listed(refusal.roles)}. Which one do you mean?`],
        line`Such as: ${type(`release ${refusal.roles[0]}`)} or ${type(`handover ${refusal.roles[0]} @name`)}`,
      ];
    case "hand-over-instead":
      return [
        ["An incident is never without a commander, so command is not given back but handed on."],
        line`To whom? ${type("handover commander @name")}`,
      ];
    case "plain-role":
      return [
        [`Nobody takes or gives back ${refusal.role}: it comes with the invitation.`],
        line`Commander or deputy can change that: ${type(`role ${refusal.role} @name`)}`,
      ];
    case "takeover-of-command-only":
      return [
        [`Only command is taken over. Whoever gives out roles gives ${refusal.role} to somebody else.`],
        line`To offer yourself: ${type(`volunteer ${refusal.role}`)}`,
      ];
    case "not-silent":
      return [
        line`${person(refusal.commander, view)} commands and has written not long ago.`,
        line`If nothing more is heard, you can take command from ${clockFrom(refusal.takeoverFrom, view.timeZone)}: ${type("takeover commander <reason>")}`,
      ];
    case "reason-too-short":
      return [
        [`The reason is kept for whoever reads this later: at least ${refusal.least} characters.`],
        line`Such as: ${type("reopen the same payments fail again")}`,
      ];
    case "same-severity":
      return refusal.severity === "unknown"
        ? [["The severity is unknown already."]]
        : [[`It is ${severityName(refusal.severity)} already.`]];
    case "same-title":
      return [["That is its title already."]];
    case "duplicate-of-itself":
      return [
        ["An incident cannot be a duplicate of itself."],
        line`Name the other: ${type("cancel duplicate INC-…")}`,
      ];
    case "tasks-open":
      return [
        [`${capital(taskNumbers(refusal.tasks))} ${refusal.tasks.length === 1 ? "is" : "are"} still open.`],
        line`Done, dropped, or given away: ${type(`done ${refusal.tasks[0]}`)}, ${type(`drop ${refusal.tasks[0]} <reason>`)}`,
        line`Or end it all the same; the archive will say so: ${type("over anyway <reason>")}`,
      ];
    case "no-line":
      return [
        [
          refusal.lines === 0
            ? "There is nothing on the timeline yet."
            : `There is no line ${refusal.line} that could be corrected.`,
        ],
        line`The lines and their numbers: ${type("timeline")}`,
      ];
    case "before-impact":
      return [
        [
          `${clock(refusal.at, view.timeZone)} is before the impact began (${clock(refusal.from, view.timeZone)}), so it was not done.`,
        ],
        line`If it began earlier: ${type("impact <text> from <time>")}`,
      ];
    case "ends-before-it-begins":
      return [
        [
          `It would end at ${clock(refusal.until, view.timeZone)}, before it began at ${clock(refusal.from, view.timeZone)}.`,
        ],
        line`Such as: ${type("impact all card payments from 13:40 until 14:20")}`,
      ];
    case "no-task":
      return [
        [
          refusal.open.length === 0
            ? "There is no open task."
            : `There is no task ${refusal.task}. Open: ${listed(refusal.open.map(String))}.`,
        ],
        line`What they are: ${type("tasks")}`,
      ];
    case "task-ended":
      return [[`Task ${refusal.task} is ${refusal.state} already.`]];
    case "not-owner":
      return [
        refusal.owner === undefined
          ? [`Task ${refusal.task} is nobody's. Commander or deputy give it to somebody, or drop it.`]
          : line`Task ${refusal.task} is ${owner(refusal.owner, view)}'s. They pass it on or drop it, or commander or deputy do.`,
        line`When it is done, anybody says so: ${type(`done ${refusal.task}`)}`,
      ];
    case "several-owners":
      return [
        [`A task has exactly one owner, and ${refusal.role} is no one person.`],
        line`Name who does it: ${type("task @name <text>")}`,
      ];
    case "roles-missing":
      return [
        [`Nobody was ${listed(refusal.roles, "or")}, which this severity needs.`],
        line`Give it to somebody: ${type(`role ${refusal.roles[0]} @name`)}`,
        line`Or end it all the same; the archive will say so: ${type("over anyway <reason>")}`,
      ];
  }
}

function notToBeRemoved(user: UserId, incident: Incident | undefined, view: View): Rich {
  const commands = incident?.roles.commander?.some((holding) => holding.user === user) === true;
  return commands
    ? [
        line`${person(user, view)} commands, and whoever commands is not taken out.`,
        line`Command passes by ${code(`${view.prefix} handover commander @name`)}, or ${code(`${view.prefix} takeover commander <reason>`)} if they are gone.`,
      ]
    : [["To go yourself, leave the room: your roles are given back by that."]];
}

function notYours(refusal: Extract<Refusal, { refused: "not-yours" }>, view: View): Rich {
  const { role, holders } = refusal;
  if (role === undefined) return [["You hold no role that could be given away."]];
  const now: readonly Span[] =
    holders.length === 0 ? ["nobody is"] : [...people(holders, view), holders.length === 1 ? " is" : " are"];
  return [
    line`You are not ${role}; ${now}.`,
    line`The roles and who holds them: ${code(`${view.prefix} roles`)}`,
  ];
}

/** Two roles that nobody holds at once. Whoever is to become a responder or an observer gives up more first. */
function excluded(
  { role, user, other }: Extract<Refusal, { refused: "excluded" }>,
  incident: Incident | undefined,
  view: View,
): Rich {
  const at = incident === undefined ? "" : ` at ${severityName(incident.severity)}`;
  const first = line`They give that up first: ${code(`${view.prefix} ${howToGiveUp(other)}`)}`;
  if (isPlain(role)) return [line`${person(user, view)} is ${other}, which is more than ${role}.`, first];
  return [
    line`${person(user, view)} is ${other}; nobody is both ${other} and ${role}${at}.`,
    first,
    line`Or somebody else: ${code(`${view.prefix} role ${role} @name`)}`,
  ];
}

function eligible(patterns: readonly string[]): string {
  return patterns.length === 0 ? "nobody" : listed(patterns, "or");
}

function owner(whose: Owner, view: View): Span {
  return "user" in whose ? person(whose.user, view) : `the ${whose.role}`;
}
