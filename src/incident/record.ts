import type { Context, Decision } from "./decision.ts";
import type { UserId } from "./ids.ts";
import type { Incident, TimelineItem } from "./incident.ts";
import type { Intent } from "./intent.ts";
import { refuse } from "./permissions.ts";
import type { Refusal } from "./refusal.ts";

type IntentTo<T extends Intent["type"]> = Extract<Intent, { readonly type: T }>;

/** Puts something on the timeline. To say when it happened is for those who correct the timeline. */
export function record(incident: Incident, intent: IntentTo<"record">, context: Context): Decision {
  const { kind, text, at } = intent;
  if (at === undefined) return [{ type: "recorded", data: { kind, text } }];
  const doubt = doubtAbout(incident, at, context);
  return doubt ?? [{ type: "recorded", data: { kind, text, happenedAt: at } }];
}

export function correct(incident: Incident, intent: IntentTo<"correct">, context: Context): Decision {
  const { line, text, at } = intent;
  const item = incident.timeline.find(({ number }) => number === line);
  if (item === undefined || item.gone !== undefined) {
    return { refused: "no-line", line, lines: incident.timeline.length };
  }
  const doubt = at === undefined ? undefined : doubtAbout(incident, at, context);
  const when = at === undefined ? {} : { happenedAt: at };
  return doubt ?? [{ type: "corrected", data: { line, text, ...when } }];
}

/** What stands against a stated time: the right to say it, and that it lies before the impact began. */
function doubtAbout(incident: Incident, at: number, context: Context): Refusal | undefined {
  const { actor, policy, confirmed } = context;
  const refusal = refuse(incident, "correct", actor, policy);
  if (refusal !== undefined) return refusal;
  const from = incident.impact?.from;
  const isEarly = from !== undefined && at < from && confirmed !== true;
  return isEarly ? { refused: "before-impact", at, from } : undefined;
}

export function stateImpact(intent: IntentTo<"state-impact">): Decision {
  const { type: _, ...impact } = intent;
  if (impact.from !== undefined && impact.until !== undefined && impact.until < impact.from) {
    return { refused: "ends-before-it-begins", from: impact.from, until: impact.until };
  }
  return [{ type: "impact-stated", data: impact }];
}

/** Puts a message of the room on the timeline. A second 📌 of the same person says nothing new. */
export function mark(incident: Incident, intent: IntentTo<"mark">, actor: UserId): Decision {
  const { type: _, ...marked } = intent;
  return marksOf(incident, marked.message).includes(actor) ? [] : [{ type: "marked", data: marked }];
}

export function unmark(incident: Incident, { message }: IntentTo<"unmark">, actor: UserId): Decision {
  return marksOf(incident, message).includes(actor) ? [{ type: "unmarked", data: { message } }] : [];
}

function marksOf(incident: Incident, message: TimelineItem["message"]): readonly UserId[] {
  return incident.timeline.find((item) => item.kind === "message" && item.message === message)?.marks ?? [];
}
