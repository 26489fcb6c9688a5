import { raw, html as tagged } from "hono/html";
import { visible } from "../visible.ts";

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

/**
 * What `printable` has to look at: control characters, the two overrides of writing direction, and more accents
 * on one letter than any writing has (UAX #15, "Stream-Safe Text Format").
 */
const suspect = /[\p{Cc}\u202D\u202E]|\p{M}{30}/gu;

/** Text in which there is nothing to look for, which is nearly all there is. */
const ordinary = /^[\t\n -~]*$/;

/**
 * Control characters are not allowed in HTML: they get the pictures that Unicode has for them. The two that
 * turn letters round whatever the script are shown too; no writing needs them. A letter with accents without end
 * is one letter to a browser, wider than any page: after each thirty the line may end.
 */
export function printable(text: string): string {
  if (ordinary.test(text)) return text;
  return text.toWellFormed().replaceAll(suspect, (found) => {
    const code = found.codePointAt(0) ?? 0;
    if (code === 0x202d || code === 0x202e) return visible(found);
    const isControl = code < 0x20 && found !== "\n" && found !== "\t";
    if (isControl) return String.fromCodePoint(0x2400 + code);
    return found.length < 30 ? found : `${found}\u200b`;
  });
}
