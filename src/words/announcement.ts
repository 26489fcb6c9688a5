import type { UserId } from "../incident/ids.ts";
import { holders, type Incident } from "../incident/incident.ts";
import type { Message, Rich } from "./rich.ts";

/** Something the bot says by itself because of an entry of an incident's journal. */
export interface Announcement {
  readonly message: Message;
  /** Where it is said, if not in the incident's room. */
  readonly to?: "administrators";
  /** Reactions the bot puts under it itself, to be pressed. */
  readonly controls?: readonly string[];
  /** What an answer to it is about. */
  readonly offer?: { readonly role: string; readonly user: UserId; readonly kind: "asked" | "volunteered" };
  /** The task that it asks to acknowledge. */
  readonly task?: number;
  /** The handover that waits for it, where it is a brief. */
  readonly brief?: { readonly role: string; readonly user: UserId; readonly at: number };
}

/** Said without waking anybody. */
export function notice(text: Rich): Announcement {
  return { message: { text, tone: "notice" } };
}

/** Said so that these people are woken; everybody in the room where nobody is named. */
export function page(text: Rich, mentions?: readonly UserId[]): Announcement {
  return {
    message: { text, tone: "page", ...(mentions === undefined ? { mentionsRoom: true } : { mentions }) },
  };
}

/** Said where the administrators read. */
export function toAdministrators(text: Rich): Announcement {
  return { message: { text, tone: "page", mentionsRoom: true }, to: "administrators" };
}

/** Commander and deputy. */
export function leadOf(incident: Incident): readonly UserId[] {
  return [...holders(incident, "commander"), ...holders(incident, "deputy")];
}
