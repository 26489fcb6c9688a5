import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { type Fragment, type Html, html, raw } from "./html.ts";

/** The one style sheet of all pages. */
export const styleSheet = readFileSync(new URL("./assets/style.css", import.meta.url), "utf8");

/** Where a page's style comes from: a file beside it, or the page itself. */
export type Style = { readonly href: string } | "inline";

/** What every page of the archive has: no network, no script, nothing but what lies in the archive. */
export function pageHead(title: string, style: Style): Html {
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy(style)}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="referrer" content="no-referrer">
<title>${title}</title>
${styleElement(style)}
</head>
`;
}

/** A whole page. */
export function page(title: string, style: Style, body: Fragment): Html {
  return html`${pageHead(title, style)}<body>
${body}
</body>
</html>
`;
}

function policy(style: Style): string {
  const rest = "base-uri 'none'; form-action 'none'";
  if (style !== "inline") return `default-src 'none'; style-src 'self'; img-src 'self'; ${rest}`;
  const hash = createHash("sha256").update(styleSheet, "utf8").digest("base64");
  return `default-src 'none'; style-src 'sha256-${hash}'; ${rest}`;
}

function styleElement(style: Style): Html {
  return style === "inline"
    ? html`<style>${raw(styleSheet)}</style>`
    : html`<link rel="stylesheet" href="${style.href}">`;
}
