import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { isRefusal } from "../../../src/incident/decision.ts";
import { fold } from "../../../src/incident/evolve.ts";
import { recordKinds } from "../../../src/incident/facts/record.ts";
import type { EventId, UserId } from "../../../src/incident/ids.ts";
import type { TimelineItem } from "../../../src/incident/incident.ts";
import {
  after,
  alice,
  bob,
  carol,
  clerk,
  gives,
  known,
  led,
  minute,
  noon,
  over,
  type Step,
  type Story,
  says,
  underWay,
} from "../../support/incident.ts";

const note: Step = [carol, { type: "record", kind: "note", text: "the provider was called" }];
const found = { message: "$found", sender: clerk, text: "a disk is full", sentAt: noon - minute } as const;
const pin = (user: UserId): Step => [user, { type: "mark", ...found }];
const unpin = (user: UserId): Step => [user, { type: "unmark", message: found.message }];
const removed = (message: EventId): Step => [{ type: "message-removed", message, by: alice, spoken: true }];

/** A line of a story's timeline, counted from 1. */
function line(told: Story, number: number): TimelineItem {
  const item = known(told).timeline[number - 1];
  assert.ok(item !== undefined, `there is no line ${number}`);
  return item;
}

/** The message that a line stands for. */
function messageOf(told: Story, number: number): EventId {
  const { message } = line(told, number);
  assert.ok(message !== undefined);
  return message;
}

describe("what is put on the record", () => {
  test("is of four kinds, each numbered in the order of its writing, with who said it", () => {
    const told = underWay().tell(
      ...recordKinds.map((kind): Step => [carol, { type: "record", kind, text: `a ${kind}` }]),
    );
    assert.deepEqual(
      known(told).timeline.map(({ number, kind, by, text }) => [number, kind, by, text]),
      [
        [1, "note", carol, "a note"],
        [2, "decision", carol, "a decision"],
        [3, "fact", carol, "a fact"],
        [4, "ruledout", carol, "a ruledout"],
      ],
    );
  });

  test("stands for the message it was typed in, and happened when it was written", () => {
    const told = underWay().tell(note);
    const { message, at, writtenAt } = line(told, 1);
    assert.deepEqual([message, at, writtenAt], [told.entries.at(-1)?.cause, told.now, told.now]);
  });

  test("shares the timeline with updates and the impact", () => {
    const told = underWay().tell(
      note,
      [alice, { type: "state-impact", text: "no cards", from: noon, until: noon + minute }],
      [alice, { type: "update", text: "looking" }],
      [alice, { type: "mitigate", how: "switched over" }],
    );
    assert.deepEqual(
      known(told).timeline.map(({ kind }) => kind),
      ["note", "impact", "update", "update"],
    );
    assert.deepEqual(known(told).impact, { text: "no cards", from: noon, until: noon + minute, line: 2 });
    assert.equal(known(told).lastUpdate?.line, 4);
  });

  test("of an older journal is there too", () => {
    const told = underWay();
    told.write(alice, [{ type: "noted", data: { text: "as it was written once" } }]);
    assert.deepEqual([line(told, 1).kind, line(told, 1).text], ["note", "as it was written once"]);
  });
});

describe("saying when it happened", () => {
  const earlier = noon - 20 * minute;
  const backdated = { type: "record", kind: "fact", text: "it began", at: earlier } as const;

  test("is for commander, deputy and scribe, and the time of writing is kept beside it", () => {
    const told = underWay().tell(...led, ...gives(alice, "scribe", carol));
    for (const who of [alice, bob, carol]) told.tell([who, backdated]);
    for (const { at, writtenAt } of known(told).timeline) {
      assert.equal(at, earlier);
      assert.ok(writtenAt > noon);
    }
    assert.deepEqual(says(after(...led), carol, backdated), {
      refused: "not-entitled",
      intent: "correct",
      roles: ["commander", "deputy", "scribe"],
      holders: [alice, bob],
    });
  });

  test("does not change the order of the numbers", () => {
    const told = underWay().tell(note, [alice, backdated], note);
    assert.deepEqual(
      known(told).timeline.map(({ number, at }) => [number, at === earlier]),
      [
        [1, false],
        [2, true],
        [3, false],
      ],
    );
  });

  test("before the impact began is asked about, and done once it is meant", () => {
    const incident = after([alice, { type: "state-impact", text: "no cards", from: noon }]);
    const asked = { refused: "before-impact", at: earlier, from: noon };
    const correction = { type: "correct", line: 1, text: "none at all", at: earlier } as const;
    assert.deepEqual(says(incident, alice, backdated), asked);
    assert.deepEqual(says(incident, alice, correction), asked);
    assert.deepEqual(says(incident, alice, backdated, { confirmed: true }), [
      { type: "recorded", data: { kind: "fact", text: "it began", happenedAt: earlier } },
    ]);
    assert.ok(!isRefusal(says(incident, alice, correction, { confirmed: true })));
  });

  test("needs no question from the moment on at which the impact began", () => {
    const incident = after([alice, { type: "state-impact", text: "no cards", from: earlier }]);
    assert.ok(!isRefusal(says(incident, alice, backdated)));
  });

  test("is not a right that a confirmation gives", () => {
    const decision = says(after(...led), carol, backdated, { confirmed: true });
    assert.ok(isRefusal(decision) && decision.refused === "not-entitled");
  });

  test("an impact ends after it begins", () => {
    const backwards = { type: "state-impact", text: "no cards", from: noon, until: earlier } as const;
    assert.deepEqual(says(after(), alice, backwards), {
      refused: "ends-before-it-begins",
      from: noon,
      until: earlier,
    });
  });
});

describe("a correction", () => {
  const correct: Step = [alice, { type: "correct", line: 1, text: "the provider was told" }];

  test("supersedes what the line says; the number, who wrote it and when stay", () => {
    const told = underWay().tell(note, note);
    const before = line(told, 1);
    told.tell(correct);
    const { text, corrected, ...rest } = line(told, 1);
    assert.deepEqual({ ...before, ...rest }, before);
    assert.equal(text, "the provider was told");
    assert.deepEqual([corrected?.by, corrected?.at, corrected?.seq], [alice, told.now, told.entries.length]);
    assert.equal(known(told).timeline.length, 2);
  });

  test("leaves what was said before in the journal", () => {
    const { entries } = underWay().tell(note, correct);
    const said = entries.filter(({ type }) => type === "recorded" || type === "corrected");
    assert.deepEqual(
      said.map(({ data }) => "text" in data && data.text),
      ["the provider was called", "the provider was told"],
    );
  });

  test("can say when it happened, and leaves the time where it does not", () => {
    const told = underWay().tell(
      note,
      [alice, { type: "correct", line: 1, text: "called", at: noon }],
      correct,
    );
    assert.deepEqual([line(told, 1).at, line(told, 1).text], [noon, "the provider was told"]);
  });

  test("of the impact or of the last update changes what the card shows", () => {
    const told = underWay().tell(
      [alice, { type: "state-impact", text: "no cards" }],
      [alice, { type: "update", text: "looking" }],
      [alice, { type: "correct", line: 1, text: "no cards above 500" }],
      [alice, { type: "correct", line: 2, text: "looking at the queue" }],
    );
    const { impact, lastUpdate } = known(told);
    assert.deepEqual([impact?.text, lastUpdate?.text], ["no cards above 500", "looking at the queue"]);
  });

  test("needs a line that is there", () => {
    const wrong = { type: "correct", line: 2, text: "x" } as const;
    assert.deepEqual(says(after(note), alice, wrong), { refused: "no-line", line: 2, lines: 1 });
    assert.deepEqual(says(after(note, pin(bob), unpin(bob)), alice, wrong), {
      refused: "no-line",
      line: 2,
      lines: 2,
    });
  });
});

describe("📌", () => {
  test("puts a message on the timeline, with who sent it and when", () => {
    const told = underWay().tell(pin(bob));
    const { kind, by, at, text, message, marks } = line(told, 1);
    assert.deepEqual(
      [kind, by, at, text, message, marks],
      ["message", clerk, found.sentAt, found.text, found.message, [bob]],
    );
  });

  test("of several people is one line, that of the same person twice says nothing new", () => {
    const told = underWay().tell(pin(bob), pin(carol));
    assert.deepEqual(told.take(pin(bob)), []);
    assert.deepEqual(
      known(told).timeline.map(({ marks }) => marks),
      [[bob, carol]],
    );
  });

  test("taken away by everybody takes it off, in whatever order", () => {
    for (const [first, second] of [
      [bob, carol],
      [carol, bob],
    ] as const) {
      const told = underWay().tell(pin(bob), pin(carol), unpin(first));
      assert.equal(line(told, 1).gone, undefined);
      told.tell(unpin(second));
      assert.equal(line(told, 1).gone, "unmarked");
    }
  });

  test("taken away twice, or by who did not put it there, means nothing", () => {
    const told = underWay().tell(pin(bob));
    assert.deepEqual(told.take(unpin(carol)), []);
    told.tell(unpin(bob));
    assert.deepEqual(told.take(unpin(bob)), []);
    assert.deepEqual(underWay().take(unpin(bob)), []);
  });

  test("put there again brings the line back, under its old number", () => {
    const told = underWay().tell(pin(bob), note, unpin(bob), pin(carol));
    assert.deepEqual([line(told, 1).gone, line(told, 1).marks], [undefined, [carol]]);
    assert.equal(known(told).timeline.length, 2);
  });
});

describe("a removed message", () => {
  test("leaves its line without words, and the number to nobody else", () => {
    const told = underWay().tell(note);
    told.tell(removed(messageOf(told, 1)), note);
    assert.deepEqual(
      known(told).timeline.map(({ number, text, gone }) => [number, text, gone]),
      [
        [1, "", "redacted"],
        [2, "the provider was called", undefined],
      ],
    );
  });

  test("that stands nowhere changes nothing", () => {
    const nowhere = { type: "message-removed", message: "$x", by: bob, spoken: false } as const;
    assert.deepEqual(underWay().tell(note).see(nowhere), []);
  });

  test("is removed once", () => {
    const told = underWay().tell(pin(bob), removed(found.message));
    assert.deepEqual(
      told.see({ type: "message-removed", message: found.message, by: bob, spoken: false }),
      [],
    );
  });

  test("that was corrected loses the words of the correction too", () => {
    const told = underWay().tell(note, [alice, { type: "correct", line: 1, text: "the password is x" }]);
    told.tell(removed(messageOf(told, 1)));
    assert.deepEqual([line(told, 1).text, line(told, 1).gone], ["", "redacted"]);
  });

  test("that was the correction takes its words with it", () => {
    const told = underWay().tell(note, [alice, { type: "correct", line: 1, text: "the password is x" }]);
    told.tell(removed(line(told, 1).corrected?.message ?? "$none"));
    assert.deepEqual([line(told, 1).text, line(told, 1).gone], ["", "redacted"]);
  });

  test("can be corrected no more", () => {
    const told = underWay().tell(note);
    told.tell(removed(messageOf(told, 1)));
    const again = says(known(told), alice, { type: "correct", line: 1, text: "x" });
    assert.deepEqual(again, { refused: "no-line", line: 1, lines: 1 });
  });

  test("stays removed whatever becomes of the 📌 on it", () => {
    for (const steps of [
      [pin(bob), removed(found.message)],
      [pin(bob), removed(found.message), unpin(bob)],
      [pin(bob), removed(found.message), unpin(bob), pin(bob)],
      [pin(bob), unpin(bob), removed(found.message)],
      [pin(bob), unpin(bob), removed(found.message), pin(carol)],
      [pin(bob), removed(found.message), pin(carol), unpin(bob)],
    ]) {
      const told = underWay().tell(...steps);
      assert.deepEqual([line(told, 1).text, line(told, 1).gone], ["", "redacted"]);
    }
  });

  test("is on the card no more", () => {
    const told = underWay().tell(
      [alice, { type: "state-impact", text: "the password is x" }],
      [alice, { type: "update", text: "the password is x" }],
    );
    told.tell(removed(messageOf(told, 1)), removed(messageOf(told, 2)));
    assert.deepEqual([known(told).impact, known(told).lastUpdate], [undefined, undefined]);
  });

  test("is removed for somebody by commander and scribe, which is written down with the reason", () => {
    const order = { type: "redact", message: "$secret", reason: "it holds a password" } as const;
    const told = underWay().tell(...led, ...gives(alice, "scribe", carol));
    for (const who of [alice, carol]) {
      assert.deepEqual(says(known(told), who, order), [
        { type: "redaction-ordered", data: { message: "$secret", reason: "it holds a password" } },
      ]);
    }
    const refused = says(known(told), bob, order);
    assert.ok(isRefusal(refused) && refused.refused === "not-entitled");
  });
});

test("when it is over, the record is still put right", () => {
  const told = underWay().tell(note, over, [
    alice,
    { type: "correct", line: 1, text: "the provider was told" },
  ]);
  assert.equal(line(told, 1).text, "the provider was told");
});

test("a restart changes no line", () => {
  const told = underWay().tell(note, pin(bob), pin(carol), unpin(bob), removed(found.message), [
    alice,
    { type: "correct", line: 1, text: "the provider was told" },
  ]);
  assert.deepEqual(fold(JSON.parse(JSON.stringify(told.entries))), told.incident);
});
