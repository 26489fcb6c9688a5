import { isDeepStrictEqual } from "node:util";
import type { UserId } from "../incident/ids.ts";
import { undoing } from "./foreign-state.ts";
import { isPinned, pinsWith } from "./pins.ts";
import type { ActualState, DesiredRoom, DesiredState } from "./plan.ts";
import { equalsOfBot, withEquals } from "./power-levels.ts";
import { stateName } from "./state-name.ts";

const powerLevels = "m.room.power_levels";

/** What has to be done so that the room is as planned. */
export interface Difference {
  readonly write: readonly DesiredState[];
  /** State that nothing can be written over. */
  readonly redact: readonly ActualState[];
  readonly invite: readonly UserId[];
  /** Those of them whose ban has to be lifted first. */
  readonly unban: ReadonlySet<UserId>;
  readonly remove: readonly UserId[];
}

/** Compares the room as it has to be with the room as it is known to be. */
export function difference(plan: DesiredRoom, actual: readonly ActualState[]): Difference {
  const known = new Map(actual.map((state) => [keyOf(state), state.content]));
  const membershipOf = (user: UserId) =>
    known.get(keyOf({ type: "m.room.member", stateKey: user }))?.membership;
  const invite = plan.invited.filter((user) => !["join", "invite"].includes(String(membershipOf(user))));
  const undone = actual.filter((state) => isForeign(plan, state)).flatMap((state) => undoing(state) ?? []);
  const kept = (state: DesiredState | ActualState) => !plan.contested.has(stateName(state.type));
  return {
    write: [
      ...plan.state.flatMap((desired) => adapted(desired, known.get(keyOf(desired))) ?? []),
      ...undone.flatMap((each) => ("write" in each ? [each.write] : [])),
    ].filter(kept),
    redact: undone.flatMap((each) => ("redact" in each ? [each.redact] : [])).filter(kept),
    invite,
    unban: new Set(invite.filter((user) => membershipOf(user) === "ban")),
    remove: unwelcome(plan, actual),
  };
}

/** Whether a piece of state is as it has to be, planned or not. */
export function isInOrder(plan: DesiredRoom, state: ActualState): boolean {
  const desired = plan.state.find((each) => keyOf(each) === keyOf(state));
  return desired === undefined ? undoing(state) === undefined : isAsPlanned(desired, state.content);
}

/** Whether a piece of state is as planned. */
export function isAsPlanned(desired: DesiredState, actual: ActualState["content"] | undefined): boolean {
  if (actual === undefined) return false;
  if (desired.type === "m.room.pinned_events") return isPinned(desired.content, actual);
  if (isDeepStrictEqual(actual, desired.content)) return true;
  // Homeservers add the text in its newer form to the topic of a new room.
  const { topic } = desired.content;
  return (
    desired.type === "m.room.topic" &&
    isDeepStrictEqual(actual, { topic, "m.topic": { "m.text": [{ body: topic }] } })
  );
}

/** What has to be written in place of what is: the plan, and what of the present stays; `undefined` for nothing. */
function adapted(
  desired: DesiredState,
  actual: ActualState["content"] | undefined,
): DesiredState | undefined {
  if (isAsPlanned(desired, actual)) return undefined;
  const content = contentAfter(desired, actual ?? {});
  return isDeepStrictEqual(content, actual) ? undefined : { ...desired, content };
}

function contentAfter(desired: DesiredState, actual: ActualState["content"]): DesiredState["content"] {
  switch (desired.type) {
    case "m.room.pinned_events":
      return pinsWith(desired.content, actual);
    case powerLevels:
      return withEquals(desired.content, actual);
    default:
      return desired.content;
  }
}

/** Who has the bot's own power by a piece of state, which the bot cannot take back. */
export function beyondReach(plan: DesiredRoom, state: ActualState): readonly UserId[] {
  if (state.type !== powerLevels) return [];
  const planned = plan.state.find((each) => each.type === powerLevels)?.content ?? {};
  return Object.keys(equalsOfBot(planned, state.content)).filter(isPerson);
}

function isPerson(user: string): user is UserId {
  return /^@[^:]+:/.test(user);
}

/** Who is in the room, or about to be, and may not; but for those whom the bot has no power to remove. */
function unwelcome(plan: DesiredRoom, actual: readonly ActualState[]): readonly UserId[] {
  const levels = actual.find((state) => state.type === powerLevels)?.content ?? {};
  const planned = plan.state.find((state) => state.type === powerLevels)?.content ?? {};
  const beyond = equalsOfBot(planned, levels);
  return actual
    .filter(({ type, content }) => type === "m.room.member" && isPresent(content.membership))
    .map(({ stateKey }) => stateKey as UserId)
    .filter((user) => !plan.isWelcome(user) && !(user in beyond));
}

function isPresent(membership: unknown): boolean {
  return membership === "join" || membership === "invite" || membership === "knock";
}

function isForeign(plan: DesiredRoom, state: ActualState): boolean {
  return !plan.state.some((desired) => keyOf(desired) === keyOf(state));
}

function keyOf(state: { readonly type: string; readonly stateKey: string }): string {
  return `${state.type}\u0000${state.stateKey}`;
}
