import sanitize from "sanitize-html";
import { text } from "../matrix/event.ts";
import { type Html, html, printable, raw } from "./html.ts";

/** The tags a message may use: structure and emphasis, nothing that loads, moves or is filled in. */
const allowedTags = [
  ..."a abbr b blockquote br caption code del details div em h1 h2 h3 h4 h5 h6 hr i ins kbd li ol p pre s".split(
    " ",
  ),
  ..."span strong sub summary sup table tbody td th thead tr u ul".split(" "),
];

const options: sanitize.IOptions = {
  allowedTags,
  allowedAttributes: {
    a: ["href", "rel"],
    ol: ["start"],
    code: [{ name: "class", multiple: false, values: [] }],
  },
  allowedClasses: { code: [/^language-[a-z0-9+#-]{1,30}$/] },
  allowedSchemes: ["http", "https", "mailto"],
  allowProtocolRelative: false,
  disallowedTagsMode: "discard",
  // The quoted message of an old-style reply: the reply links to it, and it may have been redacted since.
  exclusiveFilter: (frame) => frame.tag === "mx-reply",
  nonTextTags: ["script", "style", "textarea", "option", "noscript", "title", "mx-reply"],
  nestingLimit: 50,
  transformTags: {
    // A heading in a message is loud writing, not a part of this page's own outline.
    ...Object.fromEntries(
      ["h1", "h2", "h3", "h4", "h5", "h6"].map((tag) => [tag, () => ({ tagName: "p", attribs: {} })]),
    ),
    a: (_tag, { href }) => ({
      tagName: "a",
      attribs: { ...(href === undefined ? {} : { href }), rel: "noopener noreferrer nofollow" },
    }),
  },
};

/**
 * What a message says, as its sender formatted it where they did (client-server API, "m.room.message"),
 * through a list of what is allowed.
 */
export function prose(content: unknown): Html {
  const formatted = text(content, "formatted_body");
  if (text(content, "format") !== "org.matrix.custom.html" || formatted === undefined) {
    return html`<p class="plain">${plainText(content)}</p>`;
  }
  return raw(sanitize(printable(formatted), options));
}

/** What a message says in plain text, without the quotation that old clients put before a reply. */
function plainText(content: unknown): string {
  const body = text(content, "body") ?? "";
  return body.startsWith("> <") ? body.replace(/^(?:> [^\n]*\n)+\n?/, "") : body;
}

/** The beginning of a message in one line of at most 80 characters. */
export function snippet(content: unknown): string {
  const line = Array.from(plainText(content).replaceAll(/\s+/g, " ").trim());
  return line.length > 80 ? `${line.slice(0, 79).join("")}…` : line.join("");
}
