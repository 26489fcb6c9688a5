import { type CancelReason, cancelReasons } from "../../incident/facts/course.ts";
import { type IncidentId, parseIncidentId } from "../../incident/ids.ts";
import { isMisread, type Misread, type Parameter } from "../parameter.ts";
import type { Words } from "../words.ts";
import { optionalText } from "./text.ts";

/** Why an incident is called off, as it was understood. */
interface Cancellation {
  readonly reason: CancelReason;
  /** The incident that this one is a duplicate of. */
  readonly of?: IncidentId;
  readonly text?: string;
}

/** One of the fixed reasons; a duplicate names the other incident, and `other` says what it is. */
export function cancellation(): Parameter<Cancellation> {
  return {
    usage: "<duplicate INC-…|false alarm|superseded|other …> [text]",
    read(words) {
      const reason = takeReason(words);
      if (typeof reason !== "string") return reason;
      const of = reason === "duplicate" ? takeOther(words) : undefined;
      if (isMisread(of)) return of;
      const said = optionalText("reason").read(words);
      if (isMisread(said)) return said;
      if (said === undefined && reason === "other") return { misread: "missing", label: "reason" };
      return { reason, ...(of === undefined ? {} : { of }), ...(said === undefined ? {} : { text: said }) };
    },
  };
}

function takeReason(words: Words): CancelReason | Misread {
  const [first, second] = [words.peek()?.text.toLowerCase() ?? "", words.peek(1)?.text.toLowerCase() ?? ""];
  if (first === "") return { misread: "missing", label: "reason" };
  if (first === "false" && /^(alarm|positive)[.,:;]?$/.test(second)) {
    words.take(2);
    return "false-alarm";
  }
  const reason = cancelReasons.find((each) => each === first.replace(/[.,:;]$/, "").replace(/[_–]/, "-"));
  if (reason === undefined) return { misread: "no-reason", typed: first };
  words.take();
  return reason;
}

function takeOther(words: Words): IncidentId | Misread {
  if (words.peek()?.text.toLowerCase() === "of") words.take();
  const word = words.take();
  if (word === undefined) return { misread: "missing", label: "other incident" };
  return parseIncidentId(word.text.replace(/[.,:;]$/, "")) ?? { misread: "no-incident", typed: word.text };
}
