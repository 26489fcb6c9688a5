import { alice, SyntheticRoom } from "./synthetic.ts";

const bob = "@bob:example.org";

/** How much there is of what in the room. */
export const crowd = {
  lines: 4000,
  nameLetters: 300,
  reactions: 1000,
  edits: 500,
  replies: 3000,
  answers: 20,
};

/** Words that are wide, high, backwards or made of many characters, and meant no harm by it. */
const unusual = [
  "שלום עולם, הכול בסדר",
  "مرحبا 123 abc ﷽",
  "👩‍👩‍👧‍👦🏳️‍🌈👩🏽‍🚒".repeat(20),
  "日本語とEnglishと한국어",
  `z̷̛̫a̶l̴g̸o${"̸̛̫".repeat(60)}`,
  `https://status.example.org/${"incident-".repeat(80)}?q=${"x".repeat(400)}`,
  "Donaudampfschifffahrtsgesellschaft".repeat(30),
];

/** A room with a great deal of everything, as a long incident and many people may leave it. */
export function crowdedRoom(): SyntheticRoom {
  const room = new SyntheticRoom();
  const call = (user: string, displayname: string) =>
    room.add("m.room.member", { membership: "join", displayname }, { sender: user, stateKey: user });
  call(bob, "Ñandú ".repeat(crowd.nameLetters / 6).trim());
  for (const words of unusual) room.say(words, { sender: bob });
  call(alice, "أليس");
  room.say(Array.from({ length: crowd.lines }, (_, line) => `line ${line}`).join("\n"));
  react(room);
  edit(room);
  vote(room);
  reply(room);
  return room;
}

/** Everybody reacts to one message, half of them with a sign of their own. */
function react(room: SyntheticRoom): void {
  const target = room.say("Are you there?");
  for (let number = 0; number < crowd.reactions; number += 1) {
    const key = number % 2 === 0 ? "👍" : String.fromCodePoint(0x1f600 + (number - 1) / 2);
    room.add(
      "m.reaction",
      { "m.relates_to": { rel_type: "m.annotation", event_id: target, key } },
      { sender: `@person-${number}:example.org` },
    );
  }
}

function edit(room: SyntheticRoom): void {
  const target = room.say("0 of the nodes are back");
  for (let number = 1; number <= crowd.edits; number += 1) {
    const content = { msgtype: "m.text", body: `${number} of the nodes are back` };
    room.add("m.room.message", {
      ...content,
      "m.new_content": content,
      "m.relates_to": { rel_type: "m.replace", event_id: target },
    });
  }
}

function vote(room: SyntheticRoom): void {
  const answers = Array.from({ length: crowd.answers }, (_, number) => ({
    id: `${number}`,
    "org.matrix.msc1767.text": `answer ${number}`,
  }));
  const question = { "org.matrix.msc1767.text": "Which of them?" };
  const poll = room.add("org.matrix.msc3381.poll.start", {
    "org.matrix.msc3381.poll.start": { question, answers, max_selections: crowd.answers },
  });
  room.add("org.matrix.msc3381.poll.response", {
    "m.relates_to": { rel_type: "m.reference", event_id: poll },
    "org.matrix.msc3381.poll.response": { answers: answers.map(({ id }) => id) },
  });
}

function reply(room: SyntheticRoom): void {
  const root = room.say("What we know so far");
  for (let number = 1; number <= crowd.replies; number += 1) {
    room.add("m.room.message", {
      msgtype: "m.text",
      body: `reply ${number}`,
      "m.relates_to": { rel_type: "m.thread", event_id: root },
    });
  }
}
