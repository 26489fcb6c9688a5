import { object, text } from "../../matrix/event.ts";
import type { Json } from "../../proof/redaction.ts";
import { attachmentOf } from "../attachments/attachment.ts";
import type { AttachmentStore } from "../attachments/attachments.ts";
import { eventTime, type Recorded } from "../record/pdulog.ts";
import { countPoll, isAboutPoll, isPoll, pollOf } from "../record/poll.ts";
import type { RoomRecord } from "../record/record.ts";
import { answeredBy, relationOf } from "../record/relations.ts";
import { visible } from "../visible.ts";
import type { Html } from "./html.ts";
import { showLocation } from "./location.ts";
import type { MessageView, ShownAttachment, ShownWording } from "./message.ts";
import { showPoll } from "./pollview.ts";
import { type Links, plainText, prose, snippet } from "./prose.ts";

type Id = `$${string}`;

/** A wording of a message: what it said from a time on. */
interface Wording {
  readonly at: number;
  readonly content: unknown;
}

/** Whether an event is shown as something that somebody said. */
export function isMessage({ type, state_key }: Json): boolean {
  return state_key === undefined && (type === "m.room.message" || type === "m.sticker" || isPoll(type));
}

/** What a message says in plain text, as far as it says anything: its words, its question, its file's name. */
export function wordsOf(pdu: Json, content: unknown = pdu.content): string {
  const poll = isPoll(pdu.type) ? pollOf(content) : undefined;
  if (poll === undefined) return plainText(content);
  return [poll.question, ...poll.answers.map((answer) => answer.text)].join("\n");
}

/** As many events as are kept at hand: answers and reactions are mostly about what was said just before. */
const mostRecent = 200;

/** Puts together what is shown of a message: its wordings, its file, what it answers, what came of it. */
export class MessageViews {
  readonly #record: RoomRecord;
  readonly #attachments: Pick<AttachmentStore, "store">;
  readonly #recent = new Map<Id, Recorded>();

  constructor(record: RoomRecord, attachments: Pick<AttachmentStore, "store">) {
    this.#record = record;
    this.#attachments = attachments;
  }

  /** Keeps an event at hand while those after it are shown, where any is about it. */
  keep(event: Recorded): void {
    if (!this.#record.relations.isSpokenOf(event.id)) return;
    this.#recent.set(event.id, event);
    if (this.#recent.size <= mostRecent) return;
    const [oldest] = this.#recent.keys();
    if (oldest !== undefined) this.#recent.delete(oldest);
  }

  /** @param links names and addresses as they are where the message is shown */
  async of({ id, pdu }: Recorded, links: Links): Promise<MessageView> {
    const wordings = [{ at: eventTime(pdu), content: pdu.content }, ...this.#laterWordings(id, pdu)];
    const latest = wordings.at(-1)?.content;
    const attachment = await this.#attachment(pdu.type, latest);
    const told = await this.#told(pdu, wordings, attachment);
    const reply = this.#reply(pdu, links);
    const thread = this.#thread(id, pdu, links);
    const replies = this.#replies(id, links);
    return {
      id,
      at: eventTime(pdu),
      kind: kindOf(latest),
      name: links.nameOf(String(pdu.sender)),
      body: this.#body(id, pdu, latest, links),
      lines: told.at(-1)?.text.split("\n").length ?? 0,
      wordings: told,
      reactions: this.#record.relations.reactionsTo(id).map(({ key, senders }) => ({
        key: visible(key),
        names: senders.map((sender) => this.#record.people.nameOf(sender)),
      })),
      ...(reply === undefined ? {} : { reply }),
      ...(thread === undefined ? {} : { thread }),
      ...(replies === undefined ? {} : { replies }),
      ...(attachment === undefined ? {} : { attachment }),
    };
  }

  async #told(
    pdu: Json,
    wordings: readonly Wording[],
    last: ShownAttachment | undefined,
  ): Promise<readonly ShownWording[]> {
    const told: ShownWording[] = [];
    for (const { at, content } of wordings) {
      const had = await this.#attachment(pdu.type, content);
      const isReplaced = had !== undefined && had.uri !== last?.uri;
      told.push({ at, text: wordsOf(pdu, content), ...(isReplaced ? { replaced: had } : {}) });
    }
    return told;
  }

  /** What is shown of it is the sender's preview where that is a picture, else the attachment itself. */
  async #attachment(type: unknown, content: unknown): Promise<ShownAttachment | undefined> {
    const attachment = attachmentOf(type, content);
    if (attachment === undefined) return undefined;
    const { uri, preview } = attachment;
    const stored = await this.#attachments.store(uri, "attachment");
    const small = preview === undefined ? undefined : await this.#attachments.store(preview, "preview");
    const picture = [small, stored].find((one) => one !== undefined && "path" in one && one.isPicture);
    return {
      ...attachment,
      stored,
      ...(picture !== undefined && "path" in picture ? { picture: picture.path } : {}),
    };
  }

  /** Whether an event is shown with another one: as its edit, as a reaction to it, as a vote in it. */
  isPartOfAnother({ pdu }: Recorded): boolean {
    const relation = relationOf(pdu);
    const isVote = isAboutPoll(pdu);
    if (relation?.kind !== "edit" && relation?.kind !== "reaction" && !isVote) return false;
    if (relation === undefined || this.#record.redactions.isGone(relation.target)) return false;
    const about = this.#recorded(relation.target);
    if (about === undefined || typeof about.pdu.state_key === "string") return false;
    if (isVote) return isPoll(about.pdu.type);
    return relation.kind === "reaction" || isEditOf(pdu, about.pdu);
  }

  #body(id: Id, pdu: Json, content: unknown, links: Links): Html {
    const poll = isPoll(pdu.type) ? pollOf(content) : undefined;
    if (poll !== undefined) {
      const about = this.#record.relations.pollEventsOf(id).map((event) => this.#recorded(event));
      const events = about.flatMap((event) => (event === undefined ? [] : [event.pdu]));
      return showPoll(poll, countPoll(poll, pdu.sender, events), links.nameOf);
    }
    return text(content, "msgtype") === "m.location" ? showLocation(content) : prose(content, links);
  }

  /** The later wordings of a message, oldest first, by whoever may change it: its sender. */
  #laterWordings(id: Id, original: Json): readonly Wording[] {
    const wordings: Wording[] = [];
    for (const edit of this.#record.relations.editsOf(id)) {
      const pdu = this.#recorded(edit)?.pdu;
      if (pdu === undefined || !isEditOf(pdu, original)) continue;
      wordings.push({ at: eventTime(pdu), content: object(pdu.content, "m.new_content") });
    }
    return wordings;
  }

  #reply(pdu: Json, { nameOf, hrefOf }: Links): MessageView["reply"] {
    const target = answeredBy(pdu);
    const answered = target === undefined ? undefined : this.#recorded(target);
    const href = answered === undefined ? undefined : hrefOf(answered.id);
    if (answered === undefined || href === undefined) return undefined;
    return { name: nameOf(String(answered.pdu.sender)), snippet: this.#snippetOf(answered), href };
  }

  #thread(id: Id, pdu: Json, { hrefOf }: Links): MessageView["thread"] {
    const relation = relationOf(pdu);
    const root = relation?.kind === "thread" ? this.#recorded(relation.target) : undefined;
    const href = root === undefined ? undefined : hrefOf(root.id);
    if (root === undefined || href === undefined) return undefined;
    const following = this.#record.relations.nextInThread(id);
    const next = following === undefined ? undefined : hrefOf(following);
    return { snippet: this.#snippetOf(root), href, ...(next === undefined ? {} : { next }) };
  }

  #replies(id: Id, { hrefOf }: Links): MessageView["replies"] {
    const thread = this.#record.relations.threadFrom(id);
    const first = thread === undefined ? undefined : hrefOf(thread.first);
    return thread === undefined || first === undefined ? undefined : { count: thread.replies, first };
  }

  #snippetOf({ id, pdu }: Recorded): string {
    if (this.#record.redactions.isGone(id)) return "removed";
    return snippet(wordsOf(pdu)) || "no text";
  }

  #recorded(id: Id): Recorded | undefined {
    const recent = this.#recent.get(id);
    if (recent !== undefined) return recent;
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
