import type { Entry } from "../incident/entry.ts";
import { redactionTarget } from "../proof/pdu.ts";
import type { Json } from "../proof/redaction.ts";
import type { RoomRules } from "../proof/roomversion.ts";
import type { AttachmentStore } from "./attachments.ts";
import type { Chronicle } from "./chronicle.ts";
import { type LocalClock, moment } from "./clock.ts";
import { type Fragment, html } from "./html.ts";
import { showEntry } from "./journalline.ts";
import { anchor, showMessage, showQuietLine } from "./message.ts";
import { MessageViews } from "./messageviews.ts";
import { eventTime, type Recorded } from "./pdulog.ts";
import { People } from "./people.ts";
import type { RoomRecord } from "./record.ts";
import { relationOf } from "./relations.ts";
import { roleWord } from "./roleword.ts";
import type { ArchivedRole, Progress } from "./source.ts";
import { describeState } from "./statechange.ts";
import { pageFile, TranscriptPages } from "./transcriptpages.ts";
import { visible } from "./visible.ts";

/** What the transcript is made of. */
export interface TranscriptPlan {
  readonly record: RoomRecord;
  readonly rules: RoomRules;
  readonly chronicle: Chronicle;
  readonly roles: readonly ArchivedRole[];
  readonly attachments: AttachmentStore;
  readonly local: LocalClock;
  readonly seal?: string;
  /** The folder for the pages. */
  readonly folder: string;
}

/** Where an event stands in the transcript, relative to `data/`; `undefined` for one that has no line. */
export type PlaceInTranscript = (event: string) => string | undefined;

/** Two messages further apart than this are two turns, in milliseconds. */
const turnGap = 5 * 60_000;

type Id = `$${string}`;

/**
 * Writes the transcript, and brings the attachments that it shows. Everything is shown as it was then: names
 * and roles; and as it became: edits, reactions, redactions.
 */
export async function writeTranscript(
  plan: TranscriptPlan,
  report: (progress: Progress) => void,
  signal?: AbortSignal,
): Promise<PlaceInTranscript> {
  const transcript = new Transcript(plan);
  const total = plan.record.log.count;
  let done = 0;
  try {
    for await (const event of plan.record.log.all()) {
      signal?.throwIfAborted();
      await transcript.take(event, done);
      done += 1;
      if (done % 1000 === 0 || done === total) report({ step: "rendering", done, total });
    }
    return await transcript.finish();
  } finally {
    await transcript.close();
  }
}

class Transcript {
  readonly #plan: TranscriptPlan;
  readonly #pages: TranscriptPages;
  readonly #views: MessageViews;
  /** Names as they are at the event that is being shown. */
  readonly #then = new People();
  /** Entries that no event of the record brought about, oldest first; and those that one did. */
  readonly #byTime: Entry[];
  readonly #byCause: ReadonlyMap<string, readonly Entry[]>;
  /** The place of the first event of each page. */
  readonly #pageStarts: number[] = [];
  #lastMessage = { at: 0, turn: 0 };

  constructor(plan: TranscriptPlan) {
    this.#plan = plan;
    this.#views = new MessageViews(plan.record, plan.attachments);
    const { id, title } = plan.chronicle.incident;
    this.#pages = new TranscriptPages(plan.folder, { id, title: visible(title) });
    const isCaused = ({ cause }: Entry) => isId(cause) && plan.record.graph.placeOf(cause) !== undefined;
    this.#byTime = plan.chronicle.entries.filter((entry) => !isCaused(entry));
    this.#byCause = Map.groupBy(plan.chronicle.entries.filter(isCaused), ({ cause }) => cause);
  }

  async take(event: Recorded, place: number): Promise<void> {
    const at = eventTime(event.pdu);
    while (this.#byTime[0] !== undefined && this.#byTime[0].eventAt < at) {
      await this.#showEntry(this.#byTime.shift());
    }
    this.#then.see(event);
    if (!(await this.#views.isPartOfAnother(event))) await this.#show(event, place, at);
    for (const entry of this.#byCause.get(event.id) ?? []) {
      // The room's own line about somebody's coming and going says the same.
      if (entry.type !== "joined" && entry.type !== "left") await this.#showEntry(entry);
    }
  }

  async finish(): Promise<PlaceInTranscript> {
    for (const entry of this.#byTime) await this.#showEntry(entry);
    await this.#pages.finish();
    const { graph } = this.#plan.record;
    return (event) => {
      const place = isId(event) ? graph.placeOf(event) : undefined;
      return place === undefined ? undefined : `messages/${pageFile(this.#pageOf(place))}#${anchor(event)}`;
    };
  }

  async close(): Promise<void> {
    await this.#pages.close();
  }

  async #show(event: Recorded, place: number, at: number): Promise<void> {
    await this.#pages.turnPage(at);
    while (this.#pageStarts.length < this.#pages.number) this.#pageStarts.push(place);
    if (this.#isMessage(event)) await this.#showMessage(event, at);
    else await this.#pages.line(showQuietLine(event.id, at, this.#plan.local, this.#quietWords(event)));
  }

  #isMessage({ id, pdu }: Recorded): boolean {
    const isGone = this.#plan.record.redactions.isGone(id);
    return (
      !isGone && pdu.state_key === undefined && (pdu.type === "m.room.message" || pdu.type === "m.sticker")
    );
  }

  async #showMessage(event: Recorded, at: number): Promise<void> {
    const sender = String(event.pdu.sender);
    const { roles, chronicle, local } = this.#plan;
    const role = roleWord(roles, chronicle.tenures, sender, at);
    if (Math.abs(at - this.#lastMessage.at) > turnGap) this.#lastMessage.turn += 1;
    this.#lastMessage.at = at;
    const shownRole = role === undefined ? undefined : html` <span class="role">${role}</span>`;
    const heading = html`<p class="who"><b><bdi>${this.#nameOf(sender)}</bdi></b>${shownRole}</p>
`;
    const view = await this.#views.of(event, {
      nameOf: (user) => this.#nameOf(user),
      hrefOf: (id) => this.#hrefFromHere(id),
    });
    await this.#pages.lineInTurn(
      `${this.#lastMessage.turn} ${role} ${sender}`,
      heading,
      showMessage(view, local),
    );
  }

  /** What a line says that is not a message. */
  #quietWords({ id, pdu }: Recorded): Fragment {
    if (this.#plan.record.redactions.isGone(id)) return this.#tombstone(id, pdu);
    if (id === this.#plan.seal)
      return html`<strong>Seal.</strong> This event commits to everything before it.`;
    const name = html`<bdi>${this.#nameOf(pdu.sender)}</bdi>`;
    if (typeof pdu.state_key === "string") {
      return html`${name} ${describeState(pdu, (user) => this.#nameOf(user))}`;
    }
    const relation = relationOf(pdu);
    if (relation?.kind === "reaction")
      return html`${name} reacted with <bdi>${visible(relation.key ?? "")}</bdi>`;
    const target = redactionTarget(pdu, this.#plan.rules);
    if (target === undefined) return html`${name} sent ${visible(String(pdu.type))}`;
    const isThere = this.#plan.record.graph.placeOf(target) !== undefined;
    return isThere
      ? html`${name} <a href="${this.#hrefFromHere(target)}">removed an event</a>`
      : html`${name} removed an event that is not here`;
  }

  /** Who took away what, when and why: all that is left of it. */
  #tombstone(id: Id, pdu: Json): Fragment {
    const { redactions, people } = this.#plan.record;
    const whose = html`${nounFor(pdu.type)} of <bdi>${this.#nameOf(pdu.sender)}</bdi>`;
    const original = redactions.goneWith(id);
    if (original !== undefined) {
      return html`${whose}, removed with <a href="${this.#hrefFromHere(original)}">the message that it edits</a>`;
    }
    const redaction = redactions.aimedAt(id);
    if (redaction === undefined) return html`${whose}, removed`;
    const { by, at, reason } = redaction;
    const because = reason === undefined ? undefined : html`: <bdi>${visible(reason)}</bdi>`;
    return html`${whose}, removed by <bdi>${people.nameOf(by)}</bdi> at ${moment(at)}${because}`;
  }

  async #showEntry(entry: Entry | undefined): Promise<void> {
    if (entry === undefined) return;
    await this.#pages.turnPage(entry.eventAt);
    await this.#pages.line(showEntry(entry, (user) => this.#nameOf(user), this.#plan.local));
  }

  /** The address of an earlier event as seen from the page being written. */
  #hrefFromHere(id: Id): string {
    const page = this.#pageOf(this.#plan.record.graph.placeOf(id) ?? Number.POSITIVE_INFINITY);
    return page === this.#pages.number ? `#${anchor(id)}` : `${pageFile(page)}#${anchor(id)}`;
  }

  #pageOf(place: number): number {
    return Math.max(1, this.#pageStarts.findLastIndex((start) => start <= place) + 1);
  }

  #nameOf(user: unknown): string {
    if (typeof user !== "string") return "unknown";
    // Who is spoken of before they came goes by the name they came with.
    return this.#then.hasName(user) ? this.#then.nameOf(user) : this.#plan.record.people.nameOf(user);
  }
}

function nounFor(type: unknown): string {
  return type === "m.room.message" ? "A message" : type === "m.reaction" ? "A reaction" : "An event";
}

function isId(value: string): value is Id {
  return value.startsWith("$");
}
