import { parseSeverity, type Severity } from "../../incident/severity.ts";
import type { Parameter } from "../parameter.ts";

/** A severity that has to be named. */
export function severity(): Parameter<Severity> {
  return {
    usage: "<sev1…sev4|unknown>",
    read(words) {
      const word = words.take();
      if (word === undefined) return { misread: "missing", label: "severity" };
      return parseSeverity(word.text) ?? { misread: "no-severity", typed: word.text };
    },
  };
}

/** A severity in front of a title; a bare digit there belongs to the title. */
export function optionalSeverity(): Parameter<Severity | undefined> {
  return {
    usage: "[sevN]",
    read(words) {
      const word = words.peek()?.text ?? "";
      const found = /^(?:s|sev)[-_\d]|^unknown$/i.test(word) ? parseSeverity(word) : undefined;
      if (found !== undefined) words.take();
      return found;
    },
  };
}
