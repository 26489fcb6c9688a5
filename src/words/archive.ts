import type { Entry } from "../incident/entry.ts";
import type { FactOf } from "../incident/fact.ts";
import type { IncidentId } from "../incident/ids.ts";
import { type Announcement, notice } from "./announcement.ts";
import { code, line, type Message, type Rich, strong } from "./rich.ts";
import { actor, type View } from "./view.ts";

/** An archive that was written and read again. */
interface Told {
  readonly name: string;
  /** SHA-256 of the bag's tag manifest. */
  readonly digest: string;
  /** Whether the record is whole, in a sentence. */
  readonly statement: string;
}

const madeAnew = "The archive is made anew without it once nothing more was removed for a while.";

/** What is said when somebody has a message removed that is in an archive: to the administrators, never why. */
export function removalOrdered(
  { actor: by, data, incident }: Entry & FactOf<"redaction-ordered">,
  view: View,
): readonly Announcement[] {
  const told = notice([
    line`${strong(incident)}: ${actor(by, view)} has a message removed from what is archived.`,
    [madeAnew],
  ]);
  return [
    notice([
      line`${actor(by, view)} has a message removed from this archived room: ${data.reason}`,
      [madeAnew],
    ]),
    { ...told, to: "administrators" },
  ];
}

/** What whoever had it removed is told, wherever they asked for it. */
export function removalTaken(incident: IncidentId): Rich {
  return [line`The message is being removed from ${strong(incident)}.`, [madeAnew]];
}

/** What is told in the room when an archive was made anew, without what was removed since. */
export function revisedWords(
  archive: Told & { readonly revision: number; readonly former: string; readonly kept: boolean },
): Message {
  const { statement, revision, former, kept } = archive;
  return {
    text: [
      line`Something was removed here after this was archived, so the archive was made anew: ${strong(`revision ${revision}`)}. ${statement}`,
      ...identified(archive),
      line`It takes the place of ${former}, ${kept ? "which is kept apart" : "which is removed"}; its signature is kept in the new one.`,
    ],
    tone: "notice",
  };
}

/** What stands in the room where the report would. */
export const reportNotTaken: Message = {
  text: [
    line`The homeserver takes no file as large as the report, so it is not here. It lies in the archive, as ${code("data/report.html")}; the administrators have it.`,
  ],
  tone: "notice",
};

/** Where an archive lies, for the administrators: never what the incident is called. */
export function whereArchived(
  incident: IncidentId,
  archive: Omit<Told, "name"> & {
    readonly path: string;
    readonly revision?: number;
    /** The report of the archive before, as the homeserver still has it. */
    readonly formerReport?: string;
  },
): Message {
  const { path, revision, formerReport } = archive;
  const what = revision === undefined ? "is archived" : `has another archive, revision ${revision}`;
  return {
    text: [
      line`${strong(incident)} ${what}: ${code(path)}`,
      line`SHA-256 ${code(archive.digest)}`,
      [archive.statement],
      ...(formerReport === undefined
        ? []
        : [
            line`The report of the one before is removed from the room. The homeserver still has its file, ${code(formerReport)}: its administration can delete it.`,
          ]),
    ],
    tone: "notice",
  };
}

function identified({ name, digest }: Told): Rich {
  return [line`Archive ${name}`, line`SHA-256 ${code(digest)}`];
}

/** Why an archive cannot be copied, or one that is superseded not be removed. */
export type CopyTrouble = "absent" | "full" | "read-only" | "refused" | "damaged" | "taken" | "failing";

/** What is to be done with an archive, and where. */
interface Errand {
  readonly incident: string;
  readonly name: string;
  readonly what: "copy" | "remove" | "remove-copy";
  /** The folder of archives. */
  readonly from: string;
  /** The folder in which it is to be done. */
  readonly to: string;
}

/** Tells the administrators what keeps it from being done, and what to do about it. */
export function copyTrouble(errand: Errand & { readonly trouble: CopyTrouble }): Message {
  const { incident, name, what, to } = errand;
  const [why, cure] = reasonOf(errand);
  const failed =
    what === "copy"
      ? line`${strong(incident)}: its archive could not be copied to ${code(to)}: ${why}.`
      : line`${strong(incident)}: ${name}, whose place another archive took, could not be removed from ${code(to)}: ${why}.`;
  return {
    text: [failed, [cure], ["It is tried again until it works, and I say so then."]],
    tone: "page",
    mentionsRoom: true,
  };
}

/** Tells the administrators that it has been done after all. */
export function copyMade({ incident, name, what, to }: Errand): Message {
  const done = what === "copy" ? "is copied to" : "is removed from";
  return { text: [line`${strong(incident)}: ${name} ${done} ${code(to)} now.`], tone: "notice" };
}

function reasonOf({ trouble, from }: Errand & { readonly trouble: CopyTrouble }): readonly [string, string] {
  switch (trouble) {
    case "absent":
      return ["there is no such folder", "Mount the share, or make the folder that archive.copy_to names."];
    case "full":
      return ["there is no space left", "Free some space there."];
    case "read-only":
      return ["it can only be read", "Mount it so that it can be written."];
    case "refused":
      return ["I may not write there", "Give the user that runs Cordon write access to it."];
    case "damaged":
      return [`what lies in ${from} is not as it was made`, "Bring it back from a backup, folder and zip."];
    case "taken":
      return ["another archive of that name lies there", "Move that one away."];
    case "failing":
      return ["it does not keep what is written", "Look whether it is still mounted, and its disk sound."];
  }
}
