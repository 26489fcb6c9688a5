import assert from "node:assert/strict";
import fc from "fast-check";
import { keep } from "../../../src/journal/inbox.ts";
import { HomeserverError } from "../../../src/matrix/errors.ts";
import { decodeEvent, isMalformed, type JsonObject, text } from "../../../src/matrix/event.ts";
import type { Homeserver } from "../../../src/matrix/ports.ts";
import { checkJournal } from "../../../src/service/checkup/journal.ts";
import { handleNext } from "../../../src/service/inbox-worker.ts";
import type { Service } from "../../../src/service/service.ts";
import { stages } from "../../support/cast.ts";
import { noon } from "../../support/incident.ts";
import { fuzzed } from "../fuzz.ts";
import { anyContent, event } from "../happening.ts";
import { openHouse, openScene, roomOf, tidy } from "../house.ts";
import { assertInert } from "../inert.ts";
import { anyText } from "../pieces.ts";

/** Events through the whole worker: each is handled, and what is kept stays whole. */
export const inbox = fuzzed({
  name: "inbox",
  share: 20,
  inputs: fc.record({
    stage: fc.constantFrom(...stages),
    events: fc.array(event, { minLength: 1, maxLength: 4 }),
    /** What the homeserver answers when it is asked for an event or a room's state; nothing where it refuses. */
    answer: fc.oneof(
      fc.constant(null),
      fc.record({ type: anyText, state_key: anyText, content: anyContent }),
    ),
  }),
  begin: async (stack) => {
    const world: World = { answer: null, faults: [] };
    const service = await openHouse(stack, homeserverOf(world), logOf(world));
    return async ({ stage, events, answer }) => {
      await tidy(service.db);
      Object.assign(world, { answer, faults: [] });
      const own = roomOf(await openScene(service, stage));
      for (const [nth, { happening, sender, place, at }] of events.entries()) {
        const room = place === "room" ? own : place;
        await bring(service, room, {
          event_id: `$${nth}`,
          room_id: room,
          sender,
          origin_server_ts: at,
          ...happening,
        });
      }
      assert.deepEqual(world.faults, [], "nothing meets a fault");
      await assertWhole(service);
    };
  },
});

interface Answer {
  readonly type: string;
  readonly state_key: string;
  readonly content: JsonObject;
}

interface World {
  answer: Answer | null;
  readonly faults: unknown[];
}

async function bring(service: Service, room: string, event: JsonObject): Promise<void> {
  await sendAll(service);
  const json = JSON.stringify(event);
  const decoded = decodeEvent(JSON.parse(json));
  const malformed = isMalformed(decoded) ? { malformed: decoded.malformed } : {};
  await keep(service.db, [{ eventId: text(event, "event_id"), roomId: room, json, ...malformed }], noon);
  for (let steps = 0; (await handleNext(service, room)) === "again"; steps++)
    assert.ok(steps < 5, "it comes to an end");
}

/** What the service said so far reaches the rooms: `$bot0`, `$bot1` and so on. */
async function sendAll({ db }: Service): Promise<void> {
  const rows = await db.selectFrom("outbox").select(["seq", "sent_at"]).orderBy("seq").execute();
  for (const [nth, { seq, sent_at }] of rows.entries()) {
    if (sent_at !== null) continue;
    const sent = { sent_at: noon, event_id: `$bot${nth}` };
    await db.updateTable("outbox").set(sent).where("seq", "=", seq).execute();
  }
}

async function assertWhole({ db }: Service): Promise<void> {
  const waiting = await db
    .selectFrom("inbox")
    .select("json")
    .where("handled_at", "is", null)
    .where("aside", "is", null)
    .execute();
  assert.deepEqual(waiting, [], "everything is handled or set aside");
  const { verdict, says, cure } = await checkJournal(db);
  assert.equal(verdict, "ok", [says, ...cure].join("\n"));
  for (const { content } of await db.selectFrom("outbox").select("content").execute()) {
    assert.ok(Buffer.byteLength(content) < 64_000, `a message of ${Buffer.byteLength(content)} bytes`);
    const { formatted_body } = JSON.parse(content);
    if (formatted_body !== undefined) assertInert(formatted_body);
  }
}

/** A homeserver that refuses everything, or has made every room and gives one answer to whoever asks what is in it. */
function homeserverOf(world: World): Homeserver {
  const looks: Readonly<Record<string, () => unknown>> = {
    getEvent: () => world.answer,
    readStateEvent: () => world.answer?.content,
    readState: () => [world.answer],
    displayName: () => world.answer?.type,
  };
  return new Proxy({} as Homeserver, {
    get: (_, name) => async () => {
      if (world.answer === null) throw new HomeserverError("refused", `Could not ${String(name)}.`);
      return looks[String(name)]?.() ?? "!made";
    },
  });
}

function logOf(world: World): Service["log"] {
  const nothing = () => {};
  const note = (facts: unknown) => {
    const fault = facts instanceof Object && "err" in facts ? facts.err : facts;
    // What the homeserver refuses is set aside, and whoever typed it is told.
    if (!(fault instanceof HomeserverError)) world.faults.push(fault);
  };
  return { debug: nothing, info: nothing, warn: nothing, error: note, fatal: note };
}
