import { type Call, type Client, path } from "./client.ts";
import { HomeserverError, misshapen, undefinedWhereMissing } from "./errors.ts";
import { isObject, type JsonObject, object, text } from "./event.ts";
import type { ProfileReader, RoomVersions, ServerInfo } from "./ports.ts";

/** The calls that ask what the homeserver is, and whom it knows. */
export function serverCalls(client: Client): ServerInfo & ProfileReader {
  return {
    versions: () => client.read(versionsCall, versionsOf),

    roomVersions: () =>
      client.read(
        {
          doing: "ask for the homeserver's room versions",
          method: "GET",
          path: path`/_matrix/client/v3/capabilities`,
          // `doctor` asks before the bot has an account.
          as: "service",
        },
        roomVersionsOf,
      ),

    serverKeys: () =>
      client
        .read(
          {
            doing: "ask for the homeserver's signing keys",
            method: "GET",
            path: path`/_matrix/key/v2/server`,
            as: "service",
          },
          keysOf,
        )
        .catch(undefinedWhereNotServed),

    async clockAhead() {
      const asked = performance.now();
      const { headers, body } = await client.request(versionsCall);
      const answered = Date.now() - (performance.now() - asked) / 2;
      if (versionsOf(body) === undefined) throw misshapen(versionsCall.doing);
      const theirs = Date.parse(headers.date ?? "");
      // What a proxy has kept for a while tells the time of then (RFC 9111, section 5.1).
      if (Number.isNaN(theirs) || headers.age !== undefined) return undefined;
      // The header leaves out the milliseconds: in the mean it is half a second behind.
      return Math.round(theirs + 500 - answered);
    },

    displayName: (user) =>
      client
        .read(
          {
            doing: "look up somebody's name",
            method: "GET",
            path: path`/_matrix/client/v3/profile/${user}/displayname`,
            as: "bot",
          },
          (body) => (isObject(body) ? { name: text(body, "displayname") } : undefined),
        )
        .then(({ name }) => name, undefinedWhereMissing),
  };
}

const versionsCall: Call = {
  doing: "ask for the homeserver's versions",
  method: "GET",
  path: path`/_matrix/client/versions`,
  as: "service",
};

function versionsOf(body: unknown): readonly string[] | undefined {
  const versions = isObject(body) ? body.versions : undefined;
  if (!Array.isArray(versions)) return undefined;
  return versions.filter((version) => typeof version === "string");
}

function roomVersionsOf(body: unknown): RoomVersions | undefined {
  const versions = object(object(body, "capabilities"), "m.room_versions");
  const usual = text(versions, "default");
  const available = object(versions, "available");
  if (usual === undefined || available === undefined) return undefined;
  // Anything but "stable" is to be taken as unstable (client-server API, "m.room_versions capability").
  const stability = ([version, word]: [string, unknown]) =>
    [version, word === "stable" ? "stable" : "unstable"] as const;
  return { usual, available: new Map(Object.entries(available).map(stability)) };
}

function keysOf(body: unknown): JsonObject | undefined {
  const isKeys = text(body, "server_name") !== undefined && object(body, "verify_keys") !== undefined;
  return isObject(body) && isKeys ? body : undefined;
}

function undefinedWhereNotServed(error: unknown): undefined {
  // A listener without the `keys` resource knows no such path, or is a proxy that lets only some through.
  if (!(error instanceof HomeserverError && error.status === 404)) throw error;
}
