import { object, text } from "../../matrix/event.ts";
import { isUserId, localpartOf, type MediaUri } from "../../matrix/ids.ts";
import { avatarOf } from "../attachments/attachment.ts";
import { visible } from "../visible.ts";
import { eventTime, type Recorded } from "./pdulog.ts";

/** A membership, or the room's power levels, from one state event to the next; `to` is absent while it holds. */
export interface StateInterval {
  readonly event: string;
  readonly by: string;
  readonly from: number;
  readonly to?: number;
}

/** Somebody's standing in the room for a time. */
export interface Membership extends StateInterval {
  readonly user: string;
  readonly membership: string;
  readonly name?: string;
  readonly reason?: string;
}

/** The name a user id is shown by where there is no better: its local part. */
function plainName(user: string): string {
  return isUserId(user) ? localpartOf(user) : user;
}

/** Names and memberships as the room's own events give them, oldest first. */
export class People {
  readonly #past: Membership[] = [];
  readonly #now = new Map<string, Membership>();
  readonly #names = new Map<string, string>();
  readonly #avatars = new Map<string, MediaUri>();
  readonly #bearers = new Map<string, Set<string>>();

  /** Takes note of an event. Only memberships matter. */
  see({ id, pdu }: Recorded): void {
    const user = pdu.state_key;
    if (pdu.type !== "m.room.member" || typeof user !== "string") return;
    const membership = text(pdu.content, "membership") ?? "unknown";
    const from = eventTime(pdu);
    const name = text(pdu.content, "displayname");
    const reason = text(pdu.content, "reason");
    // Who leaves has no name in the event any more, and is still spoken of by the last one.
    if (name !== undefined && name.trim() !== "") this.#rename(user, visible(name.trim()));
    if (membership === "join") this.#picture(user, avatarOf(pdu.content));
    const before = this.#now.get(user);
    if (before !== undefined) this.#past.push({ ...before, to: from });
    this.#now.set(user, {
      user,
      membership,
      event: id,
      by: typeof pdu.sender === "string" ? pdu.sender : "",
      from,
      ...(name === undefined ? {} : { name }),
      ...(reason === undefined ? {} : { reason }),
    });
  }

  /** The name somebody goes by now: with the user id where two people go by the same. */
  nameOf(user: string): string {
    const name = this.#names.get(user) ?? visible(plainName(user));
    const bearers = this.#bearers.get(name);
    const isAlone = bearers === undefined || (bearers.size === 1 && bearers.has(user));
    return isAlone ? name : `${name} (${visible(user)})`;
  }

  /** The picture somebody has by now, if any. */
  avatarOf(user: string): MediaUri | undefined {
    return this.#avatars.get(user);
  }

  #picture(user: string, avatar: MediaUri | undefined): void {
    if (avatar === undefined) this.#avatars.delete(user);
    else this.#avatars.set(user, avatar);
  }

  #rename(user: string, name: string): void {
    this.#bearers.get(this.#names.get(user) ?? "")?.delete(user);
    this.#names.set(user, name);
    this.#bearers.set(name, (this.#bearers.get(name) ?? new Set()).add(user));
  }

  /** Whether the room has said yet what somebody is called. */
  hasName(user: string): boolean {
    return this.#names.has(user);
  }

  /** Somebody's standing as it is now. */
  membershipOf(user: string): Membership | undefined {
    return this.#now.get(user);
  }

  /** All memberships in the order in which they began. */
  memberships(): readonly Membership[] {
    return [...this.#past, ...this.#now.values()].sort((a, b) => a.from - b.from);
  }
}

/** The room's power levels over time. */
export class PowerLevels {
  readonly #intervals: (StateInterval & { readonly levels: unknown })[] = [];

  see({ id, pdu }: Recorded): void {
    if (pdu.type !== "m.room.power_levels" || pdu.state_key !== "") return;
    const from = eventTime(pdu);
    const last = this.#intervals.pop();
    if (last !== undefined) this.#intervals.push({ ...last, to: from });
    const by = typeof pdu.sender === "string" ? pdu.sender : "";
    this.#intervals.push({ event: id, by, from, levels: object(pdu, "content") ?? {} });
  }

  all(): readonly StateInterval[] {
    return this.#intervals;
  }
}
