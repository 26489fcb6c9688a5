import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { UserId } from "../../../src/incident/ids.ts";
import { rolesOf } from "../../../src/incident/incident.ts";
import {
  after,
  alice,
  bob,
  carol,
  clerk,
  dave,
  joins,
  known,
  led,
  over,
  policy,
  type Step,
  says,
  stranger,
  underWay,
} from "../../support/incident.ts";

const removeBob: Step = [alice, { type: "remove", user: bob, reason: "wrong Bob" }];
const bobLeaves: Step = [{ type: "member-left", user: bob, by: bob, reason: "end of shift" }];
const bobJoins = joins(bob);

describe("inviting", () => {
  test("is done by commander and deputy", () => {
    for (const who of [alice, bob]) {
      assert.deepEqual(says(after(...led), who, { type: "invite", users: [dave, dave, clerk] }), [
        { type: "invited", data: { user: dave, role: "responder" } },
        { type: "invited", data: { user: clerk, role: "responder" } },
      ]);
    }
    const refused = says(after(...led), carol, { type: "invite", users: [dave] });
    assert.ok("refused" in refused && refused.refused === "not-entitled");
  });

  test("gives a plain role at once, and asks about every other", () => {
    assert.deepEqual(says(after(), alice, { type: "invite", users: [dave], role: "observer" }), [
      { type: "invited", data: { user: dave, role: "observer" } },
    ]);
    assert.deepEqual(
      says(after(), alice, { type: "invite", users: [dave, bob], role: "comms", reason: "for the press" }),
      [
        { type: "invited", data: { user: dave, role: "responder", reason: "for the press" } },
        { type: "role-offered", data: { role: "comms", user: dave } },
        { type: "role-offered", data: { role: "comms", user: bob } },
      ],
    );
  });

  test("gives a role that one holds to one, however many volunteered", () => {
    const eager = after(
      [bob, { type: "volunteer", role: "comms" }],
      [carol, { type: "volunteer", role: "comms" }],
    );
    const decision = says(eager, alice, { type: "invite", users: [bob, carol], role: "comms" });
    assert.deepEqual(decision, [
      { type: "role-accepted", data: { role: "comms", user: bob } },
      { type: "offer-withdrawn", data: { role: "comms", user: carol } },
      { type: "role-offered", data: { role: "comms", user: carol } },
    ]);
  });

  test("is refused for who is there, who is of another house, and who may not have the role", () => {
    for (const [intent, refusal] of [
      [{ users: [bob] }, { refused: "already-there", user: bob }],
      [{ users: [dave, stranger] }, { refused: "outsider", user: stranger }],
      [
        { users: [stranger], role: "comms" },
        { refused: "outsider", user: stranger },
      ],
      [
        { users: [clerk], role: "deputy" },
        { refused: "not-eligible", role: "deputy", user: clerk, eligible: ["@*:bank.example"] },
      ],
      [
        { users: [dave], role: "wizard" },
        { refused: "unknown-role", role: "wizard" },
      ],
    ] as const) {
      assert.deepEqual(says(after(), alice, { type: "invite", ...intent }), refusal);
    }
  });

  test("of more than ten at once is one matter, which ends with one summary", () => {
    const crowd = Array.from({ length: 11 }, (_, nth): UserId => `@guest${nth}:bank.example`);
    const [first, ...others] = crowd;
    assert.ok(first !== undefined);
    const few = says(after(), alice, { type: "invite", users: others });
    assert.ok(!("refused" in few) && few.every(({ type }) => type === "invited"));

    const told = underWay().tell([alice, { type: "invite", users: crowd }]);
    assert.deepEqual(told.entries.at(-1)?.data, { people: 11 });
    told.tell([{ type: "invite-refused", user: first, reason: "M_FORBIDDEN" }]);
    assert.deepEqual(told.take([{ type: "invitations-sent" }]), [
      { type: "invitations-sent", data: { invited: 10, failed: [{ user: first, reason: "M_FORBIDDEN" }] } },
    ]);
    assert.deepEqual(told.take([{ type: "invitations-sent" }]), [], "once");
  });

  test("in the client counts where its maker is entitled, and is withdrawn otherwise", () => {
    const told = underWay().tell(...led);
    for (const [user, by, fact] of [
      [dave, bob, { type: "invited", data: { user: dave, role: "responder" } }],
      [clerk, carol, { type: "invitation-withdrawn", data: { user: clerk, by: carol } }],
      [stranger, alice, { type: "invitation-withdrawn", data: { user: stranger, by: alice } }],
    ] as const) {
      assert.deepEqual(told.take([{ type: "member-invited", user, by }]), [fact]);
    }
    assert.deepEqual(
      told.take([{ type: "member-invited", user: carol, by: carol }]),
      [],
      "who is there anyway",
    );
  });

  test("in the client is withdrawn once it is over", () => {
    const told = underWay().tell(...led, over);
    assert.deepEqual(told.take([{ type: "member-invited", user: dave, by: alice }]), [
      { type: "invitation-withdrawn", data: { user: dave, by: alice } },
    ]);
  });

  test("that the homeserver refuses leaves the person without role and question", () => {
    const incident = after(
      [alice, { type: "offer-role", role: "scribe", user: dave }],
      [{ type: "invite-refused", user: dave, reason: "M_FORBIDDEN" }],
    );
    assert.deepEqual(
      [incident.people[dave]?.standing, rolesOf(incident, dave), incident.offers],
      ["failed", [], []],
    );
  });
});

describe("joining", () => {
  test("is for who was invited", () => {
    const told = underWay().tell([alice, { type: "invite", users: [dave] }]);
    assert.deepEqual(told.take([{ type: "member-joined", user: dave }]), [
      { type: "joined", data: { user: dave } },
    ]);
    assert.deepEqual(told.take([{ type: "member-joined", user: dave }]), [], "once");
  });

  test("without an invitation is undone, for administrators and for who was there before as well", () => {
    for (const [told, user] of [
      [underWay(), stranger],
      [underWay(), dave],
      [underWay().tell(bobLeaves), bob],
      [underWay().tell(removeBob), bob],
    ] as const) {
      assert.deepEqual(told.take(joins(user)), [{ type: "intruder-removed", data: { user } }]);
      assert.ok(!["wanted", "joined"].includes(known(told).people[user]?.standing ?? "unknown"));
    }
  });
});

describe("leaving", () => {
  test("gives up every role and every question, and is remembered with its reason", () => {
    const told = underWay().tell(...led, [alice, { type: "offer-role", role: "scribe", user: bob }]);
    assert.deepEqual(told.take(bobLeaves), [
      { type: "left", data: { user: bob, vacated: ["deputy"], reason: "end of shift" } },
    ]);
    const incident = known(told);
    assert.deepEqual([rolesOf(incident, bob), incident.offers], [[], []]);
    assert.equal(incident.people[bob]?.reason, "end of shift");
    assert.deepEqual(told.take(bobLeaves), [], "once");
  });

  test("by another's hand says whose", () => {
    assert.deepEqual(underWay().take([{ type: "member-left", user: bob, by: dave }]), [
      { type: "left", data: { user: bob, vacated: ["responder"], by: dave } },
    ]);
  });

  test("as commander makes command vacant", () => {
    assert.deepEqual(underWay().take([{ type: "member-left", user: alice, by: alice }]), [
      { type: "left", data: { user: alice, vacated: ["commander"] } },
      { type: "role-vacant", data: { role: "commander" } },
    ]);
  });

  test("is for ever, until a new invitation: then as a responder", () => {
    assert.deepEqual(says(after(...led, bobLeaves), bob, { type: "record", kind: "note", text: "x" }), {
      refused: "unseen",
    });
    const back = after(...led, bobLeaves, [alice, { type: "invite", users: [bob] }], bobJoins);
    assert.deepEqual([back.people[bob]?.standing, rolesOf(back, bob)], ["joined", ["responder"]]);
  });
});

describe("removing somebody", () => {
  test("takes the roles too", () => {
    assert.deepEqual(says(after(...led), alice, { type: "remove", user: bob, reason: "wrong Bob" }), [
      { type: "removed", data: { user: bob, vacated: ["deputy"], reason: "wrong Bob" } },
    ]);
    const gone = after(...led, removeBob);
    assert.deepEqual([gone.people[bob]?.standing, rolesOf(gone, bob)], ["left", []]);
  });

  test("is done by commander and deputy, when it is over as well", () => {
    for (const who of [alice, bob]) {
      assert.deepEqual(says(after(...led, over), who, { type: "remove", user: carol, reason: "left us" }), [
        { type: "removed", data: { user: carol, vacated: ["responder"], reason: "left us" } },
      ]);
    }
  });

  test("is not done to oneself, to the commander, or to who is not there", () => {
    for (const [who, user, refused] of [
      [alice, alice, "not-to-be-removed"],
      [bob, alice, "not-to-be-removed"],
      [bob, bob, "not-to-be-removed"],
      [alice, dave, "not-there"],
    ] as const) {
      assert.deepEqual(says(after(...led), who, { type: "remove", user, reason: "x" }), { refused, user });
    }
  });
});

describe("entering by break-glass", () => {
  const enter = { type: "enter", reason: "nobody answers" } as const;

  test("is for administrators, as responders, with a reason", () => {
    assert.deepEqual(says(after(), dave, enter), [
      { type: "entered", data: { user: dave, role: "responder", reason: "nobody answers" } },
    ]);
    assert.deepEqual(says(after(), clerk, enter), { refused: "unseen" });
  });

  test("is for who is not there", () => {
    for (const who of [alice, carol]) {
      assert.deepEqual(says(after(), who, enter), { refused: "already-there", user: who });
    }
    assert.deepEqual(says(after([dave, enter]), dave, enter), { refused: "already-there", user: dave });
  });

  test("comes before everything else an administrator wants of it", () => {
    for (const intent of [
      { type: "record", kind: "note", text: "x" },
      { type: "close", summary: "x" },
    ] as const) {
      assert.deepEqual(says(after(), dave, intent), { refused: "enter-first" });
    }
  });

  test("lasts as long as they stay", () => {
    const told = underWay().tell([dave, enter], [{ type: "member-left", user: dave, by: dave }]);
    assert.deepEqual(known(told).entered, []);
    told.tell([alice, { type: "invite", users: [dave] }]);
    const closes = says(known(told), dave, { type: "close", summary: "x" });
    assert.ok("refused" in closes && closes.refused === "not-entitled", "who is invited has not entered");
  });

  test("does not bring in who may be in no incident", () => {
    const strict = { ...policy, isMember: (user: string) => user !== dave };
    assert.deepEqual(says(after(), dave, enter, { policy: strict }), { refused: "outsider", user: dave });
  });
});
