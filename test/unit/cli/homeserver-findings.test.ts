import assert from "node:assert/strict";
import { test } from "node:test";
import { HomeserverError } from "../../../src/matrix/errors.ts";
import { checkHomeserver } from "../../../src/service/checkup/homeserver.ts";

type Asked = Parameters<typeof checkHomeserver>[0];

/** A homeserver with which all is well but for what is given. */
async function findings(odd: Partial<Asked>, serviceRuns = true): Promise<Map<string, string>> {
  const homeserver: Asked = {
    versions: async () => ["v1.11"],
    roomVersions: async () => ({ usual: "10", available: new Map([["12", "stable"]]) }),
    serverKeys: async () => undefined,
    clockAhead: async () => 0,
    ping: async () => 5,
    readState: async () => [],
    readStateEvent: async () => undefined,
    ...odd,
  };
  const url = "http://127.0.0.1:9";
  const registration = { id: "cordon", url };
  const expected = { url, registration, roomVersion: "12", rooms: ["!beat"] as const, serviceRuns };
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
  const unreached = fails(
    new HomeserverError("server", "Refused.", { status: 502, errcode: "M_CONNECTION_FAILED" }),
  );
  assert.equal((await findings({ ping: unreached })).get(us), "fail: Refused");
  assert.match((await findings({ ping: unreached }, false)).get(us) ?? "", /^warn: .*does not run/);
});
