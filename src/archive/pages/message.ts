import type { Attachment } from "../attachments/attachment.ts";
import type { Stored } from "../attachments/attachments.ts";
import { duration, iso, type LocalClock, moment, timeOf } from "./clock.ts";
import { showDifference } from "./difference.ts";
import { type Fragment, type Html, html } from "./html.ts";

/** An attachment with what is in the archive of it: the file, and a picture to be shown of it. */
export type ShownAttachment = Attachment & { readonly stored: Stored; readonly picture?: string };

/** What a message said from a time on, in plain text. */
export interface ShownWording {
  readonly at: number;
  readonly text: string;
  /** The attachment that it had and the last wording has not. */
  readonly replaced?: ShownAttachment;
}

/** A message, ready to be shown. Names are as they were then. */
export interface MessageView {
  readonly id: string;
  readonly at: number;
  readonly kind: "said" | "noticed" | "did";
  /** For `did`: who. */
  readonly name: string;
  readonly body: Html;
  /** How many lines of text the body is made of. */
  readonly lines: number;
  readonly reply?: { readonly name: string; readonly snippet: string; readonly href: string };
  /** The thread that it answers in, and the answer that comes next there. */
  readonly thread?: { readonly snippet: string; readonly href: string; readonly next?: string };
  /** The thread that begins with it. */
  readonly replies?: { readonly count: number; readonly first: string };
  readonly attachment?: ShownAttachment;
  /** Its wordings, oldest first. */
  readonly wordings: readonly ShownWording[];
  readonly reactions: readonly { readonly key: string; readonly names: readonly string[] }[];
}

/** A place in the transcript: the event's own id, so that a link stays right whatever the page. */
export function anchor(id: string): string {
  return id;
}

/** The time in the margin; both clocks and the event's id on hover. */
function timeLink(id: string, at: number, local: LocalClock): Html {
  // The clock remembers the moment that it wrote last, and there it is another one.
  const there = local(at);
  const details = `${moment(at)} · ${there} · ${id}`;
  return html`<a class="time" href="#${anchor(id)}" title="${details}"><time datetime="${iso(at)}">${timeOf(at)}</time></a>`;
}

/** A message in the transcript. */
export function showMessage(view: MessageView, local: LocalClock): Html {
  return html`<article class="message ${view.kind}" id="${anchor(view.id)}">
${timeLink(view.id, view.at, local)}
<div class="text" dir="auto">${showReply(view)}${showThread(view)}${showBody(view)}${showAttachment(view)}${showWordings(view, local)}${showReactions(view)}${showReplies(view)}</div>
</article>
`;
}

/** A line in the transcript that nobody said: a change of the room, or something taken away. */
export function showQuietLine(id: string, at: number, local: LocalClock, line: Fragment): Html {
  return html`<p class="quiet" id="${anchor(id)}">${timeLink(id, at, local)} <span>${line}</span></p>
`;
}

/** From so many lines on, a message is moved within a window of its own. */
const longMessage = 60;

function showBody({ kind, name, body, lines, attachment }: MessageView): Fragment {
  // Without a caption the body is only the file's name, which the link to the file shows already.
  if (attachment?.hasCaption === false) return undefined;
  const said = kind === "did" ? html`<div class="emote">* <bdi>${name}</bdi> ${body}</div>` : body;
  if (lines < longMessage) return said;
  return html`<div class="long" role="group" aria-label="A message of ${lines} lines" tabindex="0">${said}</div>`;
}

function showReply({ reply }: MessageView): Fragment {
  if (reply === undefined) return undefined;
  return html`<p class="about">In reply to <a href="${reply.href}"><bdi>${reply.name}</bdi>: <bdi>${reply.snippet}</bdi></a></p>`;
}

function showThread({ thread }: MessageView): Fragment {
  if (thread === undefined) return undefined;
  const next = thread.next === undefined ? undefined : html` · <a href="${thread.next}">next in it</a>`;
  return html`<p class="about">In the thread <a href="${thread.href}"><bdi>${thread.snippet}</bdi></a>${next}</p>`;
}

function showReplies({ replies }: MessageView): Fragment {
  if (replies === undefined) return undefined;
  const words = replies.count === 1 ? "1 reply in its thread" : `${replies.count} replies in its thread`;
  return html`<p class="about"><a href="${replies.first}">${words}</a></p>`;
}

function showAttachment({ attachment }: MessageView): Fragment {
  return attachment === undefined ? undefined : html`${showPicture(attachment)}${showFile(attachment)}`;
}

/** The file by its name, to be saved: only pictures that are harmless are opened with a click. */
function showFile({ name, stored, kind, length, isEncrypted }: ShownAttachment): Html {
  const isPlain = kind === "picture" || kind === "file";
  const about = [
    isPlain ? undefined : kind,
    length === undefined ? undefined : duration(length),
    ...("missing" in stored ? [`not in the archive: ${stored.missing}`] : [bytes(stored.bytes), stored.type]),
    isEncrypted ? "encrypted by its sender, to be read with the key in its event" : undefined,
  ];
  const note = html`<span class="note">${about.filter((word) => word !== undefined).join(", ")}</span>`;
  if ("missing" in stored) return html`<p class="file"><bdi>${name}</bdi> ${note}</p>`;
  const save = stored.isPicture ? undefined : html` download`;
  return html`<p class="file"><a href="../${stored.path}"${save}><bdi>${name}</bdi></a> ${note}</p>`;
}

/** The picture itself or its sender's preview, made small by the page. It leads to the picture itself. */
function showPicture({ name, kind, size, stored, picture }: ShownAttachment): Fragment {
  if (picture === undefined) return undefined;
  const room = size === undefined ? undefined : html` width="${size.width}" height="${size.height}"`;
  const look = kind === "sticker" ? "picture sticker" : "picture";
  const shown = html`<img src="../${picture}" alt="${name}"${room} loading="lazy">`;
  const isOpened = "path" in stored && stored.isPicture;
  return isOpened
    ? html`<a class="${look}" href="../${stored.path}">${shown}</a>`
    : html`<span class="${look}">${shown}</span>`;
}

/** What an edit changed, wording by wording. */
function showWordings({ at, wordings }: MessageView, local: LocalClock): Fragment {
  const last = wordings.at(-1);
  if (last === undefined || wordings.length === 1) return undefined;
  const edits = wordings.length - 1;
  const times = edits === 1 ? "once" : edits === 2 ? "twice" : `${edits} times`;
  const versions = wordings.map((wording, index) => {
    const before = wordings[index - 1];
    const shown = before === undefined ? wording.text : showDifference(before.text, wording.text);
    const file = wording.replaced === undefined ? undefined : showFile(wording.replaced);
    return html`<li><time datetime="${iso(wording.at)}" title="${local(wording.at)}">${timeOf(wording.at)}</time> <div><div class="plain" dir="auto">${shown}</div>${file}</div></li>`;
  });
  return html`<details class="edits"><summary>Edited ${times}, last at ${timeOf(last.at)}, ${duration(last.at - at)} later</summary><ol>${versions}</ol></details>`;
}

function showReactions({ reactions }: MessageView): Fragment {
  if (reactions.length === 0) return undefined;
  const items = reactions.map(
    ({ key, names }) => html`<li><bdi class="key">${key}</bdi> <bdi>${names.join(", ")}</bdi></li>`,
  );
  return html`<ul class="reactions" aria-label="Reactions">${items}</ul>`;
}

/** A size for people: `1.2 MB`. */
function bytes(count: number): string {
  const units = ["bytes", "kB", "MB", "GB", "TB"] as const;
  let size = count;
  let unit = 0;
  while (size >= 1000 && unit < units.length - 1) {
    size /= 1000;
    unit += 1;
  }
  return `${unit === 0 ? size : size.toFixed(1)} ${units[unit]}`;
}
