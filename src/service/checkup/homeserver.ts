import type { Registration } from "../../config/registration.ts";
import { HomeserverError } from "../../matrix/errors.ts";
import type { RoomId, UserId } from "../../matrix/ids.ts";
import type {
  AliasResolver,
  Greeter,
  InvitationLister,
  Pinger,
  ServerInfo,
  StateReader,
} from "../../matrix/ports.ts";
import type { Rules } from "../service.ts";
import { orTokenRefusal, pingThrough, TokenRefusal } from "../tokens.ts";
import { checkInvitations, type Inviting } from "./bot.ts";
import { type Check, doubtful, type Finding, ill, well } from "./finding.ts";
import { checkConfiguredRooms } from "./rooms.ts";

/** From which difference of the clocks on times look wrong to people, in milliseconds. */
const clockMs = 2_000;

/** What is to be compared with the homeserver. */
export interface Expected {
  readonly url: string;
  readonly registration: Pick<Registration, "id" | "url" | "senderLocalpart" | "namespaces">;
  readonly roomVersion: string;
  /** Rooms that were made the way those of incidents are, the newest last. */
  readonly rooms: readonly RoomId[];
  readonly bot: UserId;
  /** The paths of the two files that say who the bot is. */
  readonly files: Inviting["files"];
  /** The rooms that the configuration names. */
  readonly configured: Pick<Rules, "lobbies" | "rosters" | "administratorsRoom">;
  /** Whether the service listens, so that the homeserver can reach it. */
  readonly serviceRuns: boolean;
}

/** Looks at the homeserver; where it does not answer, or does not know us, there is no more to see. */
export async function* checkHomeserver(
  homeserver: ServerInfo & Greeter & Pinger & StateReader & AliasResolver & InvitationLister,
  expected: Expected,
): AsyncIterable<Finding> {
  const there = await checkReachable(homeserver, expected.url);
  yield there;
  if (there.verdict === "fail") return;
  const ping = await tryPing(homeserver, expected.registration.id);
  const known = ourToken(ping);
  yield known;
  yield theirToken(ping, expected);
  if (known.verdict === "fail") return;
  yield await checkClock(homeserver);
  yield await checkRoomVersion(homeserver, expected.roomVersion);
  yield await checkEncryption(homeserver, expected.rooms);
  yield await checkInvitations(homeserver, { ...expected, hasWorked: expected.rooms.length > 0 });
  yield await orSaid("rooms", () => checkConfiguredRooms(homeserver, expected.bot, expected.configured));
}

async function checkReachable(homeserver: ServerInfo & Greeter, url: string): Promise<Finding> {
  return orSaid("homeserver", async () => {
    try {
      await homeserver.greet();
      const versions = await homeserver.versions();
      return well("homeserver", `${url} answers, Matrix ${versions.at(-1) ?? "of no version"}`);
    } catch (error) {
      // It answers all the same; the tokens are looked at next.
      if (orTokenRefusal(error) instanceof TokenRefusal) return well("homeserver", `${url} answers`);
      throw error;
    }
  });
}

type Ping = number | "delivering" | "unsupported" | TokenRefusal | HomeserverError;

async function tryPing(homeserver: Pinger, id: string): Promise<Ping> {
  try {
    return await pingThrough(homeserver, id, `cordon-doctor-${Date.now()}`);
  } catch (error) {
    if (error instanceof TokenRefusal || error instanceof HomeserverError) return error;
    throw error;
  }
}

function ourToken(ping: Ping): Finding {
  if (ping instanceof TokenRefusal && ping.code !== "hs-token-wrong")
    return refusedFinding("us → homeserver", ping);
  return well("us → homeserver", "as_token accepted");
}

function theirToken(ping: Ping, { registration, serviceRuns }: Expected): Finding {
  const check = "homeserver → us";
  if (typeof ping === "number") return well(check, `hs_token accepted, ${ping} ms there and back`);
  if (ping === "delivering")
    return well(check, "hs_token accepted; the homeserver is bringing what it held back");
  if (ping === "unsupported") {
    return doubtful(
      check,
      "not known: this homeserver cannot ping (it is older than Matrix 1.7)",
      "Update it.",
    );
  }
  if (ping instanceof TokenRefusal) {
    if (ping.code === "hs-token-wrong") return refusedFinding(check, ping);
    return doubtful(check, "not known: the homeserver must accept our as_token first");
  }
  if (!serviceRuns) return doubtful(check, "not known: the service does not run");
  if (ping.pingStatus !== undefined) {
    const cure = `Look at what answers at ${registration.url}, which is the url in registration.yaml.`;
    return ill(check, `the homeserver was answered ${ping.pingStatus} at ${registration.url}`, cure);
  }
  if (ping.errcode === "M_URL_NOT_SET") {
    return ill(
      check,
      "the homeserver's copy of the registration has no url",
      "Give it this one, and restart it.",
    );
  }
  return ill(
    check,
    ping.message.replace(/\.$/, ""),
    `May the homeserver's host reach ${registration.url}? That is the url in registration.yaml; after a change of it, restart the homeserver.`,
  );
}

function refusedFinding(check: Check, refusal: TokenRefusal): Finding {
  const { cure } = refusal;
  return ill(check, refusal.message, `${cure.charAt(0).toUpperCase()}${cure.slice(1)}.`);
}

async function checkRoomVersion(homeserver: ServerInfo, wanted: string): Promise<Finding> {
  return orSaid("room version", async () => {
    const { available, usual } = await homeserver.roomVersions();
    const stability = available.get(wanted);
    if (stability === "stable") return well("room version", `${wanted} can be made`);
    const cure = `Write version: "${usual}" under rooms in the configuration, or update the homeserver.`;
    if (stability === undefined)
      return ill("room version", `the homeserver cannot make version ${wanted}`, cure);
    return doubtful("room version", `the homeserver calls version ${wanted} unstable`, cure);
  });
}

/** A homeserver that forces encryption does so in the rooms that we make: there it can be seen. */
async function checkEncryption(homeserver: StateReader, rooms: readonly RoomId[]): Promise<Finding> {
  return orSaid("encryption", async () => {
    const newest = rooms.at(-1);
    if (newest === undefined)
      return doubtful("encryption", "not known before the first start: it makes a room to see");
    for (const room of rooms) {
      if ((await homeserver.readStateEvent(room, "m.room.encryption", "")) !== undefined) {
        return ill(
          "encryption",
          `the homeserver encrypts new rooms (${room}), in which Cordon can read nothing`,
          "Take encryption_enabled_by_default_for_room_type out of homeserver.yaml, or set it to off, and restart it.",
        );
      }
    }
    return well("encryption", "not forced by the homeserver");
  });
}

async function checkClock(homeserver: ServerInfo): Promise<Finding> {
  return orSaid("clock", async () => {
    const ahead = await homeserver.clockAhead();
    if (ahead === undefined) return well("clock", "not compared: the homeserver tells no time");
    const seconds = (Math.abs(ahead) / 1000).toFixed(1);
    if (Math.abs(ahead) <= clockMs) return well("clock", "the same as the homeserver's, to about a second");
    const says = `the homeserver is ${seconds} s ${ahead > 0 ? "ahead" : "behind"}: times of events will look wrong`;
    return doubtful("clock", says, "Let both machines follow the same time servers (NTP).");
  });
}

/** A failure of the homeserver as a finding. */
async function orSaid(check: Check, look: () => Promise<Finding>): Promise<Finding> {
  try {
    return await look();
  } catch (error) {
    if (!(error instanceof HomeserverError)) throw error;
    return ill(
      check,
      error.message.replace(/\.$/, ""),
      "See whether homeserver.url in the configuration is right, and what the homeserver's log says.",
    );
  }
}
