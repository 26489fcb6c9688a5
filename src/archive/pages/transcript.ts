import type { Entry } from "../../incident/entry.ts";
import type { RoomRules } from "../../proof/roomversion.ts";
import type { AttachmentStore } from "../attachments/attachments.ts";
import type { Chronicle } from "../chronicle.ts";
import type { Shelf } from "../files/output.ts";
import { eventTime, type Recorded } from "../record/pdulog.ts";
import { People } from "../record/people.ts";
import type { RoomRecord } from "../record/record.ts";
import type { ArchivedRole, Progress } from "../source.ts";
import { visible } from "../visible.ts";
import type { LocalClock } from "./clock.ts";
import { showFace } from "./face.ts";
import { type Html, html } from "./html.ts";
import { showEntry } from "./journalline.ts";
import { anchor, showMessage, showQuietLine } from "./message.ts";
import { isMessage, MessageViews } from "./messageviews.ts";
import type { Links } from "./prose.ts";
import { quietWords } from "./quietline.ts";
import { roleWord } from "./roleword.ts";
import { SearchText } from "./search.ts";
import { asTold } from "./told.ts";
import { pageFile, pageOf, TranscriptPages } from "./transcriptpages.ts";
import { actorName, describe } from "./words.ts";

/** What the transcript is made of. */
export interface TranscriptPlan {
  readonly record: RoomRecord;
  readonly rules: RoomRules;
  readonly chronicle: Chronicle;
  readonly roles: readonly ArchivedRole[];
  readonly attachments: Pick<AttachmentStore, "store">;
  readonly local: LocalClock;
  readonly seal?: string;
  /** Where the archive's folder `data` goes, for the pages and for the text that is searched in. */
  readonly data: Shelf;
}

/** Where things stand in the transcript, relative to `data/`. */
export interface PlaceInTranscript {
  /** An event, `undefined` for one that has no line of its own. */
  readonly ofEvent: (event: string) => string | undefined;
  /** An entry of the journal by its number, `undefined` for one that the room's own line tells of. */
  readonly ofEntry: (seq: number) => string | undefined;
}

/** Two messages further apart than this are two turns, in milliseconds. */
const turnGap = 5 * 60_000;

type Id = `$${string}`;

/**
 * Writes the transcript and the text to search in, and brings the attachments that it shows. Everything is
 * shown as it was then: names and roles; and as it became: edits, reactions, redactions.
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
    for await (const events of plan.record.log.all()) {
      signal?.throwIfAborted();
      for (const event of events) {
        await transcript.take(event, done);
        done += 1;
      }
      report({ step: "rendering", done, total });
    }
    return await transcript.finish();
  } finally {
    await transcript.close();
  }
}

class Transcript {
  readonly #plan: TranscriptPlan;
  readonly #chronicle: Chronicle;
  readonly #pages: TranscriptPages;
  readonly #views: MessageViews;
  readonly #search: SearchText;
  readonly #links: Links;
  /** Names as they are at the event that is being shown. */
  readonly #then = new People();
  /** Entries that no event of the record brought about, oldest first; and those that one did. */
  readonly #byTime: Entry[];
  readonly #byCause: ReadonlyMap<string, readonly Entry[]>;
  /** Which events, by their places, have a line of their own; and on which page an entry has its line. */
  readonly #hasLine: Uint8Array;
  readonly #entryPages = new Map<number, number>();
  #lastMessage = { at: 0, turn: 0 };

  constructor(plan: TranscriptPlan) {
    const { record, data, attachments, local } = plan;
    this.#plan = plan;
    this.#chronicle = asTold(plan.chronicle, record.redactions);
    const { id, title } = this.#chronicle.incident;
    const heading = { id, title: visible(title), zone: local.zone };
    this.#pages = new TranscriptPages(data, heading, record.log.count);
    this.#views = new MessageViews(record, attachments);
    this.#search = new SearchText(data);
    this.#links = { nameOf: (user) => this.#nameOf(user), hrefOf: (event) => this.#hrefFromHere(event) };
    this.#hasLine = new Uint8Array(record.log.count);
    const isCaused = ({ cause }: Entry) => isId(cause) && record.graph.placeOf(cause) !== undefined;
    this.#byTime = this.#chronicle.entries.filter((entry) => !isCaused(entry));
    this.#byCause = Map.groupBy(this.#chronicle.entries.filter(isCaused), ({ cause }) => cause);
  }

  async take(event: Recorded, place: number): Promise<void> {
    const at = eventTime(event.pdu);
    while (this.#byTime[0] !== undefined && this.#byTime[0].eventAt < at) {
      await this.#showEntry(this.#byTime.shift());
    }
    await this.#pages.turnTo(pageOf(place));
    const before = this.#then.membershipOf(String(event.pdu.state_key));
    this.#then.see(event);
    this.#views.keep(event);
    if (!this.#views.isPartOfAnother(event)) {
      this.#hasLine[place] = 1;
      if (isMessage(event.pdu) && !this.#plan.record.redactions.isGone(event.id)) {
        await this.#showMessage(event, at);
      } else {
        const words = quietWords(event, this.#plan, this.#links, before);
        await this.#pages.line(at, showQuietLine(event.id, at, this.#plan.local, words));
      }
    }
    for (const entry of this.#byCause.get(event.id) ?? []) {
      // The room's own line about somebody's coming and going says the same.
      if (entry.type !== "joined" && entry.type !== "left") await this.#showEntry(entry);
    }
  }

  async finish(): Promise<PlaceInTranscript> {
    for (const entry of this.#byTime) await this.#showEntry(entry);
    await this.#pages.finish();
    const { incident } = this.#chronicle;
    await this.#search.finish({ id: incident.id, zone: this.#plan.local.zone });
    const address = (page: number, place: string) => `messages/${pageFile(page)}#${place}`;
    return {
      ofEvent: (event) => {
        const place = isId(event) ? this.#plan.record.graph.placeOf(event) : undefined;
        const isShown = place !== undefined && this.#hasLine[place] === 1;
        return isShown ? address(pageOf(place), anchor(event)) : undefined;
      },
      ofEntry: (seq) => {
        const page = this.#entryPages.get(seq);
        return page === undefined ? undefined : address(page, `j${seq}`);
      },
    };
  }

  async close(): Promise<void> {
    await this.#pages.close();
    await this.#search.close();
  }

  async #showMessage(event: Recorded, at: number): Promise<void> {
    const sender = String(event.pdu.sender);
    const { roles, local } = this.#plan;
    const role = roleWord(roles, this.#chronicle.tenures, sender, at);
    const name = this.#nameOf(sender);
    if (Math.abs(at - this.#lastMessage.at) > turnGap) this.#lastMessage.turn += 1;
    this.#lastMessage.at = at;
    const shownRole = role === undefined ? undefined : html` <span class="role">${role}</span>`;
    const heading =
      async () => html`<p class="who">${await this.#faceOf(sender, name)}<b><bdi>${name}</bdi></b>${shownRole}</p>
`;
    const view = await this.#views.of(event, this.#links);
    const turn = `${this.#lastMessage.turn} ${role} ${sender}`;
    await this.#pages.lineInTurn(at, turn, heading, showMessage(view, local));
    const names = view.attachment === undefined ? [] : [view.attachment.name];
    const words = new Set([...names, ...view.wordings.map(({ text }) => text)]);
    await this.#search.add({
      page: this.#pages.number,
      anchor: anchor(event.id),
      at,
      who: name,
      words: [...words].join("\n"),
    });
  }

  async #showEntry(entry: Entry | undefined): Promise<void> {
    if (entry === undefined) return;
    const { nameOf } = this.#links;
    await this.#pages.turnTo(this.#pages.number);
    await this.#pages.line(entry.eventAt, showEntry(entry, nameOf, this.#plan.local));
    this.#entryPages.set(entry.seq, this.#pages.number);
    const { title, text = "" } = describe(entry, nameOf);
    await this.#search.add({
      page: this.#pages.number,
      anchor: `j${entry.seq}`,
      at: entry.eventAt,
      who: actorName(entry, nameOf),
      words: `${title}\n${text}`,
    });
  }

  /** The address of an event as seen from the page being written, `undefined` where it is not in the record. */
  #hrefFromHere(id: Id): string | undefined {
    const place = this.#plan.record.graph.placeOf(id);
    if (place === undefined) return undefined;
    const page = pageOf(place);
    return page === this.#pages.number ? `#${anchor(id)}` : `${pageFile(page)}#${anchor(id)}`;
  }

  async #faceOf(user: string, name: string): Promise<Html> {
    const avatar = this.#then.avatarOf(user);
    return showFace(
      name,
      avatar === undefined ? undefined : await this.#plan.attachments.store(avatar, "avatar"),
    );
  }

  #nameOf(user: string): string {
    // Who is spoken of before they came goes by the name they came with.
    return this.#then.hasName(user) ? this.#then.nameOf(user) : this.#plan.record.people.nameOf(user);
  }
}

function isId(value: string): value is Id {
  return value.startsWith("$");
}
