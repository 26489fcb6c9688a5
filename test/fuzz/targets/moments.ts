import assert from "node:assert/strict";
import fc from "fast-check";
import { readDuration, writeDuration } from "../../../src/config/duration.ts";
import { findMoment, readMoment } from "../../../src/text/moment.ts";
import { clock, clockFrom, day, duration } from "../../../src/words/time.ts";
import { fuzzed } from "../fuzz.ts";
import { anyText } from "../pieces.ts";

const zones = [
  "UTC",
  "Europe/Zurich",
  "Asia/Kathmandu",
  "America/St_Johns",
  "Pacific/Apia",
  "Africa/Casablanca",
];
const parts = (
  "now today tomorrow yesterday monday Fri at in ago on of noon midnight am pm CET CEST EST Z UTC +05:45 -0330 +99:99 " +
  "14:05 25:61 24:00 0:00 2.30 14h05 1405 3/4 31.2. 2026-02-29 2026-11-20 20261120 9999-12-31 0000-00-00 29 Feb " +
  "November 1h 90m 1h30 1 h 30 min 99999999999d 0s -5m 1.5h T : / . - ,"
).split(" ");

const written = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.array(fc.constantFrom(...parts), { maxLength: 6 }).map((words) => words.join(" ")),
  },
  {
    weight: 2,
    arbitrary: fc.array(fc.constantFrom(...parts), { maxLength: 4 }).map((words) => words.join("")),
  },
  { weight: 1, arbitrary: fc.date({ noInvalidDate: true }).map((date) => date.toISOString()) },
  { weight: 1, arbitrary: anyText },
);

/** Times, dates and durations, as people write them and as nobody would. */
export const moments = fuzzed({
  name: "moments",
  share: 170,
  inputs: fc.record({
    written,
    // Around the years in which clocks are put forward and back as they are now.
    now: fc.integer({ min: Date.UTC(1990), max: Date.UTC(2060) }),
    timeZone: fc.constantFrom(...zones),
    direction: fc.constantFrom("past" as const, "future" as const),
  }),
  begin: async () => (input) => {
    const moment = readMoment(input.written, input);
    if ("at" in moment) show(moment.at, input.timeZone);
    for (const { at, written: again } of "at" in moment ? [] : moment.choices) {
      assert.deepEqual(readMoment(again, input), { at }, `what is offered as "${again}" is read as it`);
    }
    findMoment(input.written.split(/\s+/), input);
    const length = readDuration(input.written);
    if ("value" in length) assert.deepEqual(readDuration(writeDuration(length.value)), length);
  },
});

function show(at: number, timeZone: string): void {
  assert.ok(Number.isSafeInteger(at), `${at} is no moment`);
  for (const show of [clock, clockFrom, day]) assert.notEqual(show(at, timeZone), "");
  assert.notEqual(duration(at), "");
}
