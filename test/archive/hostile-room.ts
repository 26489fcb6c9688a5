import { alice, SyntheticRoom } from "./synthetic.ts";

const mallory = "@mallory:example.org";

/** What would tell the test that something ran. */
const harm = "window.harmed=1;alert(1)";

/** Texts that try to run something, to load something, or to be where they do not belong. */
const texts = [
  `<script>${harm}</script>`,
  `"><img src=x onerror="${harm}">`,
  `'-${harm}-'`,
  `</title></style></textarea></script><svg onload="${harm}">`,
  `{{constructor.constructor("${harm}")()}}`,
  `javascript:${harm}`,
  `\u202e${harm}\u2066\u200f`,
  `\0\u0007\u001b[31m${harm}\u2028\u2029`,
  `*/ ${harm} /* ]]> --> ]]`,
  `');${harm};//`,
  "../../../etc/passwd",
  "W".repeat(3000),
  `a${"\u0301\u0489".repeat(400)}`,
  "﷽".repeat(200),
  "=cmd|' /C calc'!A0",
];

/** Formatted messages that try the same. */
const formatted = [
  ...texts,
  `<a href="javascript:${harm}">x</a><a href="data:text/html,<script>${harm}</script>">x</a>`,
  `<img src="https://tracker.example/x.png"><video src="https://tracker.example/x"></video>`,
  `<iframe src="https://tracker.example"></iframe><object data="x"></object><embed src="x"><base href="//x">`,
  `<link rel="stylesheet" href="https://tracker.example/x.css"><style>body{display:none}</style>`,
  `<meta http-equiv="refresh" content="0;url=https://tracker.example">`,
  `<form action="https://tracker.example"><input autofocus onfocus="${harm}"><button>x</button></form>`,
  `<svg><script>${harm}</script></svg><math><mtext><style><img src onerror="${harm}"></style></mtext></math>`,
  `<p style="position:fixed;inset:0;background:url(https://tracker.example)" onclick="${harm}">over all</p>`,
  `<details ontoggle="${harm}" open><summary>x</summary>y</details>`,
  `<code class="language-js hljs verdict whole">${harm}</code>`,
  `</div></article></main></body><h1>Proven</h1>`,
  `<table><tr>${`<td>${"W".repeat(60)}</td>`.repeat(20)}</tr></table>`,
  `<pre><code class="language-html">&lt;script&gt;${harm}&lt;/script&gt; ${"x".repeat(2000)}</code></pre>`,
  `${"<blockquote>".repeat(400)}deep${"</blockquote>".repeat(400)}`,
  `${"<ul><li>".repeat(400)}deep${"</li></ul>".repeat(400)}`,
  `<a href="https://matrix.to/#/@mallory:example.org"><b>not</b> me</a>`,
  `<a href="https://matrix.to/#/%22onmouseover=${harm}">x</a>`,
];

/** A room in which everything that somebody can write was written to do harm. */
export function hostileRoom(): SyntheticRoom {
  const room = new SyntheticRoom();
  const say = (content: Record<string, unknown>) => room.add("m.room.message", content, { sender: mallory });
  for (const text of texts) {
    const displayname = text.slice(0, 300);
    room.add("m.room.member", { membership: "join", displayname }, { sender: mallory, stateKey: mallory });
    const said = say({ msgtype: "m.text", body: text });
    room.add("m.reaction", { "m.relates_to": { rel_type: "m.annotation", event_id: said, key: text } });
    say({
      msgtype: "m.text",
      body: text,
      "m.new_content": { msgtype: "m.text", body: `${text} ${text}` },
      "m.relates_to": { rel_type: "m.replace", event_id: said },
    });
    say({
      msgtype: "m.image",
      body: text,
      url: "mxc://example.org/x",
      info: { mimetype: text, w: 1e8, h: 1 },
    });
    say({
      msgtype: "m.file",
      body: text,
      filename: text,
      url: `mxc://example.org/${encodeURIComponent(text)}`,
    });
    say({ msgtype: "m.location", body: text, geo_uri: text });
    say({ msgtype: text, body: text });
    room.add(text.slice(0, 200) || "x", { body: text }, { sender: mallory });
    room.add("m.room.name", { name: text }, { sender: mallory, stateKey: "" });
    room.add("m.room.topic", { topic: text }, { sender: mallory, stateKey: text.slice(0, 200) });
    room.add(
      "org.matrix.msc3381.poll.start",
      {
        "org.matrix.msc3381.poll.start": {
          question: { body: text },
          answers: [{ id: text, "org.matrix.msc1767.text": text }, null, 7],
          max_selections: text,
        },
      },
      { sender: mallory },
    );
    room.redact(room.say(text, { sender: mallory }), text);
    room.fact({ type: "recorded", data: { kind: "decision", text } }, said);
    room.fact({ type: "task-added", data: { text, owner: { user: alice } } });
    room.fact({ type: "title-changed", data: { from: "", to: text } });
    room.fact({ type: "impact-stated", data: { text } });
    room.fact({ type: "updated", data: { text } }, said);
    room.fact({ type: "over", data: { summary: text, missing: [text], anyway: text } });
    room.fact({ type: "reopened", data: { reason: text } });
  }
  for (const formatted_body of formatted) {
    say({ msgtype: "m.text", body: "x", format: "org.matrix.custom.html", formatted_body });
    say({ msgtype: "m.emote", body: "x", format: "org.matrix.custom.html", formatted_body });
  }
  for (const content of [
    {},
    { body: 7 },
    { body: null, msgtype: [] },
    { msgtype: "m.text", body: "x".repeat(60_000) },
  ]) {
    say(content);
  }
  return room;
}
