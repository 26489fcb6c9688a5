import type { UserId } from "../incident/ids.ts";
import { type Held, holders, type Incident } from "../incident/incident.ts";
import { code, line, type Message, type Rich, strong } from "./rich.ts";
import { clock } from "./time.ts";
import { listed, people, person, severityName, type View } from "./view.ts";

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

/** The service itself failed, and nothing was changed. */
export function failedWords(reference: string): Rich {
  return [
    [
      `💥 I could not do that (ref ${reference}). Nothing was changed. Operators find it under that reference.`,
    ],
  ];
}

/**
 * What whoever opened an incident is told where they typed it: never its title, and in a lobby, where others
 * read along, nobody's name.
 */
export function openedWords(
  incident: Incident,
  view: View,
  { discreet }: { readonly discreet: boolean },
): Rich {
  const type = (command: string) => code(`${view.prefix} ${command}`);
  if (incident.state === "triage") {
    return [
      line`${strong(incident.id)} is reported, and you are invited to its room. Nobody else is.`,
      line`In the room: ${type("declare sev2 @name")} makes it an incident, ${type("cancel <reason>")} calls it off.`,
    ];
  }
  const commands = holders(incident, "commander").includes(incident.declaredBy);
  const invited = (Object.keys(incident.people) as UserId[]).filter(
    (user) => user !== incident.declaredBy && incident.people[user]?.standing === "wanted",
  );
  const others = discreet ? [`${invited.length}`] : people(invited, view);
  const vacant = Object.keys(incident.vacancies).filter((role) => role !== "commander");
  return [
    line`${strong(incident.id)} is open, and you are invited to its room.`,
    commands
      ? line`You are acting commander. In the room: ${type("accept")} to keep it, ${type("handover commander @name")} to hand it on.`
      : line`You are deputy until somebody who may command accepts. In the room: ${type("role commander @name")}`,
    ...(invited.length === 0 ? [] : [line`Others invited: ${others}.`]),
    ...(vacant.length === 0
      ? []
      : [
          line`Nobody is ${listed(vacant, "or")} (needed at ${severityName(incident.severity)}). In the room: ${type(`role ${vacant[0]} @name`)}`,
        ]),
  ];
}

/** Asks whether something is still meant that waited, or meant at all where it is odd. */
export function heldWords(
  held: { readonly name: string; readonly why: Held["why"]; readonly by: UserId; readonly sentAt: number },
  view: View,
): Rich {
  const typed = code(`${view.prefix} ${held.name} …`);
  const at = clock(held.sentAt, view.timeZone);
  const asked =
    held.why === "late"
      ? line`${person(held.by, view)}: ${typed} from ${at} has waited while I was away, and was not done.`
      : line`${person(held.by, view)}: the time in ${typed} is before the impact began, so it was not done yet.`;
  return [asked, ["✅ to do it now, ❌ to leave it. After an hour it is left."]];
}

/** What was asked about was answered too late, or has been answered before. */
export function tooLateWords(view: View): Rich {
  return [
    ["That was asked too long ago, or is answered already."],
    line`If it is still meant, type it again. What you can type: ${code(`${view.prefix} help`)}`,
  ];
}
