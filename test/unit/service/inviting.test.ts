import assert from "node:assert/strict";
import { test } from "node:test";
import { HomeserverError } from "../../../src/matrix/errors.ts";
import type { UserId } from "../../../src/matrix/ids.ts";
import { askForAll } from "../../../src/service/inviting.ts";
import { alice, bob, carol, room } from "../../support/incident.ts";

const limited = (retryAfterMs?: number) =>
  new HomeserverError("limited", "Could not invite: the homeserver asks to wait.", { retryAfterMs });
const refused = new HomeserverError("refused", "Could not invite.", { errcode: "M_FORBIDDEN" });
const away = new HomeserverError("unreachable", "Could not invite: nobody is there.");
const everyone = Array.from({ length: 200 }, (_, n): UserId => `@person${n}:bank.example`);

/** A homeserver that answers invitations so, and notes what it was asked. */
function homeserver(
  answer: (user: UserId) => HomeserverError | undefined,
  memberships: Readonly<Record<UserId, string>> = {},
) {
  const asked: string[] = [];
  const meanwhile = { now: 0, most: 0 };
  return {
    asked,
    meanwhile,
    async invite(_room: string, user: UserId) {
      asked.push(`invite ${user}`);
      meanwhile.most = Math.max(meanwhile.most, ++meanwhile.now);
      await Promise.resolve();
      meanwhile.now--;
      const error = answer(user);
      if (error !== undefined) throw error;
    },
    async unban(_room: string, user: UserId) {
      asked.push(`unban ${user}`);
    },
    async readStateEvent(_room: string, _type: string, user: string) {
      const [, membership] = Object.entries(memberships).find(([other]) => other === user) ?? [];
      return membership === undefined ? undefined : { membership };
    },
    readState: async () => assert.fail("the whole state is not needed"),
  };
}

const nobody: ReadonlySet<UserId> = new Set();

test("two hundred are invited once each, at most ten at the same time", async () => {
  const synapse = homeserver(() => undefined);
  const answers = await askForAll(synapse, room, { invite: everyone, unban: nobody });
  assert.deepEqual(answers.map(({ user }) => user).toSorted(), everyone.toSorted());
  assert.ok(answers.every(({ type }) => type === "invited"));
  assert.deepEqual(synapse.asked.toSorted(), everyone.map((user) => `invite ${user}`).toSorted());
  assert.equal(synapse.meanwhile.most, 10);
});

test("whom the homeserver asks to wait for is kept, and nobody else waits for it", async () => {
  const isLate = (user: UserId) => user.endsWith("7:bank.example");
  const synapse = homeserver((user) => (isLate(user) ? limited(2_000) : undefined));
  const answers = await askForAll(synapse, room, { invite: everyone, unban: nobody });
  const late = answers.filter(({ type }) => type === "later");
  assert.deepEqual(late.map(({ user }) => user).toSorted(), everyone.filter(isLate).toSorted());
  assert.ok(late.every((answer) => answer.type === "later" && answer.inMs === 2_000));
  assert.equal(answers.length, everyone.length);
  const unsaid = await askForAll(
    homeserver(() => limited()),
    room,
    { invite: [alice], unban: nobody },
  );
  assert.ok(unsaid.every((answer) => answer.type === "later" && answer.inMs > 0));
});

test("a refusal counts where the person is not in the room already", async () => {
  const synapse = homeserver(() => refused, { [alice]: "join", [bob]: "leave" });
  const answers = await askForAll(synapse, room, { invite: [alice, bob, carol], unban: nobody });
  assert.deepEqual(
    answers.map(({ type, user }) => [type, user]),
    [
      ["there", alice],
      ["refused", bob],
      ["refused", carol],
    ],
  );
});

test("a ban is lifted before the invitation", async () => {
  const synapse = homeserver(() => undefined);
  await askForAll(synapse, room, { invite: [alice, bob], unban: new Set([bob]) });
  assert.deepEqual(synapse.asked, [`invite ${alice}`, `unban ${bob}`, `invite ${bob}`]);
});

test("where the homeserver goes away the rest is not asked for", async () => {
  const synapse = homeserver(() => away);
  const answers = await askForAll(synapse, room, { invite: everyone, unban: nobody });
  assert.ok(synapse.asked.length <= 10);
  assert.ok(answers.some((answer) => answer.type === "broken" && answer.error === away));
});
