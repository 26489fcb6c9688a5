import { type Account, request } from "../src/demo/client.ts";
import { object, text } from "../src/matrix/event.ts";

/** Somebody whose client waits for invitations. */
export class Invitee {
  readonly account: Account;
  #since: string | undefined;

  constructor(account: Account) {
    this.account = account;
  }

  /** Catches up with everything there is, so that the next news is really new. */
  async catchUp(): Promise<void> {
    await this.#sync(0);
  }

  /** Resolves as soon as `/sync` brings an invitation. */
  async invited(): Promise<void> {
    for (;;) {
      const rooms = object(await this.#sync(30_000), "rooms");
      if (Object.keys(object(rooms, "invite") ?? {}).length > 0) return;
    }
  }

  async #sync(timeout: number) {
    const { homeserver, accessToken } = this.account;
    const query = new URLSearchParams({
      timeout: String(timeout),
      ...(this.#since === undefined ? {} : { since: this.#since }),
    });
    const answer = await request(homeserver, "GET", `/_matrix/client/v3/sync?${query}`, { accessToken });
    this.#since = text(answer, "next_batch");
    return answer;
  }
}
