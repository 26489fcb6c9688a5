import { crashPoint } from "../crash/point.ts";
import { project } from "../incident/evolve.ts";
import type { Fact } from "../incident/fact.ts";
import type { RoomId, UserId } from "../incident/ids.ts";
import type { Incident } from "../incident/incident.ts";
import type { Observation } from "../incident/intent.ts";
import { observe } from "../incident/observe.ts";
import type { Policy } from "../incident/policy.ts";
import type { StoredIncident } from "../journal/incidents.ts";
import { type KnownState, knownState, noteState } from "../journal/known-rooms.ts";
import { HomeserverError } from "../matrix/errors.ts";
import type { JsonObject } from "../matrix/event.ts";
import type { Inviter, StateReader, Unbanner } from "../matrix/ports.ts";
import type { Difference } from "../room/difference.ts";
import { changeIncident } from "./change.ts";
import { momentOf, type Service } from "./service.ts";

/** So many invitations are under way at the same time. */
const atOnce = 10;
/** How long to wait where the homeserver asks for it without saying how long, in milliseconds. */
const usualPauseMs = 5_000;

/** What became of one invitation. */
type Answer = { readonly user: UserId } & (
  | { readonly type: "invited" }
  /** In the room, or invited, already. */
  | { readonly type: "there"; readonly member: JsonObject }
  | { readonly type: "refused"; readonly reason: string }
  /** The homeserver wants to be asked again later: nobody is lost by it. */
  | { readonly type: "later"; readonly inMs: number }
  /** No answer; then the others are not asked either. */
  | { readonly type: "broken"; readonly error: HomeserverError }
);

/**
 * Invites everyone who is due. What the homeserver refuses for good comes to the incident as one change;
 * where it asks to wait for some, the others go on.
 *
 * @returns in how many milliseconds to come back, where somebody is left
 */
export async function inviteAll(
  service: Service,
  stored: StoredIncident,
  room: RoomId,
  due: Pick<Difference, "invite" | "unban">,
): Promise<{ readonly againInMs?: number }> {
  const answers = await askForAll(service.homeserver, room, due);
  if (answers.length > 0) crashPoint("room/invited");
  await noteAll(service, room, answers);
  await tell(service, stored, answers);
  for (const answer of answers) if (answer.type === "broken") throw answer.error;
  const pauses = answers.flatMap((answer) => (answer.type === "later" ? [answer.inMs] : []));
  return pauses.length === 0 ? {} : { againInMs: Math.min(...pauses) };
}

/** Asks the homeserver to invite everyone who is due, some of them at the same time. */
export async function askForAll(
  homeserver: Inviter & Unbanner & StateReader,
  room: RoomId,
  { invite, unban }: Pick<Difference, "invite" | "unban">,
): Promise<readonly Answer[]> {
  const answers: Answer[] = [];
  const waiting = invite.values();
  const askOneByOne = async () => {
    for (const user of waiting) {
      if (answers.some(({ type }) => type === "broken")) return;
      answers.push(await askFor(homeserver, room, user, unban.has(user)));
    }
  };
  await Promise.all(Array.from({ length: atOnce }, askOneByOne));
  return answers;
}

async function askFor(
  homeserver: Inviter & Unbanner & StateReader,
  room: RoomId,
  user: UserId,
  isBanned: boolean,
): Promise<Answer> {
  try {
    if (isBanned) await homeserver.unban(room, user);
    await homeserver.invite(room, user);
    return { type: "invited", user };
  } catch (error) {
    if (!(error instanceof HomeserverError)) throw error;
    if (error.kind === "limited") return { type: "later", user, inMs: error.retryAfterMs ?? usualPauseMs };
    if (error.retryable) return { type: "broken", user, error };
    // Who is in the room already is refused too: look before telling of a failure.
    const member = await homeserver.readStateEvent(room, "m.room.member", user);
    if (member?.membership === "join" || member?.membership === "invite") {
      return { type: "there", user, member };
    }
    return { type: "refused", user, reason: error.errcode ?? error.message };
  }
}

/** Notes who is invited now. Who was quick has joined since, which is known already and must not be forgotten. */
async function noteAll(service: Service, room: RoomId, answers: readonly Answer[]): Promise<void> {
  const known = new Set(
    (await knownState(service.db, room)).filter(isPresent).map(({ stateKey }) => stateKey),
  );
  for (const answer of answers) {
    if (answer.type !== "invited" && answer.type !== "there") continue;
    if (known.has(answer.user)) continue;
    const content = answer.type === "there" ? answer.member : { membership: "invite" };
    const stateKey = answer.user;
    await noteState(service.db, room, { type: "m.room.member", stateKey, content, sender: service.bot });
  }
}

function isPresent({ type, content }: KnownState): boolean {
  return type === "m.room.member" && (content.membership === "join" || content.membership === "invite");
}

/** Brings the refusals of a round to the incident, in one change. */
async function tell(service: Service, stored: StoredIncident, answers: readonly Answer[]): Promise<void> {
  const refused = answers.flatMap((answer): readonly Observation[] =>
    answer.type === "refused" ? [{ type: "invite-refused", user: answer.user, reason: answer.reason }] : [],
  );
  if (refused.length === 0) return;
  // A refusal that is told twice means nothing the second time, so the moment is name enough.
  const at = service.now();
  const occasion = { cause: `room/invitations/${at}`, actor: "cordon", eventAt: at } as const;
  await changeIncident(service, stored.incident.id, occasion, (current) => ({
    facts: current === undefined ? [] : observeAll(current.incident, refused, service.rules.policy, at),
  }));
}

/**
 * Tells of a crowd that everyone in it has been invited, or cannot be.
 *
 * @returns whether there was one
 */
export async function tellOfCrowd(service: Service, { incident }: StoredIncident): Promise<boolean> {
  if (incident.crowd === undefined || incident.closing !== undefined) return false;
  const occasion = {
    cause: `room/crowd/${incident.head.seq}`,
    actor: "cordon",
    eventAt: service.now(),
  } as const;
  await changeIncident(service, incident.id, occasion, (current) => ({
    facts:
      current === undefined ? [] : observe(current.incident, { type: "invitations-sent" }, momentOf(service)),
  }));
  return true;
}

/** What follows from several observations, each seen after those before it. */
function observeAll(
  incident: Incident,
  seen: readonly Observation[],
  policy: Policy,
  at: number,
): readonly Fact[] {
  const facts: Fact[] = [];
  let now = incident;
  for (const each of seen) {
    const following = observe(now, each, { at, policy });
    facts.push(...following);
    now = project(now, following, { actor: "cordon", at }) ?? now;
  }
  return facts;
}
