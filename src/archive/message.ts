import type { Stored } from "./attachments.ts";
import { duration, iso, type LocalClock, moment, timeOf } from "./clock.ts";
import { type Fragment, type Html, html } from "./html.ts";

/** A message, ready to be shown. Names are as they were then. */
export interface MessageView {
  readonly id: string;
  readonly at: number;
  readonly kind: "said" | "noticed" | "did";
  /** For `did`: who. */
  readonly name: string;
  readonly body: Html;
  readonly reply?: { readonly name: string; readonly snippet: string; readonly href: string };
  readonly thread?: { readonly snippet: string; readonly href: string };
  readonly repliesInThread: number;
  readonly attachment?: { readonly name: string; readonly stored: Stored };
  /** Earlier wordings, oldest first, each with the time it was written. */
  readonly earlier: readonly { readonly at: number; readonly body: Html }[];
  /** When the wording that is shown was written, where it is not the first. */
  readonly editedAt?: number;
  readonly reactions: readonly { readonly key: string; readonly names: readonly string[] }[];
}

/** A place in the transcript: the event's own id, so that a link stays right whatever the page. */
export function anchor(id: string): string {
  return id;
}

/** The time in the margin; both clocks and the event's id on hover. */
function timeLink(id: string, at: number, local: LocalClock): Html {
  const details = `${moment(at)} · ${local(at)} · ${id}`;
  return html`<a class="time" href="#${anchor(id)}" title="${details}"><time datetime="${iso(at)}">${timeOf(at)}</time></a>`;
}

/** A message in the transcript. */
export function showMessage(view: MessageView, local: LocalClock): Html {
  return html`<article class="message ${view.kind}" id="${anchor(view.id)}">
${timeLink(view.id, view.at, local)}
<div class="text" dir="auto">${showReply(view)}${showThread(view)}${showBody(view)}${showAttachment(view)}${showEdits(view, local)}${showReactions(view)}</div>
</article>
`;
}

/** A line in the transcript that nobody said: a change of the room, or something taken away. */
export function showQuietLine(id: string, at: number, local: LocalClock, line: Fragment): Html {
  return html`<p class="quiet" id="${anchor(id)}">${timeLink(id, at, local)} <span>${line}</span></p>
`;
}

function showBody({ kind, name, body, attachment }: MessageView): Fragment {
  // The body of a bare attachment is its file name, which the link to the file shows already.
  if (attachment !== undefined && kind !== "did") return undefined;
  return kind === "did" ? html`<div class="emote">* <bdi>${name}</bdi> ${body}</div>` : body;
}

function showReply({ reply }: MessageView): Fragment {
  if (reply === undefined) return undefined;
  return html`<p class="about">In reply to <a href="${reply.href}"><bdi>${reply.name}</bdi>: <bdi>${reply.snippet}</bdi></a></p>`;
}

function showThread({ thread }: MessageView): Fragment {
  if (thread === undefined) return undefined;
  return html`<p class="about">In the thread <a href="${thread.href}"><bdi>${thread.snippet}</bdi></a></p>`;
}

function showAttachment({ attachment }: MessageView): Fragment {
  if (attachment === undefined) return undefined;
  const { name, stored } = attachment;
  if ("missing" in stored) {
    return html`<p class="file"><bdi>${name}</bdi> <span class="note">not in the archive: ${stored.missing}</span></p>`;
  }
  const href = `../${stored.path}`;
  const link = html`<p class="file"><a href="${href}"><bdi>${name}</bdi></a> <span class="note">${bytes(stored.bytes)}, ${stored.type}</span></p>`;
  return stored.isPicture
    ? html`<a class="picture" href="${href}"><img src="${href}" alt="${name}" loading="lazy"></a>${link}`
    : link;
}

function showEdits({ at, earlier, editedAt }: MessageView, local: LocalClock): Fragment {
  if (editedAt === undefined) return undefined;
  const times = earlier.length === 1 ? "once" : earlier.length === 2 ? "twice" : `${earlier.length} times`;
  const versions = earlier.map(
    (version) =>
      html`<li><time datetime="${iso(version.at)}" title="${local(version.at)}">${timeOf(version.at)}</time> <div dir="auto">${version.body}</div></li>`,
  );
  return html`<details class="edits"><summary>Edited ${times}, last at ${timeOf(editedAt)}, ${duration(editedAt - at)} later</summary><ol>${versions}</ol></details>`;
}

function showReactions({ reactions, repliesInThread }: MessageView): Fragment {
  const replies =
    repliesInThread === 1 ? "1 reply in its thread" : `${repliesInThread} replies in its thread`;
  const thread = repliesInThread === 0 ? undefined : html`<p class="about">${replies}</p>`;
  if (reactions.length === 0) return thread;
  const items = reactions.map(
    ({ key, names }) => html`<li><bdi class="key">${key}</bdi> <bdi>${names.join(", ")}</bdi></li>`,
  );
  return html`<ul class="reactions" aria-label="Reactions">${items}</ul>${thread}`;
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
