import assert from "node:assert/strict";
import sanitizeHtml from "sanitize-html";

/** What the bot writes, and where a link of its may lead. */
const attributes: Readonly<Record<string, readonly string[]>> = {
  strong: [],
  code: [],
  br: [],
  a: ["href"],
};
const link = /^https:\/\/matrix\.to\/#\/[^\s"<>]*$/;

/** Sees that a piece of HTML, as a parser reads it, holds nothing but the few tags that the bot uses. */
export function assertInert(html: string): void {
  sanitizeHtml(html, {
    allowedTags: Object.keys(attributes),
    // Asked of every tag, also of those that are not allowed.
    transformTags: {
      "*": (tagName, attribs) => {
        assert.deepEqual(Object.keys(attribs), attributes[tagName], `<${tagName}> in ${html}`);
        if (tagName === "a") assert.match(attribs.href ?? "", link, `in ${html}`);
        return { tagName, attribs };
      },
    },
  });
}
