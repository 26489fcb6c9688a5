import { HomeserverError } from "../matrix/errors.ts";
import type { Pinger, Registrar } from "../matrix/ports.ts";

/** What the two sides of a registration disagree about. */
export type TokenRefusalCode = "as-token-unknown" | "id-unknown" | "hs-token-wrong" | "bot-unclaimed";

const words: Readonly<Record<TokenRefusalCode, string>> = {
  "as-token-unknown": "the homeserver does not know our as_token",
  "id-unknown": "the homeserver knows our as_token under another id than that of the registration",
  "hs-token-wrong": "the homeserver shows another hs_token than that of the registration",
  "bot-unclaimed":
    "the homeserver does not let this service be its bot: the registration that it was started with claims no such user in namespaces.users",
};

/** The two sides do not have the same registration. Nothing gets better by waiting: somebody has to change a file. */
export class TokenRefusal extends Error {
  override readonly name = "TokenRefusal";
  readonly code: TokenRefusalCode;
  /** What to do about it. */
  readonly cure =
    "give the homeserver the same registration.yaml, in app_service_config_files of homeserver.yaml, and restart it";

  constructor(code: TokenRefusalCode) {
    super(words[code]);
    this.code = code;
  }
}

/**
 * Has the homeserver ping this service, with which both tokens are shown, and gives how long that took in
 * milliseconds, where the homeserver tells it.
 *
 * @throws TokenRefusal where one side does not accept the other's token; `HomeserverError` for all else
 */
export async function pingThrough(
  homeserver: Pinger,
  appserviceId: string,
  transactionId: string,
): Promise<number | "delivering" | "unsupported"> {
  try {
    return await homeserver.ping(appserviceId, transactionId);
  } catch (error) {
    if (!(error instanceof HomeserverError)) throw error;
    const { errcode, pingStatus } = error;
    // Client-server API, `POST /appservice/{id}/ping`: the token belongs to another service, or to a person.
    if (errcode === "M_FORBIDDEN") throw new TokenRefusal("id-unknown");
    if (pingStatus === 401 || pingStatus === 403) throw new TokenRefusal("hs-token-wrong");
    throw orTokenRefusal(error);
  }
}

/** For errors of any call: the refusal of our token where that is what it is, otherwise the error itself. */
export function orTokenRefusal(error: unknown): unknown {
  if (!(error instanceof HomeserverError)) return error;
  const isRefusal = error.errcode === "M_UNKNOWN_TOKEN" || error.errcode === "M_MISSING_TOKEN";
  return isRefusal ? new TokenRefusal("as-token-unknown") : error;
}

/**
 * Makes the bot's account and its device, where they are missing.
 *
 * @throws TokenRefusal where the homeserver does not let this service act as the bot; `HomeserverError` for all else
 */
export async function makeBot(homeserver: Registrar): Promise<void> {
  try {
    await homeserver.registerBot();
    await homeserver.makeDevice("Cordon");
  } catch (error) {
    // Client-server API, "register" and "Identity assertion": the user is in no namespace of this service.
    const isRefusal =
      error instanceof HomeserverError && ["M_EXCLUSIVE", "M_FORBIDDEN"].includes(error.errcode ?? "");
    throw isRefusal ? new TokenRefusal("bot-unclaimed") : error;
  }
}
