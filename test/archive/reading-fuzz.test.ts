import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import { attachmentOf } from "../../src/archive/attachments/attachment.ts";
import { localClock } from "../../src/archive/pages/clock.ts";
import { csvRow } from "../../src/archive/pages/csv.ts";
import { describeHappening } from "../../src/archive/pages/happening.ts";
import { html } from "../../src/archive/pages/html.ts";
import { showLocation } from "../../src/archive/pages/location.ts";
import { showMessage, showQuietLine } from "../../src/archive/pages/message.ts";
import { wordsOf } from "../../src/archive/pages/messageviews.ts";
import { showPoll } from "../../src/archive/pages/pollview.ts";
import { prose } from "../../src/archive/pages/prose.ts";
import { describeState } from "../../src/archive/pages/statechange.ts";
import { countPoll, pollOf } from "../../src/archive/record/poll.ts";
import { visible } from "../../src/archive/visible.ts";

/** Pieces that mean something to HTML, to URIs, to spreadsheets or to Matrix, and some that only look odd. */
const pieces = [
  ...[
    "<script>",
    "</script>",
    "<img src=x onerror=",
    "<svg onload=",
    "<a href=",
    "</a>",
    '"',
    "'",
    ">",
    "<",
    "&",
  ],
  ...[
    "&lt;",
    "&#x3c;",
    "<!--",
    "-->",
    "<![CDATA[",
    "]]>",
    "<pre><code class=",
    "language-js",
    "</code></pre>",
  ],
  ...[
    "javascript:",
    "data:text/html,",
    "https://example.org/",
    "https://matrix.to/#/",
    "@a:b.c",
    "$event",
    "mxc://a/b",
  ],
  ...[
    "=1+1",
    "@SUM(",
    "\t",
    "\r",
    "\n",
    "\0",
    "\u202e",
    "\u2066",
    "\ud800",
    "👩‍🚒",
    "שלום",
    "geo:1,2;u=3",
    " style=",
    " onclick=",
  ],
];
const written = fc.oneof(
  fc.array(fc.constantFrom(...pieces), { maxLength: 12 }).map((parts) => parts.join("")),
  fc.string({ unit: "binary", maxLength: 40 }),
);
const value = fc.oneof({ weight: 4, arbitrary: written }, fc.jsonValue({ maxDepth: 2 }));
const types = ["m.room.message", "m.room.member", "m.room.topic", "m.call.invite", "org.example"];
const msgtypes = ["m.text", "m.emote", "m.image", "m.audio", "m.location"];
const content = fc.record(
  {
    msgtype: fc.oneof(fc.constantFrom(...msgtypes), value),
    body: value,
    format: fc.constantFrom("org.matrix.custom.html", "other"),
    formatted_body: value,
    url: fc.oneof(fc.constant("mxc://example.org/x"), value),
    filename: value,
    info: fc.record({ w: value, h: value, duration: value }, { requiredKeys: [] }),
    geo_uri: value,
    membership: fc.oneof(fc.constantFrom("join", "leave", "ban"), value),
    displayname: value,
    reason: value,
    topic: value,
    "m.poll": fc.record({
      question: fc.record({ "m.text": fc.array(fc.record({ body: value })) }),
      answers: fc.array(fc.record({ "m.id": value, "m.text": fc.array(fc.record({ body: value })) })),
    }),
  },
  { requiredKeys: [] },
);

/** Tags and attributes that a line of the transcript may have, with what each attribute may hold. */
const tags = new Set(
  `a abbr article b bdi blockquote br caption code del details div em hr i img ins kbd li ol p pre s section
   span strong sub summary sup table tbody td th thead time tr u ul`.split(/\s+/),
);
const attributes: Readonly<Record<string, RegExp>> = {
  href: /^(?:https?:|mailto:|#|\.\.\/media\/|0001\.html#)/i,
  src: /^\.\.\/media\/00\/00\.png$/,
  rel: /^noopener noreferrer nofollow$/,
  class: /^[a-z0-9_+# -]+$/,
  width: /^\d+$/,
  height: /^\d+$/,
  tabindex: /^0$/,
  loading: /^lazy$/,
  dir: /^auto$/,
  role: /^group$/,
  start: /^/,
  id: /^\$x$/,
  alt: /^/,
  title: /^/,
  datetime: /^/,
  "aria-label": /^/,
};

/** What is in a piece of HTML that should not be. */
function harmIn(shown: string): string | undefined {
  const tag = /<\/?([a-z][a-z0-9]*)((?:\s+[a-z-]+(?:="[^"<>]*")?)*)\s*\/?>/g;
  const rest = shown.replaceAll(tag, (whole, name: string, inside: string) => {
    if (!tags.has(name)) return whole;
    const isFine = [...inside.matchAll(/([a-z-]+)(?:="([^"]*)")?/g)].every(
      ([, key = "", held = ""]) => attributes[key]?.test(held) === true,
    );
    return isFine ? "" : whole;
  });
  return /[<>\u202e\0]/.exec(rest) === null ? undefined : rest;
}

const nameOf = (user: string) => visible(user);
const links = { nameOf, hrefOf: () => "0001.html#$x" };
const local = localClock("Europe/Zurich");
const stored = {
  path: "media/00/00.png",
  sha256: "00",
  bytes: 1,
  extension: "png",
  type: "image/png",
  isPicture: true,
};

/** Everything that the transcript could make of an event's content. */
function showAll(given: Record<string, unknown>, type: string, name: string): string {
  const pdu = { type, sender: name, state_key: name, content: given };
  const poll = pollOf(given);
  const attachment = attachmentOf(type, given);
  const voted = { ...pdu, type: "m.poll.response", content: { "m.selections": [name] } };
  const view = {
    id: "$x",
    at: 0,
    kind: "did",
    name: nameOf(name),
    body: prose(given, links),
    lines: 99,
    wordings: [
      { at: 0, text: wordsOf(pdu) },
      { at: 1, text: name },
    ],
    reactions: [{ key: visible(name), names: [nameOf(name)] }],
    reply: { name: nameOf(name), snippet: wordsOf(pdu), href: "#$x" },
    ...(attachment === undefined ? {} : { attachment: { ...attachment, stored } }),
  } as const;
  return [
    showMessage(view, local),
    showQuietLine("$x", 0, local, html`${describeState(pdu, nameOf)} ${describeHappening(pdu)}`),
    showLocation(given),
    poll === undefined ? "" : showPoll(poll, countPoll(poll, name, [voted]), nameOf),
  ].join("");
}

describe("whatever an event holds", () => {
  it("becomes HTML of the few tags and attributes that are allowed", () => {
    fc.assert(
      fc.property(content, fc.constantFrom(...types), written, (given, type, name) => {
        assert.equal(harmIn(showAll(given, type, name)), undefined);
      }),
      { numRuns: 20_000 },
    );
  });

  it("becomes a cell that no spreadsheet runs", () => {
    fc.assert(
      fc.property(written, (text) => {
        const row = csvRow([text]);
        assert.match(row, /^"(?:[^"]|"")*"\r\n$/);
        assert.doesNotMatch(row, /^"\s*[=+\-@|%\t]/);
      }),
      { numRuns: 20_000 },
    );
  });
});
