import assert from "node:assert/strict";
import fc from "fast-check";
import { decodeEvent, isMalformed } from "../../../src/matrix/event.ts";
import { BadBody, decodeTransaction } from "../../../src/matrix/transaction.ts";
import { fuzzed } from "../fuzz.ts";
import { anyJson, anyText, edited, edits } from "../pieces.ts";
import { written } from "../written-json.ts";

const event = fc.record(
  {
    event_id: fc.oneof(fc.constant("$one"), anyJson),
    room_id: fc.oneof(fc.constant("!room"), anyJson),
    sender: fc.oneof(fc.constant("@alice:bank.example"), anyJson),
    type: fc.oneof(fc.constant("m.room.message"), anyJson),
    origin_server_ts: fc.oneof(fc.constant(1_780_000_000_000), anyJson),
    content: fc.oneof(fc.object(), anyJson),
    state_key: anyJson,
    redacts: anyJson,
    unsigned: anyJson,
  },
  { requiredKeys: [] },
);

const transaction = fc.record(
  {
    events: fc.oneof({ weight: 4, arbitrary: fc.array(fc.oneof(event, anyJson), { maxLength: 4 }) }, anyJson),
    ephemeral: anyJson,
  },
  { requiredKeys: [] },
);

const text = fc.oneof(
  { weight: 4, arbitrary: written(transaction) },
  { weight: 1, arbitrary: written(anyJson) },
  {
    weight: 2,
    arbitrary: fc
      .tuple(
        written(transaction),
        edits(fc.oneof(anyText, fc.constantFrom("[".repeat(9_999), "}", '"', "\\"))),
      )
      .map(([whole, made]) => edited(whole, made)),
  },
);

/** Transactions and the events in them, as text. */
export const events = fuzzed({
  name: "events",
  share: 120,
  inputs: text,
  begin: async () => (body) => {
    const transaction = decodeTransaction("1", body);
    if (transaction instanceof BadBody) return;
    const { events = [] } = JSON.parse(body);
    const kept = transaction.events.map(({ json }) => json);
    if (!Array.isArray(events)) return assert.deepEqual(kept, [body]);
    const distinct = new Set<string>();
    const due = events.filter((value) => {
      const decoded = decodeEvent(value);
      if (isMalformed(decoded)) return true;
      const isNew = !distinct.has(decoded.event_id);
      distinct.add(decoded.event_id);
      return isNew;
    });
    assert.deepEqual(
      kept.map((json) => JSON.parse(json)),
      due,
      "every event is kept as it came",
    );
  },
});
