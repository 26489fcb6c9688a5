import { type Client, type ClientOptions, path } from "./client.ts";
import { HomeserverError } from "./errors.ts";
import { isObject } from "./event.ts";
import { localpartOf } from "./ids.ts";
import type { Pinger, Registrar } from "./ports.ts";

/** The calls that make the bot known to the homeserver and see whether the two reach each other. */
export function registrationCalls(client: Client, { bot, device }: ClientOptions): Registrar & Pinger {
  return {
    async registerBot() {
      try {
        await client.request({
          doing: `register ${bot}`,
          method: "POST",
          path: path`/_matrix/client/v3/register`,
          as: "service",
          // Without inhibit_login a homeserver that leaves login to an authentication service refuses.
          body: {
            type: "m.login.application_service",
            username: localpartOf(bot),
            inhibit_login: true,
          },
        });
      } catch (error) {
        if (!hasCode(error, "M_USER_IN_USE")) throw error;
      }
    },

    async makeDevice(displayName) {
      await client.request({
        doing: "make the bot's device",
        method: "PUT",
        path: path`/_matrix/client/v3/devices/${device}`,
        as: "bot",
        body: { display_name: displayName },
      });
    },

    ping: (appserviceId, transactionId) =>
      client
        .read(
          {
            doing: "have the homeserver ping this service",
            method: "POST",
            path: path`/_matrix/client/v1/appservice/${appserviceId}/ping`,
            as: "service",
            body: { transaction_id: transactionId },
          },
          durationOf,
        )
        .catch(otherwise),
  };
}

function durationOf(body: unknown): number | undefined {
  return isObject(body) && typeof body.duration_ms === "number" ? body.duration_ms : undefined;
}

/**
 * Synapse ends its wait for the next try when its ping has come through, and fails at that where there is no wait
 * because a try is under way. It answers this like a ping that did not come through, for as long as it has something to
 * bring, which after a long outage takes minutes.
 */
const isDelivering = /M_CONNECTION_FAILED: Already(Called|Cancelled)\b/;

function otherwise(error: unknown): "delivering" | "unsupported" {
  if (hasCode(error, "M_UNRECOGNIZED")) return "unsupported";
  if (error instanceof HomeserverError && isDelivering.test(error.message)) return "delivering";
  throw error;
}

function hasCode(error: unknown, errcode: string): boolean {
  return error instanceof HomeserverError && error.errcode === errcode;
}
