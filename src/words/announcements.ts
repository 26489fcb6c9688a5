import type { Entry } from "../incident/entry.ts";
import type { FactOf } from "../incident/fact.ts";
import type { UserId } from "../incident/ids.ts";
import { holders, type Incident } from "../incident/incident.ts";
import { code, line, type Message, type Rich, type Span, strong } from "./rich.ts";
import { clock, duration } from "./time.ts";
import { actor, listed, people, person, severityName, type View } from "./view.ts";

/** Something the bot says in the incident's room because of an entry of its journal. */
export interface Announcement {
  readonly message: Message;
  /** Reactions the bot puts under it itself, to be pressed. */
  readonly controls?: readonly string[];
  /** What an answer to it is about. */
  readonly offer?: { readonly role: string; readonly user: string };
}

/**
 * What an entry gives to say in the room. What the card can show is not said as well, so most entries
 * give nothing.
 *
 * @param incident the incident after the entry
 */
export function announce(
  entry: Entry,
  incident: Incident,
  graceMs: number,
  view: View,
): Announcement | undefined {
  const type = (command: string) => code(`${view.prefix} ${command}`);
  const at = clock(entry.eventAt, view.timeZone);
  switch (entry.type) {
    case "role-offered":
    case "role-reminded":
      return offer(entry, incident, view);
    case "role-accepted": {
      const { role, user, from } = entry.data;
      const before = from === undefined ? [] : line`; ${person(from, view)} is ${heldNow(incident, from)}`;
      return notice([line`${person(user, view)} is ${role} since ${at}${before}.`]);
    }
    case "role-declined":
      return toLead(
        entry.data.role,
        line`${person(entry.data.user, view)} declined to be ${entry.data.role}.`,
        incident,
        view,
      );
    case "role-lapsed":
      return toLead(
        entry.data.role,
        line`${person(entry.data.user, view)} did not answer; the offer to be ${entry.data.role} has lapsed.`,
        incident,
        view,
      );
    case "severity-changed": {
      const { from, to, reason } = entry.data;
      return notice([line`${strong(severityName(to))} now, was ${severityName(from)}: ${reason}`]);
    }
    case "mitigated":
      return notice([
        line`${strong("Mitigated")} since ${at}, by ${actor(entry.actor, view)}.`,
        line`When it is over, the commander types ${type("over <summary>")}`,
      ]);
    case "over":
      return notice([
        line`${strong("Over")} since ${at}. Commander and deputy can still write; everybody else reads.`,
        graceMs === 0
          ? ["It is archived now."]
          : line`It is archived in ${duration(graceMs)}, or at once: ${type("archive")}`,
      ]);
    case "room-created":
      return notInvited(incident, view);
    case "invite-failed":
      return notice([notInvitedLine(entry.data.user, entry.data.reason, view)]);
    case "left":
      return departed(entry.data, incident, view);
    case "intruder-removed":
      return notice([line`${person(entry.data.user, view)} came in without an invitation and was removed.`]);
    case "drift":
      return notice([
        line`${culprit(entry.data.by, view)} changed the ${entry.data.what} of this room; it was put back.`,
      ]);
    case "room-unusable":
      return notice([
        [
          "The homeserver encrypted this room, so the incident cannot be run in it: the record would be blind.",
        ],
        line`The administrators turn off ${code("encryption_enabled_by_default_for_room_type")} in homeserver.yaml; then open a new one.`,
      ]);
    default:
      return undefined;
  }
}

/** Who changed a room; whoever has the homeserver can also act in the bot's name. */
function culprit(by: UserId, view: View): Span {
  return by === view.bot ? "Somebody acting in my name" : person(by, view);
}

function notice(text: Rich): Announcement {
  return { message: { text, tone: "notice" } };
}

function offer(
  entry: Entry & (FactOf<"role-offered"> | FactOf<"role-reminded">),
  incident: Incident,
  view: View,
): Announcement {
  const { role, user } = entry.data;
  const [holder] = holders(incident, role);
  const again = entry.type === "role-reminded" ? "Asked again: " : "";
  const stays = holder === undefined ? [] : line` ${person(holder, view)} stays ${role} until then.`;
  return {
    message: {
      text: [
        line`${again}${person(user, view)}: ✅ to be ${role}, ❌ to decline, or type ${code(`${view.prefix} accept`)}.${stays}`,
      ],
      tone: "page",
      mentions: [user],
    },
    controls: ["✅", "❌"],
    offer: { role, user },
  };
}

/** Tells commander and deputy that a role still waits for somebody. */
function toLead(role: string, said: Rich[number], incident: Incident, view: View): Announcement {
  const lead = [...holders(incident, "commander"), ...holders(incident, "deputy")];
  return {
    message: {
      text: [said, line`Somebody else: ${code(`${view.prefix} role ${role} @name`)}`],
      tone: "page",
      mentions: lead,
    },
  };
}

function departed(data: FactOf<"left">["data"], incident: Incident, view: View): Announcement | undefined {
  const vacant = data.vacated.filter((role) => role !== "responder" && role !== "observer");
  if (vacant.length === 0) return undefined;
  const text: Rich = [
    line`${person(data.user, view)} has left and was ${listed(vacant)}.`,
    line`To fill it: ${code(`${view.prefix} role ${vacant[0]} @name`)}`,
  ];
  const commanderless = vacant.includes("commander");
  const deputies = holders(incident, "deputy");
  return commanderless
    ? { message: { text, tone: "page", mentionsRoom: true } }
    : { message: { text, tone: "page", mentions: [...holders(incident, "commander"), ...deputies] } };
}

function heldNow(incident: Incident, user: `@${string}:${string}`): string {
  const held = Object.entries(incident.roles)
    .filter(([, holdings]) => holdings.some((holding) => holding.user === user))
    .map(([role]) => role);
  return held.length === 0 ? "without a role" : listed(held);
}

/** Those who could not be invited before there was a room to say it in. */
function notInvited(incident: Incident, view: View): Announcement | undefined {
  const failed = (Object.keys(incident.people) as UserId[]).flatMap((user) => {
    const standing = incident.people[user];
    return standing?.standing === "failed" ? [notInvitedLine(user, standing.reason ?? "", view)] : [];
  });
  return failed.length === 0 ? undefined : notice(failed);
}

function notInvitedLine(user: UserId, reason: string, view: View): Rich[number] {
  return line`${person(user, view)} could not be invited: ${inviteReason(reason)}`;
}

function inviteReason(reason: string): string {
  return reason === "outside"
    ? "they are not among the people this service is for."
    : `the homeserver said "${reason}".`;
}

/** What is told in the room once the archive stands and has been read again. */
export function archivedWords(archive: {
  readonly name: string;
  /** SHA-256 of the bag's tag manifest. */
  readonly digest: string;
  /** Whether the record is whole, in a sentence. */
  readonly statement: string;
}): Message {
  return {
    text: [
      line`${strong("Archived")} and read again. ${archive.statement}`,
      line`Archive ${archive.name}`,
      line`SHA-256 ${code(archive.digest)}`,
      ["This room stays as it is; what comes later is a new incident."],
    ],
    tone: "notice",
  };
}

/** What whoever opened an incident is told where they typed it: never its title, others may be reading. */
export function openedWords(incident: Incident, policy: { needed: readonly string[] }, view: View): Rich {
  const type = (command: string) => code(`${view.prefix} ${command}`);
  const commands = holders(incident, "commander").includes(incident.declaredBy);
  const invited = (Object.keys(incident.people) as (keyof typeof incident.people)[]).filter(
    (user) => user !== incident.declaredBy && incident.people[user]?.standing === "wanted",
  );
  return [
    line`${strong(incident.id)} is open, and you are invited to its room.`,
    commands
      ? line`You are acting commander; in the room, type ${type("accept")} to keep it or ${type("role commander @name")} to hand it on.`
      : line`You are deputy until somebody who may command accepts: ${type("role commander @name")}`,
    ...(invited.length === 0 ? [] : [line`Invited: ${people(invited, view)}.`]),
    ...(policy.needed.length === 0
      ? []
      : [line`Nobody is ${listed(policy.needed, "or")} yet: ${type(`role ${policy.needed[0]} @name`)}`]),
  ];
}
