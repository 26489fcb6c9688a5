import { createHash } from "node:crypto";
import { programText } from "../../program/text.ts";
import { type Fragment, type Html, html, raw } from "./html.ts";

function asset(name: string): string {
  return programText(new URL(`./assets/${name}`, import.meta.url));
}

/** The one style sheet of all pages. */
const styleSheet = asset("style.css");

/** What lies in `assets/` beside the pages, by name: classic scripts, which a browser takes from a folder too. */
export const assets: Readonly<Record<string, string>> = {
  "style.css": styleSheet,
  "app.js": asset("app.js"),
  "search.js": asset("search.js"),
};

/**
 * How a page stands: in the archive's folder, at `root` from `data/`, with the files beside it; or alone,
 * with its style in itself and without scripts.
 */
export type Stand = { readonly root: "" | "../"; readonly scripts: readonly string[] } | "alone";

/** Every page of the folder has these keys and this clock. */
export function inFolder(root: "" | "../", ...more: readonly string[]): Stand {
  return { root, scripts: ["app.js", ...more] };
}

/** What every page of the archive has: no network, nothing but what lies in the archive. */
export function pageHead(title: string, stand: Stand, zone: string): Html {
  return html`<!doctype html>
<html lang="en" data-zone="${zone}">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy(stand)}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="referrer" content="no-referrer">
<title>${title}</title>
${resources(stand)}
</head>
`;
}

/** A whole page. */
export function page(title: string, stand: Stand, zone: string, body: Fragment): Html {
  return html`${pageHead(title, stand, zone)}<body>
${body}
</body>
</html>
`;
}

/** Where a reader can go from a page of the folder, whose text is its `main`. `current` is where they are. */
export function pageLinks(root: "" | "../", current?: "Report" | "Search"): Html {
  const places = [
    ["Report", "index.html"],
    ["Transcript", "messages/0001.html"],
    ["Search", "search.html"],
  ] as const;
  const links = places.map(([name, address]) =>
    name === current
      ? html`<li><a href="${root}${address}" aria-current="page">${name}</a></li>`
      : html`<li><a href="${root}${address}">${name}</a></li>`,
  );
  return html`<a class="skip" href="#main">To the text</a>
<nav class="places" aria-label="Archive"><ul>${links}</ul></nav>
`;
}

function policy(stand: Stand): string {
  const rest = "base-uri 'none'; form-action 'none'";
  if (stand !== "alone") {
    return `default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; ${rest}`;
  }
  const hash = createHash("sha256").update(styleSheet, "utf8").digest("base64");
  return `default-src 'none'; style-src 'sha256-${hash}'; ${rest}`;
}

function resources(stand: Stand): Html {
  if (stand === "alone") return html`<style>${raw(styleSheet)}</style>`;
  const { root, scripts } = stand;
  const loaded = scripts.map((script) => html`<script src="${root}assets/${script}" defer></script>`);
  return html`<link rel="stylesheet" href="${root}assets/style.css">${loaded}`;
}
