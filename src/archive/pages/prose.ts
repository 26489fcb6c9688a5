import sanitize from "sanitize-html";
import { text } from "../../matrix/event.ts";
import { isEventId, isUserId } from "../../matrix/ids.ts";
import { visible } from "../visible.ts";
import { highlight } from "./code.ts";
import { type Fragment, type Html, html, printable, raw } from "./html.ts";

/** What a message's links are about, told from where the message is shown. */
export interface Links {
  /** The name somebody goes by. */
  readonly nameOf: (user: string) => string;
  /** The address of an event of this room, `undefined` where it is not in the record. */
  readonly hrefOf: (event: `$${string}`) => string | undefined;
}

/** The tags a message may use: structure and emphasis, nothing that loads, moves or is filled in. */
const allowedTags = [
  ..."a abbr b bdi blockquote br caption code del details div em h1 h2 h3 h4 h5 h6 hr i ins kbd li ol p".split(
    " ",
  ),
  ..."pre s span strong sub summary sup table tbody td th thead tr u ul".split(" "),
];

const options: sanitize.IOptions = {
  allowedTags,
  allowedAttributes: {
    a: ["href", "rel"],
    bdi: ["class", "title"],
    ol: ["start"],
    code: [{ name: "class", multiple: false, values: [] }],
  },
  allowedClasses: { bdi: ["mention"], code: [/^language-[a-z0-9+#-]{1,30}$/] },
  allowedSchemes: ["http", "https", "mailto"],
  allowProtocolRelative: false,
  disallowedTagsMode: "discard",
  // The quoted message of an old-style reply: the reply links to it, and it may have been redacted since.
  exclusiveFilter: (frame) => frame.tag === "mx-reply",
  nonTextTags: ["script", "style", "textarea", "option", "noscript", "title", "mx-reply"],
  nestingLimit: 50,
};

const transformTags: sanitize.IOptions["transformTags"] = {
  // A heading in a message is loud writing, not a part of this page's own outline.
  ...Object.fromEntries(
    ["h1", "h2", "h3", "h4", "h5", "h6"].map((tag) => [tag, () => ({ tagName: "p", attribs: {} })]),
  ),
  // The tag of a mention is ours alone.
  bdi: () => ({ tagName: "span", attribs: {} }),
  // A picture in the middle of a text is an emoji of the sender's own; it has a name.
  img: (tagName, { alt, title }) => {
    const name = alt || title;
    return name ? { tagName: "span", attribs: {}, text: name } : { tagName, attribs: {} };
  },
};

/**
 * What a message says, as its sender formatted it where they did (client-server API, "m.room.message"),
 * through a list of what is allowed.
 */
export function prose(content: unknown, links: Links): Html {
  const formatted = text(content, "formatted_body");
  if (text(content, "format") !== "org.matrix.custom.html" || formatted === undefined) {
    return html`<p class="plain">${linked(plainText(content))}</p>`;
  }
  const sanitized = sanitize(printable(formatted), {
    ...options,
    transformTags: { ...transformTags, a: (_tag, { href }) => link(href, links) },
  });
  return raw(highlight(withWindows(sanitized)));
}

/** A table may be wider than its message: it is moved within a window of its own, by the keyboard too. */
function withWindows(sanitized: string): string {
  return sanitized
    .replaceAll("<table>", '<div class="scroll" role="group" aria-label="A table" tabindex="0"><table>')
    .replaceAll("</table>", "</table></div>");
}

/** A person who is mentioned is shown by name, an event of this room in this archive, the rest as it is. */
function link(href: string | undefined, { nameOf, hrefOf }: Links): sanitize.Tag {
  const [first, second] = href === undefined ? [] : permalink(href);
  if (isUserId(first)) {
    const attribs = { class: "mention", title: visible(first) };
    return { tagName: "bdi", attribs, text: `@${nameOf(first)}` };
  }
  const place = isEventId(second) ? hrefOf(second) : undefined;
  if (place !== undefined) return { tagName: "a", attribs: { href: place } };
  const rel = "noopener noreferrer nofollow";
  // Without a scheme of its own it would lead from this page to a file of the reader's machine.
  const isWhole = href !== undefined && /^(?:https?:\/\/|mailto:)/i.test(href);
  return { tagName: "a", attribs: isWhole ? { href, rel } : { rel } };
}

/** The identifiers in a link of matrix.to (specification appendices, "matrix.to navigation"). */
function permalink(href: string): readonly (string | undefined)[] {
  const [, path] = /^https:\/\/matrix\.to\/#\/([^?]+)/.exec(href) ?? [];
  try {
    return path?.split("/").map(decodeURIComponent) ?? [];
  } catch {
    return [];
  }
}

const address = /(https?:\/\/[^\s<>"']*[^\s<>"'.,:;!?)\]}])/;

/** Plain text whose addresses can be followed. */
function linked(plain: string): Fragment {
  // Every second part is what the pattern found.
  return plain
    .split(address)
    .map((part, index) =>
      index % 2 === 0 ? part : html`<a href="${part}" rel="noopener noreferrer nofollow">${part}</a>`,
    );
}

/** What a message says in plain text, without the quotation that old clients put before a reply. */
export function plainText(content: unknown): string {
  const body = text(content, "body") ?? "";
  return body.startsWith("> <") ? body.replace(/^(?:> [^\n]*\n)+\n?/, "") : body;
}

/** The beginning of what a message says, in one line of at most 80 characters. */
export function snippet(words: string): string {
  const line = words.slice(0, 1000).replaceAll(/\s+/g, " ").trim();
  if (line.length <= 80) return line;
  const characters = Array.from(line.slice(0, 162));
  return characters.length > 80 ? `${characters.slice(0, 79).join("")}…` : line;
}
