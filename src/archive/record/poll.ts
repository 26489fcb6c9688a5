import { isObject, object, text } from "../../matrix/event.ts";
import type { Json } from "../../proof/redaction.ts";
import { eventTime } from "./pdulog.ts";

// Polls are told in two spellings: as clients write them (MSC3381) and as the specification will have them.
const starts = ["m.poll.start", "org.matrix.msc3381.poll.start"];
const responses = ["m.poll.response", "org.matrix.msc3381.poll.response"];
const ends = ["m.poll.end", "org.matrix.msc3381.poll.end"];

/** As many answers as a poll can have. */
const mostAnswers = 20;

/** A question with its answers. */
export interface Poll {
  readonly question: string;
  readonly answers: readonly { readonly id: string; readonly text: string }[];
  /** As many answers as one person may choose. */
  readonly most: number;
}

/** What came of a poll. */
export interface PollResult {
  /** Who chose each of its answers, in the order of the answers. */
  readonly voters: readonly (readonly string[])[];
  readonly endedAt?: number;
}

/** Whether an event is one with which a poll begins. */
export function isPoll(type: unknown): boolean {
  return typeof type === "string" && starts.includes(type);
}

/** Whether an event is a vote in a poll, or ends one. */
export function isAboutPoll({ type }: Json): boolean {
  return typeof type === "string" && (responses.includes(type) || ends.includes(type));
}

/** The poll in a content, `undefined` where there is none that could be answered. */
export function pollOf(content: unknown): Poll | undefined {
  const poll = object(content, "m.poll") ?? object(content, "org.matrix.msc3381.poll.start");
  const listed = Array.isArray(poll?.answers) ? poll.answers.slice(0, mostAnswers) : [];
  const answers = listed.flatMap((answer) => {
    const id = text(answer, "m.id") ?? text(answer, "id");
    return id === undefined ? [] : [{ id, text: words(answer) ?? id }];
  });
  if (poll === undefined || answers.length === 0) return undefined;
  const most = typeof poll.max_selections === "number" ? Math.max(1, poll.max_selections) : 1;
  return { question: words(poll.question) ?? "", answers, most };
}

/**
 * Counts a poll: the last vote of everybody until its author ended it counts, with as many answers as were
 * allowed. A vote for an answer that does not exist is none for any.
 */
export function countPoll(poll: Poll, author: unknown, about: readonly Json[]): PollResult {
  const votes = new Map<string, ReadonlySet<string>>();
  let endedAt: number | undefined;
  for (const pdu of about) {
    if (typeof pdu.sender !== "string") continue;
    if (responses.includes(String(pdu.type))) votes.set(pdu.sender, new Set(choices(pdu.content, poll)));
    else if (pdu.sender === author) {
      endedAt = eventTime(pdu);
      break;
    }
  }
  const voters = poll.answers.map(({ id }) =>
    [...votes].filter(([, chosen]) => chosen.has(id)).map(([voter]) => voter),
  );
  return { voters, ...(endedAt === undefined ? {} : { endedAt }) };
}

function choices(content: unknown, { most }: Poll): readonly string[] {
  const response = object(content, "org.matrix.msc3381.poll.response")?.answers;
  const chosen = isObject(content) ? (content["m.selections"] ?? response) : undefined;
  return Array.isArray(chosen) ? chosen.filter((choice) => typeof choice === "string").slice(0, most) : [];
}

/** Text as extensible events spell it (MSC1767). */
function words(from: unknown): string | undefined {
  const plain = text(from, "org.matrix.msc1767.text") ?? text(from, "m.text") ?? text(from, "body");
  if (plain !== undefined) return plain;
  const spelled = isObject(from) ? from["m.text"] : undefined;
  return Array.isArray(spelled) ? text(spelled[0], "body") : undefined;
}
