import type { UserId } from "../incident/ids.ts";
import { type Incident, isOnRoster } from "../incident/incident.ts";
import type { Policy } from "../incident/policy.ts";
import { roomName, topic } from "../words/card.ts";
import type { View } from "../words/view.ts";
import { isLocked, planPowerLevels } from "./power-levels.ts";

/** A piece of the room's state as it is. */
export interface ActualState {
  readonly type: string;
  readonly stateKey: string;
  readonly content: Readonly<Record<string, unknown>>;
}

/** A piece of state the room must have. */
export interface DesiredState {
  readonly type: string;
  readonly stateKey: string;
  readonly content: Readonly<Record<string, unknown>>;
}

/** What an incident's room must look like. State that is not named here must not be there. */
export interface DesiredRoom {
  readonly state: readonly DesiredState[];
  /** The names of state that somebody keeps changing back: it is left alone for the time being. */
  readonly contested: ReadonlySet<string>;
  /** Who has to be invited if they are not in the room. */
  readonly invited: readonly UserId[];
  /** Whether somebody may be in the room. */
  isWelcome(user: UserId): boolean;
}

/** The public key of archives, in OpenSSH's forms. */
export interface ArchiveKey {
  /** `SHA256:…` */
  readonly fingerprint: string;
  /** `ssh-ed25519 AAAA…` */
  readonly publicKey: string;
}

/** What the room's plan needs besides the incident itself. */
export interface Surroundings {
  readonly policy: Policy;
  readonly view: View;
  readonly bot: UserId;
  readonly roomVersion: string;
  /** The room's full alias. */
  readonly alias: string;
  /** The event id of the card, once it is in the room. */
  readonly card: string | undefined;
  /** The key that will sign the archive. */
  readonly archiveKey: ArchiveKey;
}

/** The type of the state events that say who holds a role; the state key is the role. */
export const roleStateType = "org.cordon.role";

/**
 * The type of the state event that names the key of archives. So the room itself, which the archive proves,
 * says who will sign the archive.
 */
const archiveKeyStateType = "org.cordon.archive-key";

/**
 * The whole room as it has to be for the incident as it stands. Computed anew each time and compared with
 * what is, so that a repeated run changes nothing.
 */
export function planRoom(incident: Incident, surroundings: Surroundings): DesiredRoom {
  const { policy, view, bot, roomVersion, alias, card, archiveKey } = surroundings;
  const state = (type: string, content: Readonly<Record<string, unknown>>, stateKey = ""): DesiredState => ({
    type,
    stateKey,
    content,
  });
  return {
    state: [
      state("m.room.power_levels", { ...planPowerLevels(incident, policy, bot, roomVersion) }),
      state("m.room.join_rules", { join_rule: "invite" }),
      state("m.room.history_visibility", { history_visibility: "shared" }),
      state("m.room.guest_access", { guest_access: "forbidden" }),
      state("m.room.canonical_alias", { alias }),
      state("m.room.name", { name: roomName(incident) }),
      state("m.room.topic", { topic: topic(incident, view) }),
      state(archiveKeyStateType, {
        fingerprint: archiveKey.fingerprint,
        public_key: archiveKey.publicKey,
      }),
      ...(card === undefined ? [] : [state("m.room.pinned_events", { pinned: [card] })]),
      ...Object.entries(incident.roles).map(([role, holdings]) =>
        state(roleStateType, { users: holdings.map((holding) => holding.user) }, role),
      ),
    ],
    // Nothing is left alone in a room that is being locked: its last state is what the archive proves.
    contested: new Set(isLocked(incident) ? [] : Object.keys(incident.contested)),
    invited: isLocked(incident) ? [] : wanted(incident),
    isWelcome: (user) => user === bot || isOnRoster(incident, user),
  };
}

function wanted(incident: Incident): readonly UserId[] {
  return (Object.keys(incident.people) as UserId[]).filter(
    (user) => incident.people[user]?.standing === "wanted",
  );
}

/** The body of `POST /createRoom` that makes the room as planned, its people excepted. */
export function creation(
  incident: Incident,
  plan: DesiredRoom,
  options: {
    readonly roomVersion: string;
    readonly federate: boolean;
    readonly aliasLocalpart: string;
  },
): Readonly<Record<string, unknown>> {
  const find = (type: string) => plan.state.find((state) => state.type === type)?.content;
  return {
    room_version: options.roomVersion,
    preset: "private_chat",
    visibility: "private",
    room_alias_name: options.aliasLocalpart,
    name: find("m.room.name")?.name,
    topic: find("m.room.topic")?.topic,
    creation_content: { "m.federate": options.federate, [incidentKey]: incident.id },
    power_level_content_override: find("m.room.power_levels"),
    initial_state: plan.state
      .filter((state) => !writtenByCreateRoom.has(state.type))
      .map(({ type, stateKey, content }) => ({ type, state_key: stateKey, content })),
  };
}

/** In the room's create event: which incident it belongs to. */
export const incidentKey = "org.cordon.incident";

/** What createRoom writes from its own parameters, and would write twice if it were given again. */
const writtenByCreateRoom: ReadonlySet<string> = new Set([
  "m.room.power_levels",
  "m.room.canonical_alias",
  "m.room.name",
  "m.room.topic",
]);
