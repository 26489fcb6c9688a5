import { object, text } from "../matrix/event.ts";
import type { Json } from "../proof/redaction.ts";
import { type AttachmentStore, attachmentOf } from "./attachments.ts";
import type { MessageView } from "./message.ts";
import { eventTime, type Recorded } from "./pdulog.ts";
import { prose, snippet } from "./prose.ts";
import type { RoomRecord } from "./record.ts";
import { answeredBy, relationOf } from "./relations.ts";
import { visible } from "./visible.ts";
import type { NameOf } from "./words.ts";

type Id = `$${string}`;

/** A wording of a message: what it said from a time on. */
interface Wording {
  readonly at: number;
  readonly content: unknown;
}

/** What a message needs to know of where it is shown. */
export interface Surroundings {
  readonly nameOf: NameOf;
  /** The address of an earlier event, as seen from here. */
  readonly hrefOf: (event: Id) => string;
}

/** Puts together what is shown of a message: its wordings, its file, what it answers, what came of it. */
export class MessageViews {
  readonly #record: RoomRecord;
  readonly #attachments: AttachmentStore;

  constructor(record: RoomRecord, attachments: AttachmentStore) {
    this.#record = record;
    this.#attachments = attachments;
  }

  async of({ id, pdu }: Recorded, around: Surroundings): Promise<MessageView> {
    const first: Wording = { at: eventTime(pdu), content: pdu.content };
    const later = await this.#laterWordings(id, pdu);
    const latest = later.at(-1) ?? first;
    const attachment = attachmentOf(pdu.type, latest.content);
    const reply = await this.#reply(pdu, around);
    const thread = await this.#thread(pdu, around);
    return {
      id,
      at: first.at,
      kind: kindOf(latest.content),
      name: around.nameOf(String(pdu.sender)),
      body: prose(latest.content),
      earlier: [first, ...later].slice(0, -1).map(({ at, content }) => ({ at, body: prose(content) })),
      repliesInThread: this.#record.relations.repliesInThread(id),
      reactions: this.#record.relations.reactionsTo(id).map(({ key, senders }) => ({
        key: visible(key),
        names: senders.map((sender) => this.#record.people.nameOf(sender)),
      })),
      ...(later.length > 0 ? { editedAt: latest.at } : {}),
      ...(reply === undefined ? {} : { reply }),
      ...(thread === undefined ? {} : { thread }),
      ...(attachment === undefined
        ? {}
        : { attachment: { name: attachment.name, stored: await this.#attachments.store(attachment.uri) } }),
    };
  }

  /** Whether an event is shown with another one, as its edit or as a reaction to it. */
  async isPartOfAnother({ pdu }: Recorded): Promise<boolean> {
    const relation = relationOf(pdu);
    if (relation?.kind !== "edit" && relation?.kind !== "reaction") return false;
    if (this.#record.redactions.isGone(relation.target)) return false;
    const about = await this.#recorded(relation.target);
    if (about === undefined || typeof about.pdu.state_key === "string") return false;
    return relation.kind === "reaction" || isEditOf(pdu, about.pdu);
  }

  /** The later wordings of a message, oldest first, by whoever may change it: its sender. */
  async #laterWordings(id: Id, original: Json): Promise<readonly Wording[]> {
    const wordings: Wording[] = [];
    for (const edit of this.#record.relations.editsOf(id)) {
      const pdu = (await this.#recorded(edit))?.pdu;
      if (pdu === undefined || !isEditOf(pdu, original)) continue;
      wordings.push({ at: eventTime(pdu), content: object(pdu.content, "m.new_content") });
    }
    return wordings;
  }

  async #reply(pdu: Json, { nameOf, hrefOf }: Surroundings): Promise<MessageView["reply"]> {
    const target = answeredBy(pdu);
    const answered = target === undefined ? undefined : await this.#recorded(target);
    if (answered === undefined) return undefined;
    const name = nameOf(String(answered.pdu.sender));
    return { name, snippet: this.#snippetOf(answered), href: hrefOf(answered.id) };
  }

  async #thread(pdu: Json, { hrefOf }: Surroundings): Promise<MessageView["thread"]> {
    const relation = relationOf(pdu);
    const root = relation?.kind === "thread" ? await this.#recorded(relation.target) : undefined;
    return root === undefined ? undefined : { snippet: this.#snippetOf(root), href: hrefOf(root.id) };
  }

  #snippetOf({ id, pdu }: Recorded): string {
    if (this.#record.redactions.isGone(id)) return "removed";
    return snippet(pdu.content) || "no text";
  }

  async #recorded(id: Id): Promise<Recorded | undefined> {
    const place = this.#record.graph.placeOf(id);
    return place === undefined ? undefined : this.#record.log.at(place);
  }
}

function kindOf(content: unknown): MessageView["kind"] {
  const msgtype = text(content, "msgtype");
  return msgtype === "m.emote" ? "did" : msgtype === "m.notice" ? "noticed" : "said";
}

/** Whether an event may replace another (client-server API, "Validity of replacement events"). */
function isEditOf(edit: Json, original: Json): boolean {
  return (
    edit.sender === original.sender &&
    edit.type === original.type &&
    edit.state_key === undefined &&
    original.state_key === undefined &&
    relationOf(original)?.kind !== "edit" &&
    object(edit.content, "m.new_content") !== undefined
  );
}
