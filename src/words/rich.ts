import { html, raw } from "hono/html";
import type { EventId, UserId } from "../incident/ids.ts";

/**
 * What the bot says, before it is Matrix: words with a few meanings that every client can show. It becomes
 * plain text and the small set of HTML that all Elements render (`strong`, `code`, `a`, `br`), with
 * everything that came from people escaped.
 */
export type Span =
  | string
  | { readonly strong: string }
  | { readonly code: string }
  | { readonly person: UserId; readonly name: string }
  | { readonly link: string; readonly text: string };

/** Lines of spans. */
export type Rich = readonly (readonly Span[])[];

/** How a message is to be heard: a `notice` never wakes anybody, a `page` does. */
export interface Message {
  readonly text: Rich;
  readonly tone: "notice" | "page";
  /** Who is mentioned (client-server API, `m.mentions`): with a `page` they are notified. */
  readonly mentions?: readonly UserId[];
  readonly mentionsRoom?: boolean;
}

export function strong(text: string): Span {
  return { strong: text };
}

/** Something to be typed as it stands. */
export function code(text: string): Span {
  return { code: text };
}

/**
 * A line of words and values: `` line`Ask ${person(alice)} or type ${code("!inc help")}` ``.
 * Lists of spans are taken apart.
 */
export function line(
  words: TemplateStringsArray,
  ...values: readonly (Span | number | readonly Span[])[]
): readonly Span[] {
  const spans = words.flatMap((text, i): readonly Span[] => {
    const value = values[i];
    if (value === undefined) return [text];
    if (typeof value === "number") return [text, String(value)];
    return [text, ...(isSpans(value) ? value : [value])];
  });
  return spans.filter((span) => span !== "");
}

function isSpans(value: Span | readonly Span[]): value is readonly Span[] {
  return Array.isArray(value);
}

/** Puts something between each two of a list, as commas between names. */
export function joined(parts: readonly (Span | readonly Span[])[], between: Span): readonly Span[] {
  return parts.flatMap((part, i): readonly Span[] => {
    const spans = isSpans(part) ? part : [part];
    return i === 0 ? spans : [between, ...spans];
  });
}

/** The words alone, for `body`. */
export function plain(text: Rich): string {
  return text.map((spans) => spans.map(plainSpan).join("")).join("\n");
}

function plainSpan(span: Span): string {
  if (typeof span === "string") return span;
  if ("strong" in span) return span.strong;
  if ("code" in span) return span.code;
  if ("person" in span) return span.name;
  return span.text === span.link ? span.link : `${span.text} (${span.link})`;
}

/** The same for `formatted_body`. */
export function formatted(text: Rich): string {
  return text.map((spans) => spans.map(htmlSpan).join("")).join("<br>");
}

function htmlSpan(span: Span): string {
  if (typeof span === "string") return withBreaks(span);
  if ("strong" in span) return String(html`<strong>${span.strong}</strong>`);
  if ("code" in span) return String(html`<code>${span.code}</code>`);
  if ("person" in span) return String(html`<a href="${matrixTo(span.person)}">${span.name}</a>`);
  return String(html`<a href="${span.link}">${span.text}</a>`);
}

/** Text of a person may hold line breaks; they are shown as such. */
function withBreaks(text: string): string {
  return text
    .split("\n")
    .map((part) => String(html`${part}`))
    .join(String(raw("<br>")));
}

/** So many bytes of words leave room in an event for all else (client-server API, "Size limits": 65,536). */
const mostBytes = 30_000;

/** How much of an event the words take, in bytes. */
function sizeOf(text: Rich): number {
  return Buffer.byteLength(plain(text)) + Buffer.byteLength(formatted(text));
}

/** The first lines, as many as fit into one message. */
export function firstThatFit(lines: Rich): Rich {
  let left = mostBytes;
  const rest = lines.findIndex((each) => {
    left -= sizeOf([each]);
    return left < 0;
  });
  return rest < 0 ? lines : lines.slice(0, rest);
}

/** And the last. */
export function lastThatFit(lines: Rich): Rich {
  return firstThatFit(lines.toReversed()).toReversed();
}

/** A link that every Matrix client opens itself (spec, appendices, "matrix.to navigation"). */
export function matrixTo(id: string, event?: EventId, via?: string): string {
  const target =
    event === undefined ? encodeURIComponent(id) : `${encodeURIComponent(id)}/${encodeURIComponent(event)}`;
  return `https://matrix.to/#/${target}${via === undefined ? "" : `?via=${encodeURIComponent(via)}`}`;
}

/** The content of the `m.room.message` that says it. */
export function messageContent(message: Message): Record<string, unknown> {
  const { mentions = [], mentionsRoom = false } = message;
  return {
    msgtype: message.tone === "page" ? "m.text" : "m.notice",
    body: plain(message.text),
    format: "org.matrix.custom.html",
    formatted_body: formatted(message.text),
    "m.mentions": {
      ...(mentions.length > 0 ? { user_ids: mentions } : {}),
      ...(mentionsRoom ? { room: true } : {}),
    },
  };
}
