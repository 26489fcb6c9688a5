import hljs from "highlight.js/lib/core";
import bash from "highlight.js/lib/languages/bash";
import c from "highlight.js/lib/languages/c";
import cpp from "highlight.js/lib/languages/cpp";
import csharp from "highlight.js/lib/languages/csharp";
import css from "highlight.js/lib/languages/css";
import diff from "highlight.js/lib/languages/diff";
import go from "highlight.js/lib/languages/go";
import ini from "highlight.js/lib/languages/ini";
import java from "highlight.js/lib/languages/java";
import javascript from "highlight.js/lib/languages/javascript";
import json from "highlight.js/lib/languages/json";
import kotlin from "highlight.js/lib/languages/kotlin";
import php from "highlight.js/lib/languages/php";
import powershell from "highlight.js/lib/languages/powershell";
import python from "highlight.js/lib/languages/python";
import rust from "highlight.js/lib/languages/rust";
import shell from "highlight.js/lib/languages/shell";
import sql from "highlight.js/lib/languages/sql";
import typescript from "highlight.js/lib/languages/typescript";
import xml from "highlight.js/lib/languages/xml";
import yaml from "highlight.js/lib/languages/yaml";
import { CodeMarks } from "./codemarks.ts";

hljs.configure({ __emitter: CodeMarks });

// What people paste while something is broken. A language that is not here is shown as it is.
const languages = { bash, c, cpp, csharp, css, diff, go, ini, java, javascript, json, kotlin, php };
const more = { powershell, python, rust, shell, sql, typescript, xml, yaml };
for (const [name, language] of Object.entries({ ...languages, ...more })) {
  hljs.registerLanguage(name, language);
}

/** Longer code, in characters, is shown as it is: nobody reads its colours, and they take time. */
const longest = 20_000;

/** Code as somebody named its language, in HTML that has passed the list of what is allowed. */
const block = /(<pre><code class="language-([^"]+)">)([^<]*)(?=<\/code>)/g;

/** Marks the parts of speech in code whose language is named. Not a character of the code is changed. */
export function highlight(sanitized: string): string {
  return sanitized.replaceAll(block, (whole, opening: string, language: string, code: string) => {
    if (code.length > longest || hljs.getLanguage(language) === undefined) return whole;
    return `${opening}${hljs.highlight(unescaped(code), { language, ignoreIllegals: true }).value}`;
  });
}

const characters: Readonly<Record<string, string>> = { lt: "<", gt: ">", quot: '"', amp: "&" };

/** Undoes what the allow-list escapes in a text: these four, and no others. */
function unescaped(code: string): string {
  return code.replaceAll(/&(lt|gt|quot|amp);/g, (whole, name: string) => characters[name] ?? whole);
}
