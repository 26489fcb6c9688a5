import assert from "node:assert/strict";
import { suite, test } from "node:test";
import fc from "fast-check";
import { findMoment, type Moment, momentExamples, readMoment } from "../../../src/text/moment.ts";

const berlin = "Europe/Berlin";
/** What is typed at an instant, and the instant it means, or the doubt and its choices; in Berlin if nowhere else. */
type Case = readonly [name: string, typed: string, now: string, means: string, timeZone?: string];

const past: readonly Case[] = [
  ["a clock time is today's", "14:05", "2026-11-20T14:00Z", "2026-11-20T13:05Z"],
  ["the minute it is", "14:05", "2026-11-20T13:05Z", "2026-11-20T13:05Z"],
  ["a minute ahead", "14:06", "2026-11-20T13:05Z", "not-yet: yesterday 14:06"],
  ["over midnight", "23:50", "2026-11-19T23:10Z", "2026-11-19T22:50Z"],
  ["twelve hours back", "13:00", "2026-11-20T00:00Z", "2026-11-19T12:00Z"],
  ["more than twelve hours back", "12:59", "2026-11-20T00:00Z", "not-yet: yesterday 12:59"],
  ["over the new year", "23:50", "2026-12-31T23:10Z", "2026-12-31T22:50Z"],
  ["Z behind it", "14:05Z", "2026-11-20T15:00Z", "2026-11-20T14:05Z"],
  ["UTC behind it", "14:05 UTC", "2026-11-20T15:00Z", "2026-11-20T14:05Z"],
  ["an offset behind it", "14:05+05:30", "2026-11-20T15:00Z", "2026-11-20T08:35Z"],
  [
    "an offset without its colon, after a minus sign",
    "06:05 −0500",
    "2026-11-20T15:00Z",
    "2026-11-20T11:05Z",
  ],
  ["an offset as the card shows it", "09:05 GMT-5", "2026-11-20T15:00Z", "2026-11-20T14:05Z", "America/Lima"],
  ["no such offset, but a span", "14:05–14:20", "2026-11-20T15:00Z", "not-a-time: "],
  ["Z, when UTC has yesterday still", "23:10Z", "2026-11-19T23:30Z", "2026-11-19T23:10Z"],
  [
    "Z, when UTC has tomorrow already",
    "00:30Z",
    "2026-11-20T01:00Z",
    "2026-11-20T00:30Z",
    "America/New_York",
  ],
  [
    "today, where UTC has another",
    "today 00:30Z",
    "2026-11-20T01:00Z",
    "which-day: 2026-11-19 00:30Z, 00:30Z",
    "America/New_York",
  ],
  ["the zone's abbreviation", "14:05 CET", "2026-11-20T14:00Z", "2026-11-20T13:05Z"],
  ["its abbreviation in small letters", "14:05 cest", "2026-07-20T14:00Z", "2026-07-20T12:05Z"],
  [
    "its abbreviation in the wrong season",
    "14:05 CET",
    "2026-07-20T14:00Z",
    "other-zone: 14:05+02:00, 14:05+01:00",
  ],
  ["an American one in Germany", "14:05 EST", "2026-11-20T14:00Z", "other-zone: 14:05+01:00"],
  ["an American one in America", "9:05 EST", "2026-11-20T15:00Z", "2026-11-20T14:05Z", "America/New_York"],
  ["an Indian one in India", "19:35 IST", "2026-11-20T15:00Z", "2026-11-20T14:05Z", "Asia/Kolkata"],
  ["GMT in London's winter", "14:05 GMT", "2026-11-20T15:00Z", "2026-11-20T14:05Z", "Europe/London"],
  [
    "GMT in London's summer",
    "14:05 GMT",
    "2026-07-20T15:00Z",
    "other-zone: 14:05+01:00, 14:05Z",
    "Europe/London",
  ],
  ["letters that are no zone", "14:05 DNS", "2026-11-20T15:00Z", "not-a-time: "],
  ["afternoon", "2pm", "2026-11-20T15:00Z", "2026-11-20T13:00Z"],
  ["afternoon with minutes", "2:30 P.M.", "2026-11-20T15:00Z", "2026-11-20T13:30Z"],
  ["noon", "12 pm", "2026-11-20T15:00Z", "2026-11-20T11:00Z"],
  ["midnight", "12:00 am", "2026-11-20T15:00Z", "2026-11-19T23:00Z"],
  ["afternoon twice over", "13 pm", "2026-11-20T15:00Z", "no-such-clock: 13:00"],
  ["a dot", "14.05", "2026-11-20T15:00Z", "2026-11-20T13:05Z"],
  ["an h", "14h05", "2026-11-20T15:00Z", "2026-11-20T13:05Z"],
  ["a comma behind it", "14:05,", "2026-11-20T15:00Z", "2026-11-20T13:05Z"],
  ["seconds, as in a log", "2026-11-20 14:05:07,250", "2026-11-20T15:00Z", "2026-11-20T13:05:07.250Z"],
  ["an hour alone", "14", "2026-11-20T15:00Z", "not-a-time: "],
  ["now", "Now", "2026-11-20T15:00:09Z", "2026-11-20T15:00:09Z"],
  ["minutes ago", "10m ago", "2026-11-20T15:00Z", "2026-11-20T14:50Z"],
  ["minutes ago in words", "90 min ago", "2026-11-20T15:00Z", "2026-11-20T13:30Z"],
  ["hours and minutes ago", "1h30m ago", "2026-11-20T15:00Z", "2026-11-20T13:30Z"],
  ["a length as the card shows it", "1 h 47 min ago", "2026-11-20T15:00Z", "2026-11-20T13:13Z"],
  ["an hour ago", "an hour ago", "2026-11-20T15:00Z", "2026-11-20T14:00Z"],
  ["a length of time alone", "10m", "2026-11-20T15:00Z", "not-yet: 10m ago"],
  ["what is ahead", "in 10m", "2026-11-20T15:00Z", "not-yet: 10m ago"],
  ["in and ago", "in 10m ago", "2026-11-20T15:00Z", "not-a-time: "],
  ["an hour ago, over a change of the clocks", "1h ago", "2026-10-25T01:15Z", "2026-10-25T00:15Z"],
  ["yesterday", "yesterday 23:50", "2026-11-20T15:00Z", "2026-11-19T22:50Z"],
  ["yesterday behind the clock", "9pm yesterday", "2026-11-20T15:00Z", "2026-11-19T20:00Z"],
  ["yesterday of the zone, not of UTC", "yesterday at 00:30", "2026-11-19T23:30Z", "2026-11-18T23:30Z"],
  ["today, but later", "today 23:50", "2026-11-19T23:10Z", "not-yet: yesterday 23:50"],
  ["tomorrow", "tomorrow 09:00", "2026-11-20T15:00Z", "not-yet: 09:00"],
  ["yesterday without a clock", "yesterday", "2026-11-20T15:00Z", "no-clock: yesterday 00:00"],
  ["a date", "2026-11-20 14:05", "2026-11-21T15:00Z", "2026-11-20T13:05Z"],
  ["a date with en dashes", "2026–11–20 14:05", "2026-11-21T15:00Z", "2026-11-20T13:05Z"],
  ["a date as machines write it", "2026-11-20T14:05Z", "2026-11-21T15:00Z", "2026-11-20T14:05Z"],
  ["a date in summer, typed in winter", "2026-07-01 14:05", "2026-11-21T15:00Z", "2026-07-01T12:05Z"],
  ["a German date", "20.11. 14:05", "2026-11-21T15:00Z", "2026-11-20T13:05Z"],
  ["a German date of last year", "30.12. 14:05", "2027-01-02T15:00Z", "not-yet: 2026-12-30 14:05"],
  [
    "a date that is two",
    "3/4/2026 14:05",
    "2026-11-20T15:00Z",
    "which-day: 2026-04-03 14:05, 2026-03-04 14:05",
  ],
  ["a date that can be one only", "11/20/2026 14:05", "2026-11-20T15:00Z", "2026-11-20T13:05Z"],
  ["a date to come", "2027-11-20 14:05", "2026-11-21T15:00Z", "not-yet: yesterday 14:05"],
  ["29 February", "2028-02-29 10:00", "2028-03-02T15:00Z", "2028-02-29T09:00Z"],
  [
    "29 February a year too early",
    "2027-02-29 10:00",
    "2027-03-02T15:00Z",
    "no-such-day: 2027-02-28 10:00, yesterday 10:00",
  ],
  ["yesterday, 29 February", "yesterday 10:00", "2028-03-01T15:00Z", "2028-02-29T09:00Z"],
  [
    "29 February of 1900",
    "1900-02-29 10:00",
    "2026-03-02T15:00Z",
    "no-such-day: 1900-02-28 10:00, 1900-03-01 10:00",
    "UTC",
  ],
  ["31 November", "2026-11-31 10:00", "2026-12-02T15:00Z", "no-such-day: 2026-11-30 10:00, yesterday 10:00"],
  ["month 13", "2026-13-01 10:00", "2026-12-02T15:00Z", "no-such-day: "],
  ["24:00 is the midnight after", "yesterday 24:00", "2026-11-20T15:00Z", "no-such-clock: 00:00"],
  ["25:61", "25:61", "2026-11-20T15:00Z", "no-such-clock: "],
  ["twice when the clocks go back", "02:30", "2026-10-25T08:00Z", "twice: 02:30+02:00, 02:30+01:00"],
  ["twice, but only once so far", "02:30", "2026-10-25T00:40Z", "2026-10-25T00:30Z"],
  ["twice, told apart by its name", "02:30 CEST", "2026-10-25T08:00Z", "2026-10-25T00:30Z"],
  ["twice, told apart by its offset", "02:30+01:00", "2026-10-25T08:00Z", "2026-10-25T01:30Z"],
  [
    "twice yesterday",
    "yesterday 02:30",
    "2026-10-26T08:00Z",
    "twice: yesterday 02:30+02:00, yesterday 02:30+01:00",
  ],
  ["the day after the clocks went back", "yesterday 12:00", "2026-10-26T08:00Z", "2026-10-25T11:00Z"],
  ["skipped when the clocks go forward", "02:30", "2026-03-29T08:00Z", "skipped: 01:30, 03:30"],
  ["skipped yesterday", "yesterday 02:30", "2026-03-30T08:00Z", "skipped: yesterday 01:30, yesterday 03:30"],
  ["skipped, whatever the name", "02:30 CET", "2026-03-29T08:00Z", "skipped: 01:30, 03:30"],
  ["a zone half an hour off", "14:05", "2026-11-20T15:00Z", "2026-11-20T08:35Z", "Asia/Kolkata"],
  ["a zone a quarter off", "14:05", "2026-11-20T15:00Z", "2026-11-20T08:20Z", "Asia/Kathmandu"],
  [
    "clocks half an hour forward",
    "02:15",
    "2026-10-04T08:00Z",
    "skipped: 01:45, 02:45",
    "Australia/Lord_Howe",
  ],
  [
    "clocks half an hour back",
    "01:45",
    "2026-04-05T08:00Z",
    "twice: 01:45+11:00, 01:45+10:30",
    "Australia/Lord_Howe",
  ],
  ["no midnight in Cairo", "00:30", "2026-04-24T08:00Z", "skipped: yesterday 23:30, 01:30", "Africa/Cairo"],
  [
    "no midnight in Beirut",
    "2026-03-29 00:00",
    "2026-04-24T08:00Z",
    "skipped: 2026-03-28 23:00, 2026-03-29 01:00",
    "Asia/Beirut",
  ],
  [
    "the hour before midnight twice in Beirut",
    "23:30",
    "2026-10-24T22:10Z",
    "twice: yesterday 23:30+03:00, yesterday 23:30+02:00",
    "Asia/Beirut",
  ],
  [
    "the hour after midnight twice in Havana",
    "00:30",
    "2026-11-01T12:00Z",
    "twice: 00:30-04:00, 00:30-05:00",
    "America/Havana",
  ],
  [
    "no midnight in Havana",
    "00:30",
    "2026-03-08T12:00Z",
    "skipped: yesterday 23:30, 01:30",
    "America/Havana",
  ],
  [
    "the day that Apia went without",
    "2011-12-30 12:00",
    "2012-01-05T00:00Z",
    "skipped: 2011-12-29 12:00, 2011-12-31 12:00",
    "Pacific/Apia",
  ],
  ["the day before it", "2011-12-29 12:00", "2012-01-05T00:00Z", "2011-12-29T22:00Z", "Pacific/Apia"],
  ["nothing", "", "2026-11-20T15:00Z", "not-a-time: "],
  ["a word", "three", "2026-11-20T15:00Z", "not-a-time: "],
];

const future: readonly Case[] = [
  ["a clock time is today's", "15:30", "2026-11-20T14:00Z", "2026-11-20T14:30Z"],
  ["over midnight", "00:10", "2026-11-20T22:50Z", "2026-11-20T23:10Z"],
  ["twelve hours on", "03:00", "2026-11-20T14:00Z", "2026-11-21T02:00Z"],
  ["more than twelve hours on", "14:59", "2026-11-20T14:00Z", "past-already: tomorrow 14:59"],
  ["tomorrow", "tomorrow 9am", "2026-11-20T14:00Z", "2026-11-21T08:00Z"],
  ["tomorrow without a clock", "tomorrow", "2026-11-20T14:00Z", "no-clock: tomorrow 09:00, tomorrow 17:00"],
  ["today without a clock", "today", "2026-11-20T14:00Z", "no-clock: today 17:00"],
  ["yesterday", "yesterday 09:00", "2026-11-20T14:00Z", "past-already: tomorrow 09:00"],
  ["in minutes", "in 10m", "2026-11-20T14:00Z", "2026-11-20T14:10Z"],
  ["a length of time alone", "2h", "2026-11-20T14:00Z", "2026-11-20T16:00Z"],
  ["a length without its last unit", "in 1h30", "2026-11-20T14:00Z", "2026-11-20T15:30Z"],
  [
    "a length that is a clock as well",
    "1h30",
    "2026-11-20T14:00Z",
    "clock-or-length: in 1h30m, tomorrow 01:30",
  ],
  ["what is over", "10m ago", "2026-11-20T14:00Z", "past-already: in 10m"],
  ["a date that is over", "2026-11-19 15:30", "2026-11-20T14:00Z", "past-already: 2027-11-19 15:30"],
  ["24:00", "24:00", "2026-11-20T14:00Z", "no-such-clock: tomorrow 00:00"],
  ["skipped tonight", "02:30", "2026-03-28T22:00Z", "skipped: tomorrow 01:30, tomorrow 03:30"],
  ["twice tonight", "02:30", "2026-10-24T22:30Z", "twice: 02:30+02:00, 02:30+01:00"],
  ["the second time, once the first is over", "02:30", "2026-10-25T00:40Z", "2026-10-25T01:30Z"],
  ["tomorrow, after the clocks go forward", "tomorrow 12:00", "2026-03-28T14:00Z", "2026-03-29T10:00Z"],
];

function inWords(moment: Moment): string {
  if ("at" in moment) return new Date(moment.at).toISOString();
  return `${moment.unclear}: ${moment.choices.map((choice) => choice.written).join(", ")}`;
}

function checkAll(cases: readonly Case[], direction: "past" | "future"): void {
  for (const [name, typed, now, means, timeZone = berlin] of cases) {
    test(`${name}: ${JSON.stringify(typed)}`, () => {
      const standpoint = { now: Date.parse(now), timeZone, direction };
      const expected = /^\d/.test(means) ? new Date(means).toISOString() : means;
      assert.equal(inWords(readMoment(typed, standpoint)), expected);
    });
  }
}

suite("when something happened", () => checkAll(past, "past"));
suite("when something is due", () => checkAll(future, "future"));

suite("the examples", () => {
  for (const direction of ["past", "future"] as const)
    test(`those of the ${direction} are read`, () => {
      const standpoint = { now: Date.parse("2026-11-20T14:15Z"), timeZone: berlin, direction };
      for (const example of momentExamples[direction])
        assert.ok("at" in readMoment(example, standpoint), example);
    });
});

suite("the words that belong to a moment", () => {
  const standpoint = { now: Date.parse("2026-11-20T15:00Z"), timeZone: berlin, direction: "past" } as const;
  const cases: readonly (readonly [line: string, belonging: string | undefined])[] = [
    ["14:05 the database failed", "14:05"],
    ["14:05: the database failed", "14:05:"],
    ["14:05 DNS failed", "14:05"],
    ["14:05 EST DNS failed", "14:05 EST"],
    ["14:05 est in excelsis", "14:05"],
    ["14:05 -5 servers", "14:05"],
    ["2:30 pm cet failover", "2:30 pm cet"],
    ["yesterday at 2:30 pm UTC failover", "yesterday at 2:30 pm UTC"],
    ["yesterday the database failed", "yesterday"],
    ["10m ago it failed", "10m ago"],
    ["1 h 30 min ago 3 servers failed", "1 h 30 min ago"],
    ["25:61 it failed", "25:61"],
    ["20.11. 14:05 it failed", "20.11. 14:05"],
    ["14:05", "14:05"],
    ["least three servers failed", undefined],
    ["3 servers failed", undefined],
    ["", undefined],
  ];
  for (const [line, belonging] of cases)
    test(JSON.stringify(line), () => {
      const words = line.split(" ");
      const found = findMoment(words, standpoint);
      assert.equal(found && words.slice(0, found.words).join(" "), belonging);
    });
});

suite("whatever is typed", () => {
  const zones = Intl.supportedValuesOf("timeZone");
  const directions = ["past", "future"] as const;
  const standpoints = fc.record({
    now: fc.integer({ min: Date.UTC(2000), max: Date.UTC(2037) }),
    timeZone: fc.constantFrom(...zones),
    direction: fc.constantFrom(...directions),
  });
  /** An instant that fits the direction. */
  const instants = fc
    .tuple(standpoints, fc.integer({ min: 0, max: 400 * 24 * 60 }))
    .map(([standpoint, minutes]) => {
      const away = (standpoint.direction === "past" ? -minutes : minutes) * 60_000;
      const now = Math.floor(standpoint.now / 60_000) * 60_000;
      return { standpoint: { ...standpoint, now }, at: now + away };
    });

  test("an offset makes an instant exact", () =>
    fc.assert(
      fc.property(instants, fc.integer({ min: -12 * 4, max: 14 * 4 }), ({ standpoint, at }, quarters) => {
        const local = new Date(at + quarters * 15 * 60_000).toISOString().slice(0, 16);
        const ahead = new Date(Math.abs(quarters) * 15 * 60_000).toISOString().slice(11, 16);
        assert.deepEqual(readMoment(`${local}${quarters < 0 ? "-" : "+"}${ahead}`, standpoint), { at });
      }),
    ));

  test("what the zone's clocks show is read as that instant, or is asked about with that instant", () =>
    fc.assert(
      fc.property(instants, ({ standpoint, at }) => {
        const shown = shownIn(standpoint.timeZone, at);
        const moment = readMoment(shown, standpoint);
        if ("at" in moment) assert.equal(moment.at, at);
        else {
          assert.equal(moment.unclear, "twice");
          assert.ok(moment.choices.some((choice) => choice.at === at));
        }
      }),
      { numRuns: 500 },
    ));

  /** Texts made of what the forms are made of get further than letters alone. */
  const pieces = fc.constantFrom(
    ..."0 1 2 12 24 29 30 59 2026 2027 - . : / + h m pm T Z CET EST GMT ago in at a today yesterday tomorrow".split(
      " ",
    ),
    " ",
    " ",
  );
  const texts = fc.oneof(
    fc.string({ unit: "binary" }),
    fc.array(pieces, { maxLength: 12 }).map((each) => each.join("")),
    fc
      .tuple(
        fc.integer({ min: 1, max: 12 }),
        fc.integer({ min: 0, max: 32 }),
        fc.integer({ min: 0, max: 24 }),
      )
      .map(([month, day, hour]) => `2026-${month}-${day} ${hour}:30`),
  );

  test("it never fails, and each choice is read as what it says", () =>
    fc.assert(
      fc.property(texts, standpoints, (typed, standpoint) => {
        const moment = readMoment(typed, standpoint);
        if ("at" in moment) return assert.ok(Number.isSafeInteger(moment.at));
        for (const { at, written } of moment.choices)
          assert.deepEqual(readMoment(written, standpoint), { at });
      }),
      { numRuns: 1000 },
    ));

  test("a long text costs nothing", () => {
    const standpoint = { now: 0, timeZone: berlin, direction: "past" } as const;
    for (const piece of ["1", "1h", "1 ", "14:05 ", "at ", " "])
      assert.match(inWords(readMoment(piece.repeat(100_000), standpoint)), /^not-a-time/);
  });
});

/** `2026-11-20 14:05` in a zone. */
function shownIn(timeZone: string, at: number): string {
  return new Intl.DateTimeFormat("sv-SE", { timeZone, dateStyle: "short", timeStyle: "short" }).format(at);
}
