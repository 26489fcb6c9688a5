import { archivedBelow } from "../journal/incidents.ts";
import { HomeserverError } from "../matrix/errors.ts";
import { type Reading, repairGap } from "./gap-repair.ts";
import type { Next } from "./pump.ts";

/**
 * Between one room and the next, in milliseconds: two short calls to the homeserver each. A hundred thousand are
 * through in about a day, and the newest 3,600, which are what people still remove things from, in an hour.
 */
const paceMs = 1_000;
/** How long until a room is read once more where the homeserver did not answer, in milliseconds. */
const againMs = 5_000;
/** Between the end of one round and the next, in milliseconds. */
const restMs = 60 * 60_000;
/** Above the number of every incident. */
const all = 2 ** 31 - 1;

/**
 * Reads what came after the seals of archived rooms: a removal that the homeserver lost on its way would otherwise
 * leave what was removed in the archive for ever. One room after the other, the newest incident first, with
 * nothing kept of how far it came: what is read is short, and after a start the newest matter again.
 */
export class ArchivedRooms {
  /** Those with a number below are still to be read in this round. */
  #below = all;

  /** Begins with the newest again: the homeserver may just have lost something. */
  beginAgain(): void {
    this.#below = all;
  }

  /** Reads the next of the rooms. */
  async readNext(service: Reading): Promise<Next> {
    const below = this.#below;
    const found = await archivedBelow(service.db, below);
    // Begun again meanwhile, it is the newest's turn.
    if (this.#below !== below) return "again";
    this.#below = found?.number ?? all;
    if (found === undefined) return { inMs: restMs };
    const { number, incident } = found;
    const { room, closing } = incident;
    if (room === undefined || closing?.seal === undefined) return { inMs: paceMs };
    try {
      await repairGap(service, room.id, { after: closing.seal });
      return { inMs: paceMs };
    } catch (error) {
      if (!(error instanceof HomeserverError)) throw error;
      service.log.debug({ err: error, room: room.id }, "an archived room could not be read");
      if (!error.retryable) return { inMs: paceMs };
      if (this.#below === number) this.#below = below;
      return { inMs: error.retryAfterMs ?? againMs };
    }
  }
}
