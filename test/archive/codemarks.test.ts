import assert from "node:assert/strict";
import { test } from "node:test";
import hljs from "highlight.js/lib/core";
import { highlight } from "../../src/archive/pages/code.ts";
import { codeSamples } from "./code-samples.ts";

test("code is marked to the character as highlight.js itself would mark it", () => {
  const itself = hljs.newInstance();
  for (const language of hljs.listLanguages()) {
    const known = hljs.getLanguage(language);
    if (known?.rawDefinition !== undefined) itself.registerLanguage(language, known.rawDefinition);
  }
  for (const [language, code] of codeSamples) {
    for (let end = code.length; end > 0; end -= 7) {
      const part = code.slice(0, end);
      const opening = `<pre><code class="language-${language}">`;
      const escaped = part.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
      const expected = itself.highlight(part, { language, ignoreIllegals: true }).value;
      assert.equal(highlight(`${opening}${escaped}</code></pre>`), `${opening}${expected}</code></pre>`);
    }
  }
});
