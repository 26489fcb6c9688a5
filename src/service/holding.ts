import type { IncidentId } from "../incident/ids.ts";
import type { Held } from "../incident/incident.ts";
import type { Outgoing } from "../journal/outbox.ts";
import type { RoomEvent } from "../matrix/event.ts";
import { heldWords } from "../words/answers.ts";
import type { View } from "../words/view.ts";
import { answerTo, underAnswer } from "./answer.ts";
import type { Outcome } from "./change.ts";
import { questionKey, type Service } from "./service.ts";

/** Whether something waited so long, as while the service was down, that its sender may not mean it any more. */
export function isLate(service: Service, event: RoomEvent): boolean {
  return service.now() - event.origin_server_ts > service.rules.staleAfterMs;
}

/** What is asked about before it is done: its command's name, and why. */
type Asked = Pick<Held, "name" | "why">;

/** Holds a command on an incident: it is on the journal, and its sender is asked whether it is still meant. */
export function holding(event: RoomEvent, asked: Asked): Outcome {
  const { event_id: command, origin_server_ts: sentAt } = event;
  return {
    facts: [{ type: "command-held", data: { command, sentAt, ...asked } }],
    keep: true,
    answer: (after, view) => askAbout(event, asked, after?.incident.id, view),
  };
}

/** The question under what was typed, with its ✅ and ❌. */
export function askAbout(
  event: RoomEvent,
  { name, why }: Asked,
  incident: IncidentId | undefined,
  view: View,
): readonly Outgoing[] {
  const question = {
    about: "command",
    command: event.event_id,
    ...(incident === undefined ? {} : { incident }),
  };
  const words = heldWords({ name, why, by: event.sender, sentAt: event.origin_server_ts }, view);
  return [
    answerTo(event, words, { [questionKey]: question, "m.mentions": { user_ids: [event.sender] } }),
    ...["✅", "❌"].map((control) => underAnswer(event, control)),
  ];
}
