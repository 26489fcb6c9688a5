import { createHomeserver } from "../../src/matrix/homeserver.ts";
import type { Homeserver } from "../../src/matrix/ports.ts";
import type { Installation } from "./service.ts";

/** What whoever has the service's token can do in the bot's name, at the homeserver or what stands before it. */
export function asBot({ synapse, registration, bot }: Installation, url = synapse.url): Homeserver {
  return createHomeserver({
    url,
    asToken: registration.asToken,
    bot,
    device: "CORDON",
    timeoutMs: 60_000,
  });
}
