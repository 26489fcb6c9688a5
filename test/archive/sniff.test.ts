import assert from "node:assert/strict";
import { test } from "node:test";
import { sniff } from "../../src/archive/files/sniff.ts";
import { pixel } from "./files.ts";

/** Extensions that a browser or a desktop might run, or let run, from a folder. */
const running =
  /^(?:x?html?|xht|shtml|svgz?|xml|xsl|mht(?:ml)?|js|mjs|css|exe|com|bat|sh|py|jar|desktop|lnk|hta)$/;

const svg = `<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>`;
const page = "<html><script>alert(1)</script></html>";

for (const [name, content, expected] of [
  ["a picture", pixel, "png image/png picture"],
  ["a photograph", "\xff\xd8\xff\xe0", "jpg image/jpeg picture"],
  ["a GIF that is a script as well", "GIF89a/*....*/=1;alert(1)", "gif image/gif picture"],
  ["a picture with a page behind it", Buffer.concat([pixel, Buffer.from(page)]), "png image/png picture"],
  ["what only says WEBP", "<script>WEBP", "txt text/html"],
  ["a WebP picture", "RIFF....WEBPVP8 ", "webp image/webp picture"],
  ["a drawing", svg, "txt image/svg+xml"],
  ["a drawing behind a declaration", `\ufeff<?xml version="1.0"?>\n<!-- x -->${svg}`, "txt image/svg+xml"],
  ["a page", page, "txt text/html"],
  ["a page in capitals behind words", `Dear all, <SCRIPT>alert(1)</SCRIPT>`, "txt text/html"],
  ["a page in UTF-16", Buffer.from(`\ufeff${page}`, "utf16le"), "txt text/html"],
  ["an XML document", `<?xml version="1.0"?><x/>`, "txt text/xml"],
  ["a script", "#!/bin/sh\nrm -rf /", "txt text/x-shellscript"],
  ["a PDF document", "%PDF-1.7", "pdf application/pdf"],
  ["a page that holds a PDF document", `${page}%PDF-1.7`, "txt text/html"],
  ["a program for Windows", "MZ\x90\0", "bin application/x-msdownload"],
  ["a program for Linux", "\x7fELF", "bin application/x-executable"],
  ["words", "grüezi", "txt text/plain"],
  ["words cut within a character", Buffer.from("grüezi").subarray(0, 3), "txt text/plain"],
  ["nothing", "", "txt text/plain"],
  ["anything else", "\0\x01\x02", "bin application/octet-stream"],
  ["a page behind a NUL", `\0${page}`, "bin application/octet-stream"],
] as const) {
  test(`${name} is ${expected}`, () => {
    const encoding = typeof content === "string" && content.includes("\xff") ? "latin1" : "utf8";
    const head = typeof content === "string" ? Buffer.from(content, encoding) : content;
    const { extension, type, isPicture } = sniff(head);
    assert.equal(`${extension} ${type}${isPicture ? " picture" : ""}`, expected);
    assert.doesNotMatch(extension, running);
  });
}
