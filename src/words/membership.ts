import type { Actor } from "../incident/entry.ts";
import type { FactOf } from "../incident/fact.ts";
import type { NotInvited } from "../incident/facts/people.ts";
import type { UserId } from "../incident/ids.ts";
import { type Incident, isRunning } from "../incident/incident.ts";
import { isEntitled } from "../incident/permissions.ts";
import { isPlain, type Policy } from "../incident/policy.ts";
import { excerpt } from "../text/excerpt.ts";
import { type Announcement, notice } from "./announcement.ts";
import { code, line, type Rich } from "./rich.ts";
import { actor, capitalised, crowd, culprit, listed, person, type View } from "./view.ts";

/** Many were invited: how many, and who could not be. */
export function crowdInvited(
  { invited, failed }: FactOf<"invitations-sent">["data"],
  view: View,
): Announcement {
  return notice([[`${invited} people are invited.`], ...failureLines(failed, view)]);
}

/** Those who could not be invited before there was a room to say it in. */
export function notInvitedBefore(incident: Incident, view: View): Announcement | undefined {
  const failed = (Object.keys(incident.people) as UserId[]).flatMap((user) => {
    const { standing, reason = "" } = incident.people[user] ?? {};
    return standing === "failed" ? [{ user, reason }] : [];
  });
  return failed.length === 0 ? undefined : notice(failureLines(failed, view));
}

/** Who could not be invited. Of a crowd all of them are named in the end. */
export function notInvited(
  entries: readonly FactOf<"invite-failed">[],
  { crowd: invited }: Incident,
  view: View,
): Announcement | undefined {
  const failed = entries
    .map(({ data }) => data)
    .filter(({ user }) => invited?.failed.some((other) => other.user === user) !== true);
  return failed.length === 0 ? undefined : notice(failureLines(failed, view));
}

/** Named at most of those who could not be invited for one reason: a message cannot hold a whole house. */
const mostNamed = 100;

/** A line for each reason. */
function failureLines(failed: readonly NotInvited[], view: View): Rich {
  const byReason = Map.groupBy(failed, ({ reason }) => reason);
  return [...byReason].map(([reason, those]) => {
    const users = those.map(({ user }) => user);
    const why =
      reason === "outside"
        ? "they are not among the people this service is for."
        : `the homeserver said "${reason}".`;
    return line`${crowd(users, view, mostNamed)} could not be invited: ${why}`;
  });
}

/** An invitation made in a client did not count: why, and how it would. */
export function withdrawn(
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

/** Somebody left, or was taken out in a client. Of who had no role of their own to lose, nothing is said. */
export function departed(
  { user, vacated, reason, by }: FactOf<"left">["data"],
  view: View,
): Announcement | undefined {
  const why = reason === undefined ? "." : `: ${excerpt(reason)}`;
  if (by !== undefined) {
    return notice([line`${person(user, view)}${was(vacated)} was taken out by ${culprit(by, view)}${why}`]);
  }
  return realRoles(vacated).length === 0
    ? undefined
    : notice([line`${person(user, view)}${was(vacated)} has left${why}`]);
}

/** Somebody was taken out by command. */
export function removed(
  { actor: by, data }: FactOf<"removed"> & { readonly actor: Actor },
  incident: Incident,
  view: View,
): Announcement {
  const invite = code(`${view.prefix} invite @name`);
  return notice([
    line`${person(data.user, view)}${was(data.vacated)} was taken out by ${actor(by, view)}: ${data.reason}`,
    ...(isRunning(incident) ? [line`Back in only by a new invitation: ${invite}`] : []),
  ]);
}

/** Somebody came in whom nobody had invited. */
export function intruded(user: UserId, incident: Incident, view: View): Announcement {
  const invite = code(`${view.prefix} invite @name`);
  return notice([
    line`${person(user, view)} came in without an invitation and was removed.`,
    ...(isRunning(incident) ? [line`Commander or deputy can invite them: ${invite}`] : []),
  ]);
}

/** `, who was scribe and comms,`, where there is something to say. */
function was(vacated: readonly string[]): string {
  const real = realRoles(vacated);
  return real.length === 0 ? "" : `, who was ${listed(real)},`;
}

function realRoles(roles: readonly string[]): readonly string[] {
  return roles.filter((role) => !isPlain(role));
}
