import * as v from "valibot";
import { readLine } from "./line.ts";
import type { Reading } from "./reading.ts";
import { chosenName, inSeverities, list, section, setting } from "./setting.ts";
import type { InSeverities } from "./severity.ts";

/** A checklist that is taken into the incidents of some severities when they start. */
export interface Playbook {
  readonly name: string;
  /** Which version of it an incident was given, as the operator counts. */
  readonly version: string;
  readonly severities: InSeverities;
  /** What there is to do: at least one, each in one line and given once. */
  readonly items: readonly string[];
}

const longestVersion = 40;
const longestItem = 200;
const mostItems = 50;

const item = setting(
  "",
  `write 1 to ${longestItem} characters in one line, in quotes where a colon is among them`,
  (written) => readLine(written, longestItem),
);

const items = v.pipe(
  list("What there is to do. Each item becomes a task that nobody has yet.", item),
  v.minLength(1, "is an empty list, and so nothing to do; name at least one item, or leave the playbook out"),
  v.maxLength(mostItems, ({ received }) => `has ${received} items; keep ${mostItems} at most`),
  v.checkItems(
    (text, index, all) => all.indexOf(text) === index,
    "is given again; keep one of the two, or say how they differ",
  ),
  v.metadata({
    allowed: `write a list of 1 to ${mostItems} items, each of 1 to ${longestItem} characters in one line`,
  }),
);

const playbook = section("", {
  version: setting(
    "What tells it from what it was before. An incident keeps what it was given at its start.",
    `write 1 to ${longestVersion} characters in quotes, such as "2026-07", or a whole number`,
    readVersion,
  ),
  severities: v.optional(inSeverities("The incidents that it is for."), "always"),
  items,
});

/** The playbooks by their names, which the operator chooses. */
export const playbooks = v.pipe(
  v.record(chosenName("a playbook"), playbook),
  v.metadata({ about: "Checklists that incidents are given when they start. There are none by default." }),
);

function readVersion(written: unknown): Reading<string> {
  if (typeof written !== "number") return readLine(written, longestVersion);
  return Number.isSafeInteger(written)
    ? { value: String(written) }
    : { wrong: `is the number ${written}, in which zeros at the end are lost`, meant: `"${written}"` };
}
