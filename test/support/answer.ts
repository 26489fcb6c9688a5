import type { Outcome } from "./walk.ts";

/**
 * What came of something that was said. `done`: it is in a journal. `shown`: it was answered, and nothing
 * changed. Refused: for want of a role or of being asked (`role`), because of the state (`state`), because
 * the person does not see the incident (`unseen`), is an administrator outside (`enter first`), or said it
 * in the wrong place (`elsewhere`, `other incident`). `silence`: nothing at all.
 */
export type Verdict =
  | "done"
  | "shown"
  | "role"
  | "state"
  | "unseen"
  | "enter first"
  | "elsewhere"
  | "other incident"
  | "silence";

/** By what words answers are known. */
const answers: readonly (readonly [RegExp, Verdict])[] = [
  [/^There is no INC-\d+ that you can see\./, "unseen"],
  [/^You see this incident as an administrator, but are not in it\./, "enter first"],
  [/^That is not typed here, /, "elsewhere"],
  [/^Another incident is not spoken of here\./, "other incident"],
  [/^It is (triage|active|mitigated|over|cancelled), /, "state"],
  [/^This incident is (being )?archived: /, "state"],
  [/^Only /, "role"],
  [/^Observers read along; /, "role"],
  [/^It is (over|cancelled): commander and deputy can still write/, "role"],
  [/^You are not among those who may open an incident here\./, "role"],
  [/^Nobody has asked you /, "role"],
  [/^You are not \w+; /, "role"],
  [/^\w+ may not be \w+ here\./, "role"],
  [/^Task \d+ is \w+'s\. They pass it on or drop it/, "role"],
  [/^\w+ is \w+; nobody is both /, "role"],
  [/^\w+ is (\w+|in this incident) already\./, "role"],
  // A card, who has which role, a list with one incident or none, and a page of help.
  [/^(INC-\d+ · |Commander \w+|INC-\d+ \(|You are in no open incident\.|!inc \w)/, "shown"],
  // Who is there, what is to be done, what was said when, and all that in short.
  [/^(Here \w+|1 ops: task 1|1 \d\d:\d\d UTC )/, "shown"],
];

/** What came of it, in a word; or the words that were answered, where they are none of those expected. */
export function verdictOn({ changed, sent }: Outcome): Verdict | string {
  if (changed.length > 0) return "done";
  const [answer, ...more] = sent;
  if (answer === undefined) return "silence";
  const words = String(answer.content.body);
  // Who is answered elsewhere sees a tick where they asked.
  const isTicked = more.every(({ type }) => type === "m.reaction");
  if (!isTicked || answer.content.msgtype !== "m.notice") return JSON.stringify(sent);
  return answers.find(([pattern]) => pattern.test(words))?.[1] ?? words;
}
