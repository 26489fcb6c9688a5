import type { Misread, Parameter } from "../parameter.ts";
import type { Words } from "../words.ts";

/** The longest text that is kept: far more than a screen, far less than an event may hold. */
const mostText = 4_000;
/** A room name is sent to everybody who is invited, and shown in a list. */
const mostTitle = 200;

/** Free text to the end of the message. */
export function text(label: string): Parameter<string> {
  return {
    usage: `<${label}>`,
    read(words) {
      const typed = unquoted(words.rest());
      if (typed === "") return { misread: "missing", label };
      return typed.length > mostText ? { misread: "too-long", label, most: mostText } : typed;
    },
  };
}

/** Free text that may be missing. */
export function optionalText(label: string) {
  return {
    usage: `[${label}]`,
    read(words: Words): string | undefined | Misread {
      const typed = unquoted(words.rest());
      if (typed.length > mostText) return { misread: "too-long", label, most: mostText };
      return typed === "" ? undefined : typed;
    },
  };
}

/** A title: one line. */
export function title(label: string): Parameter<string> {
  return {
    usage: `<${label}>`,
    read(words) {
      const typed = unquoted(words.rest().replace(/\s+/g, " "));
      if (typed === "") return { misread: "missing", label };
      return typed.length > mostTitle ? { misread: "too-long", label, most: mostTitle } : typed;
    },
  };
}

/** Takes quotes off a text that stands in them as a whole. */
function unquoted(typed: string): string {
  const trimmed = typed.trim();
  const inner = /^(?:"([^"]*)"|'([^']*)'|“([^”]*)”|„([^“]*)“|«([^»]*)»)$/.exec(trimmed);
  return (inner?.slice(1).find((part) => part !== undefined) ?? trimmed).trim();
}

/** A single word, such as the name of a command to be explained. */
export function optionalWord(label: string): Parameter<string | undefined> {
  return { usage: `[${label}]`, read: (words) => words.take()?.text };
}

/** A word that, where it comes next, changes what is meant. */
export function keyword(word: string): Parameter<boolean> {
  return {
    usage: `[${word}]`,
    read(words) {
      const given = words.peek()?.text.toLowerCase() === word;
      if (given) words.take();
      return given;
    },
  };
}
