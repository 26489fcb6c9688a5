import assert from "node:assert/strict";
import { test } from "node:test";
import type { EventId, UserId } from "../../../src/incident/ids.ts";
import { InvitationFlood } from "../../../src/service/invitation-flood.ts";
import { alice, bob, minute, noon } from "../../support/incident.ts";

/** A flood guard, with a clock that the test moves and invitations that are all different. */
function guard() {
  const flood = new InvitationFlood();
  let now = noon;
  let sent = 0;
  return {
    invites: (user: UserId, invitation: EventId = `$${sent++}`) => flood.judge(user, invitation, now),
    pass: (ms: number) => {
      now += ms;
    },
  };
}

const times = <T>(count: number, what: () => T) => Array.from({ length: count }, what);

test("ten invitations a minute are handled, of the rest is told once; another person does not notice", () => {
  const { invites } = guard();
  const verdicts = times(30, () => invites(alice));
  assert.deepEqual(verdicts, [...times(10, () => "handle"), "tell", ...times(19, () => "ignore")]);
  assert.equal(invites(bob), "handle");
});

test("within any minute there are ten at most, wherever that minute begins", () => {
  const { invites, pass } = guard();
  times(5, () => invites(alice));
  pass(40_000);
  times(5, () => invites(alice));
  pass(19_999);
  assert.equal(invites(alice), "tell");
  pass(1);
  assert.deepEqual(
    times(6, () => invites(alice)),
    [...times(5, () => "handle"), "ignore"],
  );
});

test("it is told again of a flood that goes on, once a minute", () => {
  const { invites, pass } = guard();
  const told = times(300, () => {
    pass(minute / 100);
    return invites(alice);
  }).filter((verdict) => verdict === "tell");
  assert.equal(told.length, 3);
});

test("a clock that is set back keeps nobody waiting", () => {
  const { invites, pass } = guard();
  times(11, () => invites(alice));
  assert.equal(invites(alice), "ignore");
  pass(-60 * minute);
  assert.equal(invites(alice), "handle");
});

test("an invitation whose handling failed is handled again, and counts once", () => {
  const { invites } = guard();
  times(15, () => assert.equal(invites(alice, "$same"), "handle"));
  times(9, () => assert.equal(invites(alice), "handle"));
  assert.equal(invites(alice), "tell");
  assert.equal(invites(alice, "$same"), "handle");
});

test("of a thousand inviters the latest are remembered, and no more", () => {
  const { invites } = guard();
  times(10, () => invites(alice));
  for (let n = 0; n < 999; n++) invites(`@p${n}:bank.example`);
  assert.equal(invites(alice), "tell");
  for (let n = 0; n < 999; n++) invites(`@q${n}:bank.example`);
  assert.equal(invites(alice), "ignore");
  for (let n = 0; n < 1_000; n++) invites(`@r${n}:bank.example`);
  assert.equal(invites(alice), "handle");
});
