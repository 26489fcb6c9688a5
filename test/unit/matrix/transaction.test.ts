import assert from "node:assert/strict";
import { test } from "node:test";
import { BadBody, decodeTransaction, type Transaction } from "../../../src/matrix/transaction.ts";
import { message } from "../../support/message.ts";

function decode(body: string): Transaction {
  const transaction = decodeTransaction("7", body);
  assert.ok(!(transaction instanceof BadBody), "the body was refused");
  return transaction;
}

function only(event: unknown) {
  const { events } = decode(JSON.stringify({ events: [event] }));
  assert.equal(events.length, 1);
  const [received] = events;
  assert.ok(received !== undefined);
  return received;
}

test("an event is decoded, and its text kept as it came", () => {
  const json =
    '{ "event_id":"$one","room_id":"!room","sender":"@alice:bank.example","type":"t","origin_server_ts":1,"content":{"exact":1.0} }';
  const { txnId, events } = decode(`{"events": [${json}]}`);
  assert.equal(txnId, "7");
  assert.deepEqual(events, [
    {
      event: {
        event_id: "$one",
        room_id: "!room",
        sender: "@alice:bank.example",
        type: "t",
        origin_server_ts: 1,
        content: { exact: 1 },
      },
      json,
    },
  ]);
});

const odd: readonly [string, unknown, RegExp][] = [
  ["no object", 7, /not a JSON object/],
  ["null", null, /not a JSON object/],
  ["a list", [], /not a JSON object/],
  ["an event id of another kind", { ...message, event_id: "!room" }, /event_id/],
  ["an event id with a lone surrogate", { ...message, event_id: "$\ud800" }, /event_id/],
  ["a room id with NUL", { ...message, room_id: "!a\0b" }, /room_id/],
  ["a sender without a server", { ...message, sender: "@alice" }, /sender/],
  ["no type", { ...message, type: undefined }, /type/],
  ["a type with NUL", { ...message, type: "m.\0" }, /type/],
  ["a state key that is a number", { ...message, state_key: 1 }, /state_key/],
  ["a state key with a lone surrogate", { ...message, state_key: "\udc00" }, /state_key/],
  ["content that is a list", { ...message, content: [] }, /content/],
  ["a time that is no integer", { ...message, origin_server_ts: 1.5 }, /origin_server_ts/],
];
for (const [what, event, reason] of odd) {
  test(`set aside: ${what}`, () => {
    const received = only(event);
    assert.ok("malformed" in received);
    assert.match(received.malformed, reason);
    assert.deepEqual(JSON.parse(received.json), JSON.parse(JSON.stringify(event)));
  });
}

test("a malformed event keeps its id where it has one", () => {
  const received = only({ ...message, content: "none" });
  assert.ok("malformed" in received);
  assert.equal(received.event_id, "$one");
});

test("odd events do not hold up the others", () => {
  const { events } = decode(JSON.stringify({ events: [null, message, {}] }));
  assert.deepEqual(
    events.map((received) => "event" in received),
    [false, true, false],
  );
});

test("an event that comes twice in one transaction is taken once", () => {
  const { events } = decode(JSON.stringify({ events: [message, { ...message, content: {} }] }));
  assert.equal(events.length, 1);
  assert.ok(events[0] !== undefined && "event" in events[0]);
  assert.deepEqual(events[0].event.content, message.content);
});

test("a member named __proto__ is a member like any other", () => {
  const { events } = decode(`{"__proto__":{"events":[1]},"events":[]}`);
  assert.deepEqual(events, []);
  const json = JSON.stringify(message).replace(
    '"content":{',
    '"__proto__":{"state_key":"x"},"content":{"__proto__":{"a":1},',
  );
  const [received] = decode(`{"events":[${json}]}`).events;
  assert.ok(received !== undefined && "event" in received);
  assert.equal(received.event.state_key, undefined);
  assert.equal(received.event.content.a, undefined);
});

test("NUL and lone surrogates inside content pass, escaped in the kept text", () => {
  const received = only({ ...message, content: { body: "a\0b\ud800" } });
  assert.ok("event" in received);
  assert.equal(received.event.content.body, "a\0b\ud800");
  assert.match(received.json, /a\\u0000b\\ud800/);
});

test("an event nested deeper than the stack is taken", () => {
  const deep = `${"[".repeat(100_000)}${"]".repeat(100_000)}`;
  const json = JSON.stringify(message).replace('"hello"', deep);
  const [received] = decode(`{"events":[${json}]}`).events;
  assert.ok(received !== undefined && "event" in received);
  assert.equal(received.json, json);
});

test("events that are no list are set aside whole, so that the queue goes on", () => {
  const body = '{"events":{"0":1}}';
  assert.deepEqual(decode(body).events, [
    { malformed: "the transaction's events are not a list", json: body },
  ]);
});

test("a transaction without events is an empty one", () => {
  assert.deepEqual(decode("{}").events, []);
});

const refused: readonly [string, string][] = [
  ["", "M_NOT_JSON"],
  ["{", "M_NOT_JSON"],
  ["<html>", "M_NOT_JSON"],
  ["[]", "M_BAD_JSON"],
  ["null", "M_BAD_JSON"],
  ['"{}"', "M_BAD_JSON"],
];
for (const [body, errcode] of refused) {
  test(`refused with ${errcode}: ${JSON.stringify(body)}`, () => {
    const answer = decodeTransaction("7", body);
    assert.ok(answer instanceof BadBody);
    assert.equal(answer.errcode, errcode);
  });
}
