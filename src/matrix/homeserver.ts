import { type ClientOptions, createClient } from "./client.ts";
import { HomeserverError } from "./errors.ts";
import { invitationCalls } from "./invitations.ts";

import { mediaCalls } from "./media.ts";
import type { Homeserver } from "./ports.ts";
import { registrationCalls } from "./registration.ts";
import { roomCalls } from "./rooms.ts";
import { serverCalls } from "./server.ts";
import { timelineCalls } from "./timeline.ts";
import { misspoken } from "./wire.ts";

/** The homeserver as the bot meets it. Makes no call by itself. */
export function createHomeserver(options: ClientOptions): Homeserver {
  const client = createClient(options);
  return {
    ...registrationCalls(client, options),
    ...roomCalls(client),
    ...invitationCalls(client),
    ...timelineCalls(client),
    ...mediaCalls(client, options),
    ...serverCalls(client),
    async greet() {
      const words = await misspoken(options.url);
      if (words === undefined) return;
      throw new HomeserverError("malformed", `Could not reach the homeserver at ${options.url}: ${words}.`);
    },
  };
}
