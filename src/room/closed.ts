import type { ActualState, DesiredRoom } from "./plan.ts";

/**
 * Whether a room is closed to people who could write in it as planned. Where nobody knows why, nothing is written
 * into it: it would be open again without anybody having said so.
 */
export function isMoreClosed(plan: DesiredRoom, actual: readonly ActualState[]): boolean {
  return levelToWrite(actual) > levelToWrite(plan.state);
}

function levelToWrite(state: readonly ActualState[]): number {
  const levels = state.find(({ type }) => type === "m.room.power_levels")?.content;
  return typeof levels?.events_default === "number" ? levels.events_default : 0;
}
