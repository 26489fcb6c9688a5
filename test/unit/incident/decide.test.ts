import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { decide, isRefusal } from "../../../src/incident/decide.ts";
import type { Fact } from "../../../src/incident/fact.ts";
import { holders, type Incident, rolesOf } from "../../../src/incident/incident.ts";
import type { Intent } from "../../../src/incident/intent.ts";
import type { Refusal } from "../../../src/incident/refusal.ts";
import { timersOf } from "../../../src/incident/timers.ts";
import {
  after,
  alice,
  bob,
  carol,
  clerk,
  dave,
  gives,
  led,
  minute,
  noon,
  over,
  policy,
  type Step,
  Story,
  story,
  stranger,
} from "../../support/incident.ts";

/** Given this incident, when somebody says this, then these facts follow, or this refusal. */
function then(
  incident: Incident | undefined,
  by: typeof alice,
  intent: Intent,
  expected: readonly Fact[] | Refusal,
): void {
  assert.deepEqual(decide(incident, intent, { actor: by, at: noon, policy }), expected);
}

describe("declaring", () => {
  const intent = {
    type: "declare",
    title: "Payments fail",
    severity: "sev2",
    people: [bob, stranger, bob, alice],
  } as const;

  test("makes who declares acting commander, invites the people once, and names who cannot be invited", () => {
    then(undefined, alice, intent, [
      {
        type: "declared",
        data: {
          title: "Payments fail",
          severity: "sev2",
          role: "commander",
          nextUpdateAt: noon + 30 * minute,
        },
      },
      { type: "invited", data: { user: bob, role: "responder" } },
      { type: "invite-failed", data: { user: stranger, reason: "outside" } },
    ]);
  });

  test("is refused to who may not", () => {
    for (const who of [clerk, stranger]) then(undefined, who, intent, { refused: "may-not-declare" });
  });

  test("makes a deputy of who may declare but not command", () => {
    const house = { ...policy, mayDeclare: () => true };
    const decision = decide(undefined, intent, { actor: clerk, at: noon, policy: house });
    assert.ok(!isRefusal(decision) && decision[0]?.type === "declared" && decision[0].data.role === "deputy");
  });

  test("of unknown severity keeps the cadence of sev2, and sev4 none", () => {
    for (const [severity, next] of [
      ["unknown", 30],
      ["sev1", 15],
      ["sev4", undefined],
    ] as const) {
      const data = {
        title: "x",
        severity,
        role: "commander",
        ...(next === undefined ? {} : { nextUpdateAt: noon + next * minute }),
      };
      then(undefined, alice, { type: "declare", title: "x", severity, people: [] }, [
        { type: "declared", data },
      ]);
    }
  });
});

test("without an incident nothing but declaring is possible", () => {
  then(undefined, alice, { type: "note", text: "hello" }, { refused: "unseen" });
});

describe("roles", () => {
  const table: readonly (readonly [string, Incident, typeof alice, Intent, readonly Fact[] | Refusal])[] = [
    [
      "the commander asks somebody of the incident",
      after(),
      alice,
      { type: "offer-role", role: "scribe", user: bob },
      [{ type: "role-offered", data: { role: "scribe", user: bob } }],
    ],
    [
      "who is not there yet is invited besides",
      after(),
      alice,
      { type: "offer-role", role: "scribe", user: dave },
      [
        { type: "invited", data: { user: dave, role: "responder" } },
        { type: "role-offered", data: { role: "scribe", user: dave } },
      ],
    ],
    [
      "nobody is asked what they said themselves",
      after(...led),
      bob,
      { type: "offer-role", role: "scribe", user: bob },
      [{ type: "role-accepted", data: { role: "scribe", user: bob } }],
    ],
    [
      "a role that does not exist",
      after(),
      alice,
      { type: "offer-role", role: "wizard", user: bob },
      { refused: "unknown-role", role: "wizard" },
    ],
    [
      "a stranger gets none",
      after(),
      alice,
      { type: "offer-role", role: "scribe", user: stranger },
      { refused: "outsider", user: stranger },
    ],
    [
      "who may not hold it gets none",
      after(),
      alice,
      { type: "offer-role", role: "commander", user: clerk },
      { refused: "not-eligible", role: "commander", user: clerk, eligible: ["@*:bank.example"] },
    ],
    [
      "who holds it is not asked again",
      after(...led),
      alice,
      { type: "offer-role", role: "deputy", user: bob },
      { refused: "already-holder", role: "deputy", user: bob },
    ],
    [
      "who was asked is not asked twice",
      after([alice, { type: "offer-role", role: "scribe", user: bob }]),
      alice,
      { type: "offer-role", role: "scribe", user: bob },
      { refused: "already-offered", role: "scribe", user: bob },
    ],
    [
      "who was not asked has nothing to accept",
      after(),
      carol,
      { type: "accept-role" },
      { refused: "no-offer" },
    ],
    [
      "nor to decline",
      after(),
      carol,
      { type: "decline-role", role: "scribe" },
      { refused: "no-offer", role: "scribe" },
    ],
    [
      "with two offers one has to say which",
      after(...ask("scribe", "comms")),
      bob,
      { type: "accept-role" },
      { refused: "several-offers", roles: ["scribe", "comms"] },
    ],
    [
      "said which, it is that one",
      after(...ask("scribe", "comms")),
      bob,
      { type: "accept-role", role: "comms" },
      [{ type: "role-accepted", data: { role: "comms", user: bob } }],
    ],
    [
      "declined",
      after(...ask("scribe")),
      bob,
      { type: "decline-role" },
      [{ type: "role-declined", data: { role: "scribe", user: bob } }],
    ],
    [
      "the acting commander keeps command",
      after(),
      alice,
      { type: "accept-role" },
      [{ type: "role-accepted", data: { role: "commander", user: alice } }],
    ],
    [
      "a role passes with the very acceptance",
      after(...ask("commander")),
      bob,
      { type: "accept-role" },
      [{ type: "role-accepted", data: { role: "commander", user: bob, from: alice } }],
    ],
    [
      "who commands a sev2 is no ops",
      after([alice, { type: "change-severity", to: "sev2", reason: "worse" }]),
      alice,
      { type: "offer-role", role: "ops", user: alice },
      { refused: "excluded", role: "ops", user: alice, other: "commander" },
    ],
    [
      "in a sev3 they may be",
      after(),
      alice,
      { type: "offer-role", role: "ops", user: alice },
      [{ type: "role-accepted", data: { role: "ops", user: alice } }],
    ],
  ];
  for (const [name, incident, by, intent, expected] of table)
    test(name, () => then(incident, by, intent, expected));

  function ask(...roles: readonly string[]): readonly Step[] {
    return roles.map((role) => [alice, { type: "offer-role", role, user: bob }]);
  }
});

describe("inviting", () => {
  test("who is there already", () =>
    then(after(), alice, { type: "invite", users: [bob] }, { refused: "already-there", user: bob }));
  test("a stranger", () =>
    then(
      after(),
      alice,
      { type: "invite", users: [dave, stranger] },
      { refused: "outsider", user: stranger },
    ));
  test("several, with a role and a reason", () =>
    then(after(), alice, { type: "invite", users: [dave], role: "comms", reason: "to talk to the press" }, [
      { type: "invited", data: { user: dave, role: "responder", reason: "to talk to the press" } },
      { type: "role-offered", data: { role: "comms", user: dave } },
    ]));
});

describe("the rest of what is said", () => {
  test("the same severity again", () =>
    then(
      after(),
      alice,
      { type: "change-severity", to: "sev3", reason: "?" },
      { refused: "same-severity", severity: "sev3" },
    ));
  test("a new severity restarts the clock", () =>
    then(after(), alice, { type: "change-severity", to: "sev1", reason: "all regions" }, [
      {
        type: "severity-changed",
        data: { from: "sev3", to: "sev1", reason: "all regions", nextUpdateAt: noon + 15 * minute },
      },
    ]));
  test("an update that says when the next one comes", () =>
    then(after(), alice, { type: "update", text: "looking", nextMs: 45 * minute }, [
      { type: "updated", data: { text: "looking", nextUpdateAt: noon + 45 * minute } },
    ]));
  test("over with a role missing that the severity needs", () => {
    const severe = after(
      [alice, { type: "accept-role" }],
      [alice, { type: "change-severity", to: "sev2", reason: "worse" }],
    );
    then(severe, alice, { type: "close", summary: "done" }, { refused: "roles-missing", roles: ["scribe"] });
    then(severe, alice, { type: "close", summary: "done", anyway: "nobody was left" }, [
      { type: "over", data: { summary: "done", missing: ["scribe"], anyway: "nobody was left" } },
    ]);
  });
  test("over with an acting commander who never accepted", () =>
    assert.deepEqual(after().filled, ["commander"]));
  test("over, then nothing but notes and the archive", () => {
    const ended = after(...led, over);
    then(
      ended,
      alice,
      { type: "update", text: "x" },
      { refused: "wrong-state", intent: "update", state: "over" },
    );
    then(ended, alice, { type: "archive" }, [{ type: "archiving", data: {} }]);
  });
  test("while it is being archived nothing", () => {
    const closing = after(...led, over, [alice, { type: "archive" }]);
    then(closing, alice, { type: "note", text: "late" }, { refused: "closing" });
  });
  test("in a room that the homeserver encrypted nothing", () => {
    const blind = after([{ type: "room-encrypted" }]);
    then(blind, alice, { type: "note", text: "x" }, { refused: "room-unusable", reason: "encrypted" });
  });
});

describe("a role that passes", () => {
  const { entries } = story(...led, ...gives(alice, "commander", carol));

  test("does so in one entry: never two commanders, and never none", () => {
    for (let end = 1; end <= entries.length; end++) {
      const told = new Story();
      told.entries.push(...entries.slice(0, end));
      told.write("cordon", []);
      assert.equal(
        told.incident === undefined ? 0 : holders(told.incident, "commander").length,
        1,
        `entry ${end}`,
      );
    }
    assert.deepEqual(entries.at(-1)?.data, { role: "commander", user: carol, from: alice });
  });

  test("leaves who had it an ordinary responder", () => {
    const { incident } = story(...led, ...gives(alice, "commander", carol));
    assert.deepEqual(rolesOf(incident, alice), ["responder"]);
    assert.deepEqual(rolesOf(incident, carol), ["commander"]);
  });
});

describe("an offer that nobody answers", () => {
  const due: Step = [{ type: "offer-due", role: "scribe", user: bob }];
  const asked: Step = [alice, { type: "offer-role", role: "scribe", user: bob }];

  test("is made once more, then it lapses", () => {
    assert.deepEqual(
      after(asked).offers.map(({ reminded }) => reminded),
      [false],
    );
    assert.deepEqual(
      after(asked, due).offers.map(({ reminded }) => reminded),
      [true],
    );
    assert.deepEqual(after(asked, due, due).offers, []);
  });

  test("has a timer for each of the two, each with a key of its own", () => {
    const first = timersOf(after(asked), policy);
    const second = timersOf(after(asked, due), policy);
    assert.deepEqual([first.length, second.length], [1, 1]);
    assert.notEqual(first[0]?.key, second[0]?.key);
    assert.equal(first[0]?.dueAt, (after(asked).offers[0]?.at ?? 0) + policy.acceptWithinMs);
  });

  test("is gone when the incident is over", () => {
    assert.deepEqual(
      timersOf(after(...led, asked, over), policy).map(({ key }) => key),
      ["grace"],
    );
  });
});

describe("who leaves", () => {
  const gone = after(...led, [{ type: "member-left", user: bob, by: bob, reason: "end of shift" }]);
  test("vacates every role", () => assert.deepEqual(rolesOf(gone, bob), []));
  test("is remembered with the reason", () => assert.equal(gone.people[bob]?.reason, "end of shift"));
  test("has no say any more", () => then(gone, bob, { type: "note", text: "x" }, { refused: "unseen" }));
  test("comes back with an invitation, as a responder", () => {
    const back = after(
      ...led,
      [{ type: "member-left", user: bob, by: bob }],
      [alice, { type: "invite", users: [bob] }],
    );
    assert.deepEqual(rolesOf(back, bob), ["responder"]);
  });
  test("comes back without one, and is removed", () => {
    const back = story(
      ...led,
      [{ type: "member-left", user: bob, by: bob }],
      [{ type: "member-joined", user: bob }],
    );
    assert.equal(back.entries.at(-1)?.type, "intruder-removed");
  });
});

test("an invitation made in a client counts where its maker is entitled, and not otherwise", () => {
  for (const [by, expected] of [
    [alice, "wanted"],
    [carol, undefined],
  ] as const) {
    const incident = after([{ type: "member-invited", user: dave, by }]);
    assert.equal(incident.people[dave]?.standing, expected);
  }
});
