import assert from "node:assert/strict";
import { test } from "node:test";
import { HomeserverRefusal } from "../../src/demo/client.ts";
import { pill } from "../../src/demo/message.ts";
import { signIn } from "../../src/demo/person.ts";
import { text } from "../../src/matrix/event.ts";
import { newPerson, startHomeserver } from "../support/homeserver.ts";

const synapse = await startHomeserver();
const alice = await newPerson(synapse, "alice", { displayName: "Alice" });
const bob = await newPerson(synapse, "bob");
const room = await alice.createRoom({ preset: "private_chat", room_alias_name: "kitchen" });

test("two people chat", async () => {
  await alice.invite(room, bob.userId);
  assert.equal(await bob.waitForInvitation(), room);
  await bob.join(room);

  const question = await alice.say(room, "Bob: tea?", {
    html: `${pill(bob.userId, "Bob")}: tea?`,
    mentions: [bob.userId],
  });
  const heard = await bob.waitFor((event) => event.event_id === question, { what: "the question", room });
  assert.deepEqual(heard.content["m.mentions"], { user_ids: [bob.userId] });

  await bob.react(room, question, "👍");
  await bob.say(room, "yes", { thread: question });
  const answer = await alice.waitFor(({ content }) => content.body === "yes", {
    what: "the answer",
    room,
    after: question,
  });
  assert.equal(answer.sender, bob.userId);
  assert.deepEqual(
    alice
      .seen(room)
      .slice(-3)
      .map(({ type }) => type),
    ["m.room.message", "m.reaction", "m.room.message"],
  );
});

test("edits, redactions, files and state", async () => {
  const words = await alice.say(room, "six o'clock");
  const edit = await alice.edit(room, words, "seven o'clock");
  await alice.redact(room, words, "not today");
  const redaction = await alice.waitFor(({ redacts }) => redacts === words, {
    what: "the redaction",
    room,
    after: edit,
  });
  assert.equal(redaction.content.reason, "not today");

  const bytes = new TextEncoder().encode("two spoons");
  const file = await alice.sendFile(room, "recipe.txt", bytes, "text/plain");
  const { content } = await alice.waitFor(({ event_id }) => event_id === file, { what: "the file", room });
  assert.equal(content.filename, "recipe.txt");

  await alice.sendState(room, "m.room.topic", "", { topic: "Tea" });
  assert.equal(text(await alice.state(room, "m.room.topic"), "topic"), "Tea");
});

test("a refusal carries status and errcode", async () => {
  const carol = await newPerson(synapse, "carol");
  await assert.rejects(
    carol.join(room),
    (error) => error instanceof HomeserverRefusal && error.status === 403 && error.errcode === "M_FORBIDDEN",
  );
});

test("waiting in vain tells what was seen instead", async () => {
  const waiting = alice.waitFor(({ type }) => type === "m.never", {
    what: "what never comes",
    timeoutMs: 1,
    room,
  });
  await assert.rejects(
    waiting,
    /waited 1 ms in vain for what never comes[\s\S]*m\.room\.create by @alice:cordon\.test/,
  );
});

test("a restart keeps address, people and rooms, and who follows goes on", async () => {
  const { url } = synapse;
  await synapse.restart();
  assert.equal(synapse.url, url);
  const again = await signIn(url, "alice", alice.account.password);
  assert.equal(again.userId, alice.userId);
  assert.equal(await bob.resolveAlias("#kitchen:cordon.test"), room);
  const words = await bob.say(room, "still here");
  await alice.waitFor(({ event_id }) => event_id === words, {
    what: "what Bob says after the restart",
    room,
  });
});

test("a paused homeserver answers nothing until it goes on", async () => {
  synapse.pause();
  const signal = AbortSignal.timeout(300);
  await assert.rejects(fetch(`${synapse.url}/_matrix/client/versions`, { signal }), { name: "TimeoutError" });
  synapse.resume();
  await alice.say(room, "awake again");
});

test("the server's signing keys are answered", async () => {
  const keys = await alice.call("GET", "/_matrix/key/v2/server");
  assert.equal(keys.server_name, "cordon.test");
});

test("a second homeserver has a port of its own, and is killed as told", async () => {
  const other = await startHomeserver({ serverName: "other.test" });
  assert.notEqual(other.url, synapse.url);
  await other.kill("SIGKILL");
  await assert.rejects(fetch(`${other.url}/_matrix/client/versions`));
});
