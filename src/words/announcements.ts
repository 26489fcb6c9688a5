import type { Entry } from "../incident/entry.ts";
import type { FactOf } from "../incident/fact.ts";
import type { UserId } from "../incident/ids.ts";
import { type Incident, isRunning } from "../incident/incident.ts";
import { isEntitled } from "../incident/permissions.ts";
import { contestedMs, isPlain, type Policy } from "../incident/policy.ts";
import { type Announcement, leadOf, notice, page, toAdministrators } from "./announcement.ts";
import { ask, stillVacant, taken, takenOver, unanswered, vacancyReported, vacant } from "./asking.ts";
import { briefWords } from "./brief.ts";
import { cancelWords } from "./card.ts";
import { howToUnencrypt } from "./places.ts";
import { code, line, type Rich, type Span, strong } from "./rich.ts";
import { clock, duration } from "./time.ts";
import { actor, capital, listed, people, person, severityName, type View } from "./view.ts";

/** What an entry gives to say, under the entry's number. */
export type Said = Announcement & { readonly seq: number };

/**
 * What a change gives to say. What the card can show is not said as well, so most entries give nothing; what
 * a change brings several times is said once, under the first of them.
 *
 * @param entries what the change added to the journal
 * @param incident as it is after the change
 */
export function announce(
  entries: readonly Entry[],
  incident: Incident,
  policy: Policy,
  view: View,
): readonly Said[] {
  return entries.flatMap((entry) => {
    const said = announceOne(entry, entries, incident, policy, view);
    return [said ?? []].flat().map((each): Said => ({ ...each, seq: entry.seq }));
  });
}

function announceOne(
  entry: Entry,
  change: readonly Entry[],
  incident: Incident,
  policy: Policy,
  view: View,
): Announcement | readonly Announcement[] | undefined {
  const type = (command: string) => code(`${view.prefix} ${command}`);
  const at = clock(entry.eventAt, view.timeZone);
  switch (entry.type) {
    case "role-offered":
    case "role-volunteered":
    case "handover-briefed":
    case "role-reminded":
      return ask(entry.data, incident, view);
    case "handover-begun": {
      const brief = { ...entry.data, at: entry.eventAt };
      return { ...notice(briefWords(incident, brief, view)), brief };
    }
    case "role-accepted":
      return taken(entry, incident, view);
    case "role-taken-over":
      return takenOver(entry, incident, view);
    case "role-declined":
    case "role-lapsed":
      return unanswered(entry, incident, view);
    case "role-released":
      return released(entry.data, incident, view);
    case "role-vacant": {
      const all = change.filter((each) => each.type === "role-vacant");
      const roles = all.map(({ data }) => data.role);
      return entry === all[0] ? vacant(roles, incident, view) : undefined;
    }
    case "vacancy-reminded":
      return stillVacant({ role: entry.data.role, at: entry.eventAt }, incident, policy, view);
    case "vacancy-reported":
      return vacancyReported({ role: entry.data.role, at: entry.eventAt }, incident, view);
    case "severity-changed": {
      const { from, to, reason } = entry.data;
      return notice([line`${strong(severityName(to))} now, was ${severityName(from)}: ${reason}`]);
    }
    case "activated":
      return page([
        line`${strong("Declared")} at ${at} by ${actor(entry.actor, view)}: ${severityName(entry.data.severity)}.`,
      ]);
    case "mitigated":
      return notice([
        line`${strong("Mitigated")} since ${at}, by ${actor(entry.actor, view)}.`,
        line`If it comes back: ${type("relapse <reason>")}`,
        line`When it is over, the commander types ${type("over <summary>")}`,
      ]);
    case "relapsed":
      return page(
        [
          line`${strong("Active again")} since ${at}: ${entry.data.reason}`,
          line`When the harm has stopped: ${type("mitigated <how>")}`,
        ],
        leadOf(incident),
      );
    case "over":
      return ended([line`${strong("Over")} since ${at}.`], policy.graceMs, view, { reopens: true });
    case "cancelled":
      return ended(
        [line`${strong("Cancelled")} at ${at}: ${cancelWords(entry.data)}`],
        policy.graceMs,
        view,
        { reopens: false },
      );
    case "reopened":
      return page([
        line`${strong("Open again")} since ${at}, by ${actor(entry.actor, view)}: ${entry.data.reason}`,
      ]);
    case "invitations-sent":
      return notice([invitationsWords(entry.data)]);
    case "room-created":
      return notInvitedBefore(incident, view);
    case "invite-failed": {
      const all = change.filter((each) => each.type === "invite-failed");
      return entry === all[0] ? notInvited(all, view) : undefined;
    }
    case "invitation-withdrawn":
      return withdrawn(entry.data, incident, policy, view);
    case "entered":
      return page([
        line`${person(entry.data.user, view)}, an administrator, has entered this incident: ${entry.data.reason}`,
        ["This stands in the archive."],
      ]);
    case "left":
      return departed(entry.data, view);
    case "removed":
      return notice([
        line`${person(entry.data.user, view)}${was(entry.data.vacated)} was taken out by ${actor(entry.actor, view)}: ${entry.data.reason}`,
        ...(isRunning(incident) ? [line`Back in only by a new invitation: ${type("invite @name")}`] : []),
      ]);
    case "intruder-removed":
      return notice([
        line`${person(entry.data.user, view)} came in without an invitation and was removed.`,
        ...(isRunning(incident) ? [line`Commander or deputy can invite them: ${type("invite @name")}`] : []),
      ]);
    case "drift":
      // What somebody keeps changing back is left alone, and was spoken of when that began.
      if (entry.data.what in incident.contested) return undefined;
      return drifted(entry.data, incident, view);
    case "drift-left":
      return contested(entry.data, incident, view);
    case "room-unusable":
      return page([
        [
          "The homeserver encrypted this room, so the incident cannot be run in it: the record would be blind.",
        ],
        howToUnencrypt,
      ]);
    default:
      return undefined;
  }
}

/** An invitation made in a client did not count: why, and how it would. */
function withdrawn(
  { user, by }: FactOf<"invitation-withdrawn">["data"],
  incident: Incident,
  policy: Policy,
  view: View,
): Announcement {
  const said = line`${capitalised(culprit(by, view))} invited ${person(user, view)}; the invitation was withdrawn.`;
  if (!isRunning(incident)) return notice([said, [`Nobody is invited any more: it is ${incident.state}.`]]);
  return isEntitled(incident, "invite", by, policy)
    ? notice([said, ["They are not among the people this service is for."]])
    : notice([said, line`Commander or deputy can invite them: ${code(`${view.prefix} invite @name`)}`]);
}

/** Who changed a room; whoever has the homeserver can also act in the bot's name. */
function culprit(by: UserId, view: View): Span {
  return by === view.bot ? "somebody acting in my name" : person(by, view);
}

function capitalised(span: Span): Span {
  return typeof span === "string" ? capital(span) : span;
}

function released(
  { role, user, excludedBy }: FactOf<"role-released">["data"],
  incident: Incident,
  view: View,
): Announcement | undefined {
  if (excludedBy === undefined) return notice([line`${person(user, view)} has given back ${role}.`]);
  // That whoever commands deputises no more goes without saying.
  if (role === "deputy" && excludedBy === "commander") return undefined;
  const text = line`${person(user, view)} is ${role} no longer: nobody is both ${excludedBy} and ${role} at ${severityName(incident.severity)}.`;
  return page([text], [user, ...leadOf(incident).filter((lead) => lead !== user)]);
}

function ended(said: Rich, graceMs: number, view: View, { reopens }: { readonly reopens: boolean }) {
  const type = (command: string) => code(`${view.prefix} ${command}`);
  return notice([
    ...said,
    ["Commander and deputy can still write; everybody else reads."],
    graceMs === 0
      ? ["It is archived now."]
      : line`It is archived in ${duration(graceMs)}, or at once: ${type("archive")}`,
    ...(reopens && graceMs > 0 ? [line`To go on with it before that: ${type("reopen <reason>")}`] : []),
    ...(reopens ? [] : [line`If it is one after all, in a direct chat with me: ${type("new <title>")}`]),
  ]);
}

function departed(
  { user, vacated, reason, by }: FactOf<"left">["data"],
  view: View,
): Announcement | undefined {
  const why = reason === undefined ? "." : `: ${reason}`;
  if (by !== undefined) {
    return notice([line`${person(user, view)}${was(vacated)} was taken out by ${culprit(by, view)}${why}`]);
  }
  return realRoles(vacated).length === 0
    ? undefined
    : notice([line`${person(user, view)}${was(vacated)} has left${why}`]);
}

/** `, who was scribe and comms,`, where there is something to say. */
function was(vacated: readonly string[]): string {
  const real = realRoles(vacated);
  return real.length === 0 ? "" : `, who was ${listed(real)},`;
}

function realRoles(roles: readonly string[]): readonly string[] {
  return roles.filter((role) => !isPlain(role));
}

function drifted(
  { what, by, beyond }: FactOf<"drift">["data"],
  incident: Incident,
  view: View,
): Announcement | readonly Announcement[] {
  const changed = line`${capitalised(culprit(by, view))} changed the ${what} of this room;`;
  if (beyond === undefined) return notice([line`${changed} it was put back.`]);
  const kept = line`${people(beyond, view)} now has my own power, which in a room of version ${incident.room?.version ?? "11"} nobody can take back.`;
  return [
    page([line`${changed} all was put back but this: ${kept}`], leadOf(incident)),
    toAdministrators([[`${incident.id}: `, ...kept], ["Whoever runs the homeserver gave it to them."]]),
  ];
}

function contested(
  { what, by }: FactOf<"drift-left">["data"],
  incident: Incident,
  view: View,
): readonly Announcement[] {
  const said = line`${capitalised(culprit(by, view))} keeps changing the ${what} back; it is left alone for ${duration(contestedMs(what))}.`;
  return [
    notice([
      said,
      [
        `If it is another bot: have it taken out of this room. ${view.administratorsHear ? "The administrators know." : "Tell the administrators."}`,
      ],
    ]),
    toAdministrators([[`${incident.id}: `, ...said]]),
  ];
}

function invitationsWords({ invited, failed }: FactOf<"invitations-sent">["data"]): Rich[number] {
  const done = `${invited} people are invited.`;
  return failed === 0 ? [done] : [`${done} ${failed} could not be; they are named above.`];
}

/** Those who could not be invited before there was a room to say it in. */
function notInvitedBefore(incident: Incident, view: View): Announcement | undefined {
  const failed = (Object.keys(incident.people) as UserId[]).flatMap((user) => {
    const person = incident.people[user];
    return person?.standing === "failed" ? [{ data: { user, reason: person.reason ?? "" } }] : [];
  });
  return failed.length === 0 ? undefined : notInvited(failed, view);
}

function notInvited(failed: readonly Pick<FactOf<"invite-failed">, "data">[], view: View): Announcement {
  return notice(
    failed.map(({ data: { user, reason } }) => {
      const why =
        reason === "outside"
          ? "they are not among the people this service is for."
          : `the homeserver said "${reason}".`;
      return line`${person(user, view)} could not be invited: ${why}`;
    }),
  );
}
