import fc from "fast-check";
import { bot, noon } from "../support/incident.ts";
import { direct, lobby } from "./house.ts";
import { anyJson, anyText } from "./pieces.ts";
import { everyone } from "./scene.ts";
import { message } from "./typing.ts";

/** What was said before, by people and by the bot. */
const ids = ["$0", "$1", "$bot0", "$bot1", "$bot2", "$bot3", "$nowhere"];
const person = fc.oneof(fc.constantFrom(...everyone), fc.constant(bot));
const relation = fc.record({
  rel_type: fc.constantFrom("m.annotation", "m.replace"),
  event_id: fc.constantFrom(...ids),
  key: fc.oneof(fc.constantFrom("✅", "📌", "❌", "👍", "✅\ufe0f"), anyText),
});
export const anyContent = fc.dictionary(
  fc.constantFrom(
    ..."membership displayname reason topic name body msgtype url file info users users_default events redacts".split(
      " ",
    ),
    ..."m.relates_to m.new_content alias pinned room_version predecessor replacement_room is_direct __proto__".split(
      " ",
    ),
  ),
  anyJson,
);

/** What can happen in a room: its type, whose state it is, and what it holds. */
const happening = fc.oneof(
  { weight: 4, arbitrary: fc.record({ type: fc.constant("m.room.message"), content: message }) },
  {
    weight: 2,
    arbitrary: fc.record({
      type: fc.constant("m.reaction"),
      content: fc.record({ "m.relates_to": fc.oneof(relation, anyJson) }),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      type: fc.constant("m.room.member"),
      state_key: fc.oneof(person, anyText),
      content: fc.record(
        {
          membership: fc.oneof(fc.constantFrom("join", "leave", "invite", "ban", "knock"), anyJson),
          displayname: anyJson,
          reason: anyJson,
          is_direct: anyJson,
        },
        { requiredKeys: ["membership"] },
      ),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      type: fc.constant("m.room.redaction"),
      redacts: fc.constantFrom(...ids),
      content: anyContent,
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record(
      {
        type: fc.oneof(
          fc.constantFrom(
            ..."m.room.power_levels m.room.name m.room.topic m.room.pinned_events m.room.encryption m.room.tombstone".split(
              " ",
            ),
            ..."m.room.join_rules m.room.canonical_alias m.room.create m.room.avatar m.room.encrypted m.sticker".split(
              " ",
            ),
            ..."m.poll.start m.poll.response org.cordon.role org.cordon.seal".split(" "),
          ),
          anyText,
        ),
        state_key: fc.oneof(fc.constant(""), anyText, person),
        redacts: anyJson,
        content: fc.oneof(anyContent, message),
      },
      { requiredKeys: ["type", "content"] },
    ),
  },
);

/** Something that happens in a room, before it has an id. */
export const event = fc.record({
  happening,
  sender: fc.oneof(fc.constant(everyone[0] ?? bot), person),
  place: fc.constantFrom("room", "room", "room", direct, lobby, "!elsewhere"),
  // Typed now, long ago, or by a clock that is wrong.
  at: fc.oneof(
    fc.constant(noon),
    fc.constantFrom(0, -1, noon - 3_600_000, noon + 86_400_000, Number.MAX_SAFE_INTEGER),
  ),
});
