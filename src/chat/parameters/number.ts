import type { Parameter } from "../parameter.ts";

/**
 * A whole number from 1 on, such as that of a task; `#3` is one too.
 *
 * @param of what it is the number of
 */
export function number(of: "line" | "task"): Parameter<number> {
  const label = `${of} number`;
  return {
    usage: "<n>",
    read(words) {
      const typed = words.take()?.text;
      if (typed === undefined) return { misread: "missing", label };
      return parseNumber(typed.replace(/[.,:;]$/, "")) ?? { misread: "no-number", label, typed };
    },
  };
}

/** The same where it may be left out; anything that is no number belongs to what follows. */
export function optionalNumber(): Parameter<number | undefined> {
  return {
    usage: "[n]",
    read(words) {
      const found = parseNumber(words.peek()?.text ?? "");
      if (found !== undefined) words.take();
      return found;
    },
  };
}

function parseNumber(typed: string): number | undefined {
  const digits = /^#?([1-9]\d{0,5})$/.exec(typed)?.[1];
  return digits === undefined ? undefined : Number(digits);
}
