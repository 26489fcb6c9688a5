import type { EventId, UserId } from "../incident/ids.ts";

/** No more invitations of one person are handled within a minute. */
const most = 10;
const minuteMs = 60_000;
/** So many inviters are remembered, those who invited last. */
const remembered = 1_000;

interface Inviter {
  readonly handled: readonly { readonly invitation: EventId; readonly at: number }[];
  /** When it was last said that they invite too often. */
  readonly toldAt: number;
}

/** Holds off those who invite the bot so often that it would have no time for others. */
export class InvitationFlood {
  readonly #inviters = new Map<UserId, Inviter>();

  /**
   * What to do with an invitation: handle it, or leave it unanswered, and `tell` of that in the log or not.
   * One that is tried again counts once.
   */
  judge(inviter: UserId, invitation: EventId, now: number): "handle" | "tell" | "ignore" {
    const { handled, toldAt } = this.#recent(inviter, now);
    if (handled.some((each) => each.invitation === invitation)) return "handle";
    if (handled.length < most) {
      this.#remember(inviter, { handled: [...handled, { invitation, at: now }], toldAt });
      return "handle";
    }
    if (isRecent(toldAt, now)) return "ignore";
    this.#remember(inviter, { handled, toldAt: now });
    return "tell";
  }

  #recent(inviter: UserId, now: number): Inviter {
    const known = this.#inviters.get(inviter);
    if (known === undefined) return { handled: [], toldAt: Number.NEGATIVE_INFINITY };
    return { ...known, handled: known.handled.filter(({ at }) => isRecent(at, now)) };
  }

  #remember(inviter: UserId, what: Inviter): void {
    this.#inviters.delete(inviter);
    this.#inviters.set(inviter, what);
    const [oldest] = this.#inviters.keys();
    if (this.#inviters.size > remembered && oldest !== undefined) this.#inviters.delete(oldest);
  }
}

/** Whether something was within the last minute. What lies ahead was before the clock was set back. */
function isRecent(at: number, now: number): boolean {
  return Math.abs(now - at) < minuteMs;
}
