import { object, text } from "../../matrix/event.ts";
import { isEventId } from "../../matrix/ids.ts";
import type { Json } from "../../proof/redaction.ts";
import type { EventGraph } from "./graph.ts";
import type { Recorded } from "./pdulog.ts";
import { isAboutPoll } from "./poll.ts";

type Id = `$${string}`;

/** How an event points at another (client-server API, "Forming relationships between events"). */
export interface Relation {
  readonly kind: "edit" | "reaction" | "thread" | "other";
  readonly target: Id;
  /** The reaction itself. */
  readonly key?: string;
}

/** What an event is about, where it is about another one. */
export function relationOf(pdu: Json): Relation | undefined {
  const related = object(pdu.content, "m.relates_to");
  const target = related?.event_id;
  if (!isEventId(target)) return undefined;
  const type = text(related, "rel_type");
  if (type === "m.replace") return { kind: "edit", target };
  if (type === "m.thread") return { kind: "thread", target };
  const key = text(related, "key");
  if (type === "m.annotation" && key !== undefined) return { kind: "reaction", target, key };
  return { kind: "other", target };
}

/** The event that a message answers, where it says so itself and is not only shown as an answer to its thread. */
export function answeredBy(pdu: Json): Id | undefined {
  const related = object(pdu.content, "m.relates_to");
  if (related?.is_falling_back === true) return undefined;
  const target = object(related, "m.in_reply_to")?.event_id;
  return isEventId(target) ? target : undefined;
}

interface Reaction {
  readonly key: string;
  readonly sender: string;
}

/** A thread as it is told of at its beginning. */
interface Thread {
  readonly replies: number;
  readonly first: Id;
  readonly last: Id;
}

/** Later events that change how an earlier one is read: gathered in one pass, asked in the next. */
export class Relations {
  readonly #edits = new Map<Id, Id[]>();
  readonly #reactions = new Map<Id, Reaction[]>();
  readonly #threads = new Map<Id, Thread>();
  readonly #nextInThread = new Map<Id, Id>();
  readonly #pollEvents = new Map<Id, Id[]>();
  readonly #answered = new Set<Id>();

  /** `graph` has the event already. */
  see({ id, pdu }: Recorded, graph: EventGraph): void {
    const answered = answeredBy(pdu);
    if (answered !== undefined) this.#answered.add(graph.kept(answered));
    const relation = relationOf(pdu);
    if (relation === undefined || pdu.state_key !== undefined) return;
    const target = graph.kept(relation.target);
    if (relation.kind === "edit") listIn(this.#edits, target).push(id);
    if (relation.kind === "thread") this.#seeReply(id, target);
    if (isAboutPoll(pdu)) listIn(this.#pollEvents, target).push(id);
    if (relation.kind === "reaction" && relation.key !== undefined && typeof pdu.sender === "string") {
      listIn(this.#reactions, target).push({ key: relation.key, sender: pdu.sender });
    }
  }

  /** Whether any other event is about this one. */
  isSpokenOf(id: Id): boolean {
    return (
      this.#answered.has(id) ||
      this.#reactions.has(id) ||
      this.#edits.has(id) ||
      this.#threads.has(id) ||
      this.#pollEvents.has(id)
    );
  }

  /** The events that claim to edit one, oldest first. */
  editsOf(id: Id): readonly Id[] {
    return this.#edits.get(id) ?? [];
  }

  /** Who reacted with what, in the order of the first of each. */
  reactionsTo(id: Id): readonly { readonly key: string; readonly senders: readonly string[] }[] {
    const all = this.#reactions.get(id);
    if (all === undefined) return [];
    const byKey = Map.groupBy(all, ({ key }) => key);
    return Array.from(byKey, ([key, reactions]) => ({
      key,
      senders: [...new Set(reactions.map(({ sender }) => sender))],
    }));
  }

  /** The thread that begins with an event. */
  threadFrom(root: Id): Thread | undefined {
    return this.#threads.get(root);
  }

  /** What comes after a reply in its thread. */
  nextInThread(reply: Id): Id | undefined {
    return this.#nextInThread.get(reply);
  }

  /** The votes in a poll and its ends, oldest first. */
  pollEventsOf(poll: Id): readonly Id[] {
    return this.#pollEvents.get(poll) ?? [];
  }

  #seeReply(id: Id, root: Id): void {
    const thread = this.#threads.get(root);
    if (thread !== undefined) this.#nextInThread.set(thread.last, id);
    this.#threads.set(root, {
      replies: (thread?.replies ?? 0) + 1,
      first: thread?.first ?? id,
      last: id,
    });
  }
}

function listIn<K, V>(lists: Map<K, V[]>, key: K): V[] {
  const list = lists.get(key) ?? [];
  lists.set(key, list);
  return list;
}
