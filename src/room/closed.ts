import type { Incident } from "../incident/incident.ts";
import type { ActualState } from "./plan.ts";
import { levelToPost } from "./power-levels.ts";

/** Whether a room is closed to people who could write in it as the journal has it. */
export function isMoreClosed(incident: Incident, actual: readonly ActualState[]): boolean {
  const levels = actual.find(({ type }) => type === "m.room.power_levels")?.content;
  return typeof levels?.events_default === "number" && levels.events_default > levelToPost(incident);
}

/**
 * Whether a room is left alone: it was found closed after a restore, and nobody knows why. Anything written into it
 * would open it again without anybody having said so.
 */
export function isHeld(incident: Incident, actual: readonly ActualState[]): boolean {
  return incident.restored?.found === "closed" && isMoreClosed(incident, actual);
}
