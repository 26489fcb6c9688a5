import { raw, html as tagged } from "hono/html";
import { visible } from "./visible.ts";

/** HTML that is safe to send as it is. */
export type Html = Awaited<ReturnType<typeof tagged>>;

/** What may stand in a template: text, which is escaped, and HTML, which is not. */
export type Fragment = Html | string | number | undefined | readonly Fragment[];

/** Builds HTML. Every text that is put in is escaped; what cannot be shown as text is made visible. */
export function html(strings: TemplateStringsArray, ...values: readonly Fragment[]): Html {
  const made = tagged(strings, ...values.map(shown));
  if (made instanceof Promise) throw new TypeError("the archive's pages are built of what is there already");
  return made;
}

export { raw };

function shown(value: Fragment): Fragment {
  if (typeof value === "string") return printable(value);
  if (Array.isArray(value)) return value.map(shown);
  return value;
}

/** What `printable` has to look at: control characters, and the two overrides of writing direction. */
const suspect = /[\p{Cc}\u202D\u202E]/gu;

/**
 * Control characters are not allowed in HTML: they get the pictures that Unicode has for them. The two that
 * turn letters round whatever the script are shown too; no writing needs them.
 */
export function printable(text: string): string {
  return text.toWellFormed().replaceAll(suspect, (character) => {
    const code = character.codePointAt(0) ?? 0;
    if (code >= 0x2000) return visible(character);
    const isPlain = code >= 0x20 || character === "\n" || character === "\t";
    return isPlain ? character : String.fromCodePoint(0x2400 + code);
  });
}
