import type { Where } from "../chat/command.ts";
import type { Fact } from "../incident/fact.ts";
import type { Intent } from "../incident/intent.ts";
import type { RoomEvent } from "../matrix/event.ts";
import { incidentKey } from "../room/plan.ts";
import { openedWords } from "../words/answers.ts";
import { answerTo } from "./answer.ts";
import type { Outcome } from "./change.ts";

/** What opens an incident. */
export type Opening = Extract<Intent, { readonly type: "declare" | "report" }>;

/** An incident is opened, and whoever did it is told so where they typed it. */
export function openingOf(event: RoomEvent, facts: readonly Fact[], where: Where): Outcome {
  const discreet = where === "lobby";
  return {
    facts,
    answer: (after, view) =>
      after === undefined
        ? []
        : [
            answerTo(event, openedWords(after.incident, view, { discreet }), {
              [incidentKey]: after.incident.id,
            }),
          ],
  };
}
