import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { asSent, provePdu, redactionTarget } from "../../../src/proof/pdu.ts";
import { isJson, type Json } from "../../../src/proof/redaction.ts";
import { roomRules } from "../../../src/proof/roomversion.ts";
import { recorded, recordedVersions } from "../../archive/recorded.ts";

for (const version of recordedVersions) {
  const rules = roomRules(version);
  describe(`events of a version ${version} room, as Synapse gave them`, async () => {
    const { pages, room } = await recorded(version);
    const events = pages.flatMap((page) => page.events).filter(isJson);
    const find = (matches: (event: Json) => boolean): Json => {
      const event = events.find(matches);
      assert.ok(event, "the recording has such an event");
      return event;
    };
    const isMessage = (event: Json) =>
      event.type === "m.room.message" && isJson(event.content) && "body" in event.content;
    const outcome = (event: unknown) => {
      const proven = provePdu(event, rules);
      return "unsound" in proven ? proven.unsound : proven.content;
    };

    it("are all what their ids say", () => {
      const outcomes = events.map(outcome);
      assert.equal(outcomes.filter((word) => word === "whole").length, 64);
      assert.equal(outcomes.filter((word) => word === "redacted").length, 5);
      assert.equal(outcomes.length, 69);
    });

    it("have the hash of the create event for their room's id from version 12 on", () => {
      const create = find((event) => event.type === "m.room.create");
      assert.equal(asSent(create, rules).room_id, version === "12" ? undefined : room);
      assert.equal(create.event_id === `$${room.slice(1)}`, version === "12");
    });

    it("name the target of a redaction where their version keeps it, and only there", () => {
      const redaction = find((event) => event.type === "m.room.redaction");
      assert.equal(typeof redaction.redacts, "string", "Synapse gives it in both places");
      const sent = asSent(redaction, rules);
      const inContent = isJson(sent.content) ? sent.content.redacts : undefined;
      assert.equal(version === "10" ? inContent : sent.redacts, undefined);
      assert.equal(redactionTarget(sent, rules), redaction.redacts);
    });

    const tamperings: readonly (readonly [
      what: string,
      change: (event: Json) => unknown,
      outcome: RegExp,
    ])[] = [
      [
        "another body",
        (event) => ({ ...event, content: { body: "other", msgtype: "m.text" } }),
        /^its content is not/,
      ],
      ["a body taken away", (event) => ({ ...event, content: {} }), /^redacted$/],
      ["another time", (event) => ({ ...event, origin_server_ts: 1 }), /^its id is not its hash/],
      [
        "another sender",
        (event) => ({ ...event, sender: "@mallory:example.org" }),
        /^its id is not its hash/,
      ],
      ["another past", (event) => ({ ...event, prev_events: [] }), /^its id is not its hash/],
      ["something added", (event) => ({ ...event, extra: 1 }), /^its content is not/],
      ["another id", (event) => ({ ...event, event_id: "$other" }), /^its id is not its hash/],
      ["no id", ({ event_id: _, ...event }) => event, /^it came without an event id$/],
      ["client format", ({ prev_events: _, ...event }) => event, /did not come in federation format$/],
      ["a fraction", (event) => ({ ...event, depth: 0.5 }), /^it has no canonical form/],
      ["other unsigned data", (event) => ({ ...event, unsigned: { age: 99, anything: true } }), /^whole$/],
      ["no object", () => "text", /^it is not a JSON object$/],
    ];
    for (const [what, change, expected] of tamperings) {
      it(`with ${what}: ${expected.source}`, () => assert.match(outcome(change(find(isMessage))), expected));
    }
  });
}
