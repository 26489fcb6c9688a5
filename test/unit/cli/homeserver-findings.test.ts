import assert from "node:assert/strict";
import { test } from "node:test";
import { namespacesOn } from "../../../src/config/namespace.ts";
import { HomeserverError } from "../../../src/matrix/errors.ts";
import { checkHomeserver } from "../../../src/service/checkup/homeserver.ts";

type Asked = Parameters<typeof checkHomeserver>[0];
type Configured = Parameters<typeof checkHomeserver>[1]["configured"];

/** A homeserver with which all is well but for what is given. */
async function findings(
  odd: Partial<Asked>,
  serviceRuns = true,
  configured: Configured = { lobbies: [], rosters: [], administratorsRoom: undefined },
  { sender = "_cordon_sender", rooms = ["!beat"] }: { sender?: string; rooms?: readonly `!${string}`[] } = {},
): Promise<Map<string, string>> {
  const homeserver: Asked = {
    greet: async () => {},
    versions: async () => ["v1.11"],
    roomVersions: async () => ({ usual: "10", available: new Map([["12", "stable"]]) }),
    serverKeys: async () => undefined,
    clockAhead: async () => 0,
    ping: async () => 5,
    readState: async () => [],
    readStateEvent: async () => undefined,
    resolveAlias: async () => undefined,
    pendingInvitations: async () => [],
    ...odd,
  };
  const url = "http://127.0.0.1:9";
  const namespaces = namespacesOn("bank.example");
  const registration = { id: "cordon", url, senderLocalpart: sender, namespaces };
  const bot = "@cordon:bank.example" as const;
  const expected = {
    url,
    registration,
    roomVersion: "12",
    rooms,
    bot,
    files: { config: "cordon.yaml", registration: "registration.yaml" },
    configured,
    serviceRuns,
  };
  const found = await Array.fromAsync(checkHomeserver(homeserver, expected));
  return new Map(found.map(({ check, verdict, says }) => [check, `${verdict}: ${says}`]));
}

const fails = (error: HomeserverError) => async () => Promise.reject(error);

test("a homeserver that does not answer ends the look at it", async () => {
  const found = await findings({ versions: fails(new HomeserverError("unreachable", "Nobody there.")) });
  assert.deepEqual([...found], [["homeserver", "fail: Nobody there"]]);
});

test("a room version that cannot be made", async () => {
  const roomVersions: Asked["roomVersions"] = async () => ({
    usual: "10",
    available: new Map([["10", "stable"]]),
  });
  assert.match((await findings({ roomVersions })).get("room version") ?? "", /^fail: .* version 12/);
});

test("clocks that differ", async () => {
  const found = await findings({ clockAhead: async () => 4_200 });
  assert.match(found.get("clock") ?? "", /^warn: the homeserver is 4\.2 s ahead/);
});

test("a homeserver that cannot ping, or cannot reach the service", async () => {
  const us = "homeserver → us";
  assert.match((await findings({ ping: async () => "unsupported" })).get(us) ?? "", /^warn: not known/);
  assert.match((await findings({ ping: async () => "delivering" })).get(us) ?? "", /^ok: .*held back/);
  const unreached = fails(
    new HomeserverError("server", "Refused.", { status: 502, errcode: "M_CONNECTION_FAILED" }),
  );
  assert.equal((await findings({ ping: unreached })).get(us), "fail: Refused");
  assert.match((await findings({ ping: unreached }, false)).get(us) ?? "", /^warn: .*does not run/);
});

test("configured rooms that the bot is not in", async () => {
  const configured: Configured = {
    lobbies: ["!lobby"],
    rosters: ["#oncall:bank.example"],
    administratorsRoom: "!admins",
  };
  const inLobby: Asked["readStateEvent"] = async (room, type) => {
    if (type !== "m.room.member") return undefined;
    if (room === "!lobby") return { membership: "join" };
    throw new HomeserverError("refused", "Not in the room.", { status: 403, errcode: "M_FORBIDDEN" });
  };
  const some = await findings({ readStateEvent: inLobby }, true, { ...configured, rosters: [] });
  assert.equal(some.get("rooms"), "warn: not in !admins");
  const roster = await findings({ readStateEvent: inLobby }, true, configured);
  assert.equal(
    roster.get("rooms"),
    "fail: not in #oncall:bank.example, !admins: nobody is eligible through #oncall:bank.example",
  );
  assert.equal((await findings({})).get("rooms"), "ok: the configuration names none");
});

test("invitations: asked for, counted, or why they cannot be", async () => {
  const told = async (...given: Parameters<typeof findings>) => (await findings(...given)).get("invitations");
  assert.match((await told({})) ?? "", /^ok: .*; none waits$/);
  assert.match(
    (await told({ pendingInvitations: async () => ["!a"] })) ?? "",
    /^ok: .*; 1 invitation to answer$/,
  );
  const usual = [true, undefined] as const;
  assert.match(
    (await told({}, ...usual, { sender: "cordon" })) ?? "",
    /^warn: .*no \/sync for @cordon:bank\.example/,
  );

  const broken = fails(new HomeserverError("server", "Broken.", { status: 500, errcode: "M_UNKNOWN" }));
  assert.match((await told({ pendingInvitations: broken })) ?? "", /^warn: .* not to have been restarted/);
  const forbidden = fails(new HomeserverError("refused", "No.", { status: 403, errcode: "M_FORBIDDEN" }));
  assert.match((await told({ pendingInvitations: forbidden })) ?? "", /^fail: .* not to have been restarted/);
  const first = await told({ pendingInvitations: forbidden }, ...usual, { rooms: [] });
  assert.match(first ?? "", /^warn: not known before the first start/);
  const away = fails(new HomeserverError("unreachable", "Took too long."));
  assert.equal(await told({ pendingInvitations: away }), "warn: Took too long");
});
