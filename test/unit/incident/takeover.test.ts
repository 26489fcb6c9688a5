import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { holders, type Incident, rolesOf } from "../../../src/incident/incident.ts";
import {
  after,
  alice,
  bob,
  carol,
  clerk,
  dave,
  gives,
  known,
  led,
  minute,
  type Step,
  says,
  underWay,
} from "../../support/incident.ts";

const takeover = { type: "takeover", role: "commander", reason: "no word from Alice" } as const;
const taken = (user: string, from?: string) => ({
  type: "role-taken-over",
  data: { role: "commander", user, ...(from === undefined ? {} : { from }), reason: takeover.reason },
});
/** Who commands does not deputise any more. */
const released = { type: "role-released", data: { role: "deputy", user: bob, excludedBy: "commander" } };
const enter: Step = [dave, { type: "enter", reason: "nobody answers" }];
const incident = after(...led);
const begun = sinceWhen(incident);

/** When the present command began. */
function sinceWhen({ roles }: Incident): number {
  return roles.commander?.[0]?.since ?? Number.NaN;
}

describe("taking command over", () => {
  for (const [who, user, minutes, follows] of [
    ["the deputy", bob, 10, [taken(bob, alice), released]],
    ["anybody else who may command", carol, 20, [taken(carol, alice)]],
  ] as const) {
    test(`is possible for ${who} after ${minutes} minutes without a word`, () => {
      const spoke = begun + 30 * minute;
      const from = spoke + minutes * minute;
      const heard = { [alice]: spoke };
      assert.deepEqual(says(incident, user, takeover, { at: from - 1, heard }), {
        refused: "not-silent",
        commander: alice,
        takeoverFrom: from,
      });
      assert.deepEqual(says(incident, user, takeover, { at: from, heard }), follows);
    });

    test(`counts for ${who} from the beginning of the command, if nothing was heard since`, () => {
      const from = begun + minutes * minute;
      for (const heard of [{}, { [alice]: begun - 60 * minute }]) {
        const early = says(incident, user, takeover, { at: from - 1, heard });
        assert.ok("refused" in early && early.refused === "not-silent" && early.takeoverFrom === from);
        assert.deepEqual(says(incident, user, takeover, { at: from, heard }), follows);
      }
    });
  }

  test("is not hindered by what others wrote", () => {
    const at = begun + 10 * minute;
    assert.deepEqual(says(incident, bob, takeover, { at, heard: { [carol]: at } }), [
      taken(bob, alice),
      released,
    ]);
  });

  test("is possible for an administrator at any time, once they have entered", () => {
    assert.deepEqual(says(after(...led, enter), dave, takeover, { heard: { [alice]: begun } }), [
      taken(dave, alice),
    ]);
    assert.deepEqual(says(incident, dave, takeover), { refused: "enter-first" });
  });

  test("is never possible for who may not command, nor for an observer", () => {
    const cast = after(
      ...led,
      [alice, { type: "invite", users: [clerk] }],
      [alice, { type: "offer-role", role: "observer", user: carol }],
    );
    const at = begun + 600 * minute;
    assert.deepEqual(says(cast, clerk, takeover, { at }), {
      refused: "not-eligible",
      role: "commander",
      user: clerk,
      eligible: ["@*:bank.example"],
    });
    const observer = says(cast, carol, takeover, { at });
    assert.ok("refused" in observer && observer.refused === "not-entitled");
  });

  test("is possible at once where command is vacant", () => {
    const vacant = after([{ type: "member-left", user: alice, by: alice }]);
    assert.deepEqual(says(vacant, carol, takeover), [taken(carol)]);
  });

  test("is not for who commands already, nor of any other role", () => {
    assert.deepEqual(says(incident, alice, takeover), {
      refused: "already-holder",
      role: "commander",
      user: alice,
    });
    assert.deepEqual(says(incident, carol, { ...takeover, role: "deputy" }), {
      refused: "takeover-of-command-only",
      role: "deputy",
    });
  });

  test("withdraws the question who should command", () => {
    const handing = underWay().tell(...led, [alice, { type: "handover", role: "commander", user: carol }]);
    const decision = says(known(handing), bob, takeover, { at: begun + 60 * minute });
    assert.deepEqual(decision, [
      taken(bob, alice),
      { type: "offer-withdrawn", data: { role: "commander", user: carol } },
      released,
    ]);
  });

  test("takes from the new commander what may not be held beside command", () => {
    const told = underWay().tell(
      ...led,
      [alice, { type: "change-severity", to: "sev1", reason: "all regions" }],
      ...gives(alice, "ops", carol),
    );
    told.pass(20 * minute);
    told.tell([carol, takeover]);
    assert.deepEqual(rolesOf(known(told), carol), ["commander"]);
    assert.deepEqual(rolesOf(known(told), alice), ["responder"]);
    assert.ok(
      told.entries.some(({ type, data }) => type === "role-released" && "excludedBy" in data),
      "and says so",
    );
  });

  test("by the deputy ends their deputising, which a sev1 then lacks", () => {
    const told = underWay().tell(...led, [
      alice,
      { type: "change-severity", to: "sev1", reason: "all regions" },
    ]);
    told.pass(10 * minute);
    told.tell([bob, takeover]);
    assert.deepEqual(holders(known(told), "deputy"), []);
    assert.ok("deputy" in known(told).vacancies);
  });

  test("starts the clock anew for whoever would take it next", () => {
    const told = underWay().tell(...led);
    told.pass(10 * minute);
    told.tell([bob, takeover]);
    const next = says(known(told), carol, takeover, { at: told.now });
    assert.ok("refused" in next && next.refused === "not-silent");
    assert.equal(next.takeoverFrom, told.now + 20 * minute);
  });
});
