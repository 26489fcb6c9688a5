import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, it } from "node:test";
import { sniff } from "../../src/archive/files/sniff.ts";
import { csvRow } from "../../src/archive/pages/csv.ts";
import { type Links, prose } from "../../src/archive/pages/prose.ts";
import { visible } from "../../src/archive/visible.ts";
import { everyFile, makeRecorded } from "./made.ts";

/** The scripts that the archive brings, and the field of its search. */
const ownTags = new Set([
  '<script src="assets/app.js" defer>',
  '<script src="../assets/app.js" defer>',
  '<script src="assets/search.js" defer>',
  '<input id="query" type="search" autocomplete="off" spellcheck="false" data-shards="1">',
]);

const links: Links = {
  nameOf: (user) => `<${user}>`,
  hrefOf: (event) => (event === "$here" ? "0003.html#$here" : undefined),
};

// The recorded rooms hold a person whose name, messages, formatted messages and files are all attempts to
// run something.
describe("what a hostile person wrote", async () => {
  const { path } = await makeRecorded("12");
  const files = await everyFile(path);
  const pages = files.filter((file) => file.endsWith(".html"));

  for (const page of pages) {
    it(`runs nothing and loads nothing in ${page}`, async () => {
      const text = await readFile(join(path, page), "utf8");
      const tags = text.match(/<[a-z][^>]*>/gi) ?? [];
      assert.ok(tags.length > 5);
      for (const tag of tags) {
        if (ownTags.has(tag)) continue;
        assert.doesNotMatch(tag, /^<(?:script|iframe|object|embed|base|form|input|video|audio)\b/i);
        assert.doesNotMatch(tag, /\s(?:on[a-z]+|style|srcset|formaction)=/i);
        assert.doesNotMatch(tag, /(?:javascript|data|vbscript):/i);
      }
      assert.match(
        text,
        /http-equiv="Content-Security-Policy" content="default-src &#39;none&#39;;|content="default-src 'none';/,
      );
      for (const [, address] of text.matchAll(/\ssrc="([^"]*)"/g)) {
        assert.match(
          address ?? "",
          /^(?:(?:\.\.\/)?assets|\.\.\/media)\//,
          "all comes from the archive alone",
        );
      }
    });
  }

  it("is still there to be read", async () => {
    const transcript = await readFile(join(path, "data/messages/0001.html"), "utf8");
    assert.ok(transcript.includes("&lt;script&gt;alert(&quot;name&quot;)&lt;/script&gt;"));
    assert.ok(
      transcript.includes('<a href="https://example.org/ok" rel="noopener noreferrer nofollow">ok</a>'),
    );
  });

  it("shows a character that turns the letters round for what it is", async () => {
    const transcript = await readFile(join(path, "data/messages/0001.html"), "utf8");
    assert.ok(transcript.includes("spoofed ⟨U+202E⟩gnp.exe"));
    assert.ok(!transcript.includes("\u202e"));
  });

  it("names no file of the archive", () => {
    for (const file of files) assert.match(file, /^[A-Za-z0-9./-]+$/);
    assert.ok(!files.some((file) => file.includes("passwd")));
  });

  it("is no page when it is opened", () => {
    const media = files.filter((file) => file.startsWith("data/media/"));
    assert.deepEqual(media.map((file) => file.replace(/^.*\./, "")).sort(), ["png", "txt"]);
  });

  it("is no formula in a spreadsheet", async () => {
    const csv = await readFile(join(path, "data/timeline.csv"), "utf8");
    assert.ok(csv.includes(`"'=HYPERLINK(""https://tracker.example"",""click"")"`));
    assert.doesNotMatch(csv, /(?:^|,)"[=+\-@]/m);
  });
});

describe("a cell of a CSV file", () => {
  const table: readonly (readonly [given: string | number, written: string])[] = [
    ["plain", '"plain"'],
    ['with "quotes", and a\nline', '"with ""quotes"", and a\nline"'],
    ["=1+1", `"'=1+1"`],
    ["+1", `"'+1"`],
    ["-1", `"'-1"`],
    ["@SUM(1)", `"'@SUM(1)"`],
    ["\t=1", `"'\t=1"`],
    [" =1", `"' =1"`],
    ["＝1", `"'＝1"`],
    [-1, "-1"],
  ];
  for (const [given, written] of table) {
    it(`${JSON.stringify(given)} is written as ${JSON.stringify(written)}`, () => {
      assert.equal(csvRow([given]), `${written}\r\n`);
    });
  }
});

describe("a formatted message", () => {
  const table: readonly (readonly [given: string, shown: string])[] = [
    ["<b>bold</b>", "<b>bold</b>"],
    ["<script>x</script>", ""],
    ['<img src="https://tracker.example/x">', ""],
    ['<img data-mx-emoticon src="mxc://example.org/x" alt=":<b>:">', "<span>:&lt;b&gt;:</span>"],
    ['<bdi class="mention" title="x">y</bdi>', "<span>y</span>"],
    [
      '<a href="https://matrix.to/#/@eve:example.org">x</a>',
      '<bdi class="mention" title="@eve:example.org">@&lt;@eve:example.org&gt;</bdi>',
    ],
    [
      '<a href="https://matrix.to/#/!room:example.org/$here?via=example.org">x</a>',
      '<a href="0003.html#$here">x</a>',
    ],
    [
      '<a href="https://matrix.to/#/%E0%A4%A">x</a>',
      '<a href="https://matrix.to/#/%E0%A4%A" rel="noopener noreferrer nofollow">x</a>',
    ],
    [
      '<pre><code class="language-json">{"a": "&lt;/code&gt;&lt;script&gt;"}</code></pre>',
      '<pre><code class="language-json"><span class="hljs-punctuation">{</span><span class="hljs-attr">&quot;a&quot;</span><span class="hljs-punctuation">:</span> <span class="hljs-string">&quot;&lt;/code&gt;&lt;script&gt;&quot;</span><span class="hljs-punctuation">}</span></code></pre>',
    ],
    ['<a href="javascript:x">y</a>', '<a rel="noopener noreferrer nofollow">y</a>'],
    ['<a href="/etc/passwd">y</a>', '<a rel="noopener noreferrer nofollow">y</a>'],
    ['<a href="//tracker.example">y</a>', '<a rel="noopener noreferrer nofollow">y</a>'],
    ['<p onclick="x" style="y" class="z">a</p>', "<p>a</p>"],
    ["<h1>loud</h1>", "<p>loud</p>"],
    [
      "<table><tr><td>a</td></tr></table>",
      '<div class="scroll" role="group" aria-label="A table" tabindex="0"><table><tr><td>a</td></tr></table></div>',
    ],
    ["<mx-reply>quoted</mx-reply>said", "said"],
    ["</div></article><b>open", "<b>open</b>"],
    ['<code class="language-sql evil">x</code>', '<code class="language-sql">x</code>'],
    ["a\u0000b\u0007", "a␀b␇"],
  ];
  for (const [given, shown] of table) {
    it(`${JSON.stringify(given)} is shown as ${JSON.stringify(shown)}`, () => {
      assert.equal(String(prose({ format: "org.matrix.custom.html", formatted_body: given }, links)), shown);
    });
  }

  it("has its addresses as links where it is plain", () => {
    const body = "see https://example.org/a?b=1, or (http://x.example). javascript:x";
    const link = (address: string) =>
      `<a href="${address}" rel="noopener noreferrer nofollow">${address}</a>`;
    assert.equal(
      String(prose({ body }, links)),
      `<p class="plain">see ${link("https://example.org/a?b=1")}, or (${link("http://x.example")}). javascript:x</p>`,
    );
  });

  it("counts only in the format that has rules", () => {
    assert.equal(
      String(prose({ format: "other", formatted_body: "<b>x</b>", body: "<b>y</b>" }, links)),
      '<p class="plain">&lt;b&gt;y&lt;/b&gt;</p>',
    );
  });
});

describe("a file", () => {
  const table: readonly (readonly [what: string, head: Buffer, extension: string])[] = [
    ["a picture", Buffer.from("\x89PNG\r\n\x1a\n....", "latin1"), "png"],
    ["a page", Buffer.from("<!doctype html><script>x</script>"), "txt"],
    ["a drawing that may hold scripts", Buffer.from('<svg xmlns="http://www.w3.org/2000/svg">'), "txt"],
    ["text that ends within a character", Buffer.from("aé").subarray(0, 2), "txt"],
    ["anything else", Buffer.from([0, 1, 2, 255]), "bin"],
  ];
  for (const [what, head, extension] of table) {
    it(`is called ${extension} where it is ${what}`, () => assert.equal(sniff(head).extension, extension));
  }
});

describe("a name", () => {
  it("shows what is hidden in it", () => {
    assert.equal(visible("a\u202eb\u0000c\nd\u2066"), "a⟨U+202E⟩b⟨U+0000⟩c⟨U+000A⟩d⟨U+2066⟩");
    assert.equal(visible("Ó Súilleabháin 日本 👩‍🚒"), "Ó Súilleabháin 日本 👩‍🚒");
  });
});
