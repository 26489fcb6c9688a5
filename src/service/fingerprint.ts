import { createHmac } from "node:crypto";
import { secretOf } from "../journal/installation.ts";
import type { Queries } from "../store/store.ts";

/**
 * What one installation is told from another by, for anybody to see: the same in every process on its database, and
 * without a way back to the secret that its aliases come from. Eighty bits of an HMAC-SHA256, in hexadecimal.
 *
 * @returns `undefined` for a database that no service has begun to work on
 */
export async function fingerprintIn(db: Queries): Promise<string | undefined> {
  const secret = await secretOf(db);
  if (secret === undefined) return undefined;
  // No alias is made of this text: aliases come from ids of incidents and the like, which have no blanks.
  const digest = createHmac("sha256", secret).update("fingerprint of the installation");
  return digest.digest("hex").slice(0, 20);
}

/** The fingerprint for whoever cannot wait for a database; looked for again until there is one. */
export class Fingerprint {
  readonly #db: Queries;
  #found: string | undefined;
  #looking = false;

  constructor(db: Queries) {
    this.#db = db;
  }

  /** What is known of it by now. */
  get known(): string | undefined {
    if (this.#found === undefined) void this.look();
    return this.#found;
  }

  /** Looks for it, where nobody does already. A database that is away is told of elsewhere. */
  async look(): Promise<void> {
    if (this.#looking) return;
    this.#looking = true;
    try {
      this.#found ??= await fingerprintIn(this.#db);
    } catch {
      // Asked for again by whoever wants to know.
    } finally {
      this.#looking = false;
    }
  }
}
