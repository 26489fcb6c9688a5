import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { type Json, redact } from "../../../src/proof/redaction.ts";
import { roomRules } from "../../../src/proof/roomversion.ts";

const all: Json = {
  type: "m.room.message",
  room_id: "!r:s",
  sender: "@a:s",
  state_key: "",
  content: { body: "x" },
  hashes: { sha256: "h" },
  signatures: {},
  depth: 1,
  prev_events: [],
  auth_events: [],
  origin_server_ts: 1,
  origin: "s",
  prev_state: [],
  membership: "join",
  unsigned: { age: 1 },
  redacts: "$x",
  anything: 1,
};

const levels = {
  ban: 1,
  events: { x: 1 },
  events_default: 1,
  invite: 1,
  kick: 1,
  redact: 1,
  state_default: 1,
  users: { "@a:s": 1 },
  users_default: 1,
  notifications: { room: 1 },
};
const { notifications: _, invite: __, ...keptLevels } = levels;

describe("what a redaction leaves of the event", () => {
  const common = ["auth_events", "content", "depth", "hashes", "origin_server_ts", "prev_events", "room_id"];
  const rest = ["sender", "signatures", "state_key", "type"];
  it("in version 10 with three members of old", () => {
    const left = Object.keys(redact(all, roomRules("10"))).sort();
    assert.deepEqual(left, [...common, ...rest, "origin", "prev_state", "membership"].sort());
  });
  for (const version of ["11", "12"]) {
    it(`in version ${version}`, () => {
      assert.deepEqual(Object.keys(redact(all, roomRules(version))).sort(), [...common, ...rest].sort());
    });
  }
});

describe("what a redaction leaves of the content", () => {
  const table: readonly (readonly [type: string, content: Json, version10: Json, version11: Json])[] = [
    ["m.room.message", { body: "x", msgtype: "m.text" }, {}, {}],
    ["toString", { body: "x" }, {}, {}],
    [
      "m.room.member",
      { membership: "join", displayname: "A", join_authorised_via_users_server: "@b:s" },
      { membership: "join", join_authorised_via_users_server: "@b:s" },
      { membership: "join", join_authorised_via_users_server: "@b:s" },
    ],
    [
      "m.room.member",
      { membership: "invite", third_party_invite: { display_name: "A", signed: { token: "t" } } },
      { membership: "invite" },
      { membership: "invite", third_party_invite: { signed: { token: "t" } } },
    ],
    [
      "m.room.create",
      { creator: "@a:s", room_version: "10", "m.federate": false },
      { creator: "@a:s" },
      { creator: "@a:s", room_version: "10", "m.federate": false },
    ],
    [
      "m.room.join_rules",
      { join_rule: "x", allow: [], y: 1 },
      { join_rule: "x", allow: [] },
      { join_rule: "x", allow: [] },
    ],
    ["m.room.power_levels", levels, keptLevels, { ...keptLevels, invite: 1 }],
    [
      "m.room.history_visibility",
      { history_visibility: "shared", y: 1 },
      { history_visibility: "shared" },
      { history_visibility: "shared" },
    ],
    ["m.room.redaction", { redacts: "$x", reason: "secret" }, {}, { redacts: "$x" }],
    ["m.room.aliases", { aliases: ["#a:s"] }, {}, {}],
  ];
  for (const [type, content, version10, version11] of table) {
    it(`of ${type} ${Object.keys(content).join(", ")}`, () => {
      const left = (version: string) => redact({ ...all, type, content }, roomRules(version)).content;
      assert.deepEqual(left("10"), version10);
      assert.deepEqual(left("11"), version11);
      assert.deepEqual(left("12"), version11);
    });
  }

  it("follows the newest rules where it does not know the version, and says so", () => {
    const rules = roomRules("org.example.experiment");
    assert.equal(rules.basis, "fallback");
    assert.equal(rules.createNamesRoom, roomRules("12").createNamesRoom);
    assert.equal(roomRules("12").basis, "known");
  });
});
