import type { EventId, UserId } from "../incident/ids.ts";
import { isEventId, isUserId } from "../matrix/ids.ts";
import { cleanText } from "../text/clean.ts";
import type { Pill } from "./words.ts";

/** What a person typed: the text of a message without quotes and fallbacks, and whom it mentions. */
export interface Typed {
  readonly line: string;
  readonly pills: readonly Pill[];
  /** The message that it replies to. */
  readonly repliesTo?: EventId;
}

/** A message's content as far as it matters here. It comes from outside: everything may be missing. */
type Content = Readonly<Record<string, unknown>>;

/**
 * Reads what was typed in an `m.room.message`. `undefined` where it is nothing a person types: notices
 * (other bots), pictures, and edits, since an edit must never run a command again.
 */
export function typedIn(content: Content): Typed | undefined {
  if (content.msgtype !== "m.text" || typeof content.body !== "string") return undefined;
  const relation = member(content, "m.relates_to");
  if (relation?.rel_type === "m.replace") return undefined;
  const reply = member(relation, "m.in_reply_to");
  const line = reply !== undefined ? withoutQuote(content.body) : content.body;
  const pills = typeof content.formatted_body === "string" ? pillsIn(content.formatted_body) : [];
  // In a thread a client names the message before, for clients that know no threads.
  const isMeant = relation?.is_falling_back !== true;
  const repliesTo = isMeant && isEventId(reply?.event_id) ? { repliesTo: reply.event_id } : {};
  return { line: cleanText(line).trim(), pills, ...repliesTo };
}

function member(of: unknown, key: string): Content | undefined {
  const value = typeof of === "object" && of !== null ? (of as Content)[key] : undefined;
  return typeof value === "object" && value !== null ? (value as Content) : undefined;
}

/** Older clients repeat the message replied to as `> ` lines (spec before 1.13, "reply fallbacks"). */
function withoutQuote(body: string): string {
  if (!body.startsWith("> ")) return body;
  const lines = body.split("\n");
  const end = lines.findIndex((each) => !each.startsWith("> ") && each !== ">");
  return end < 0 ? "" : lines.slice(end).join("\n");
}

/**
 * The mentions in a `formatted_body`, in their order (spec, "User and room mentions"). Cuts the text at
 * the ends of its links, so that hostile nesting costs no more than its length.
 */
function pillsIn(html: string): readonly Pill[] {
  const quoted = html.lastIndexOf("</mx-reply>");
  const links = (quoted < 0 ? html : html.slice(quoted)).split(/<\/a>/i).slice(0, -1);
  return links.flatMap((before) => {
    const link = before.slice(Math.max(0, before.lastIndexOf("<a")));
    const end = link.indexOf(">");
    const href = /\shref\s*=\s*(?:"([^"]*)"|'([^']*)')/i.exec(link.slice(0, Math.max(0, end)));
    const user = userOf(unescaped(href?.[1] ?? href?.[2] ?? ""));
    const name = cleanText(unescaped(link.slice(end + 1).replace(/<[^<>]*>/g, "")));
    return user === undefined ? [] : [{ user, name }];
  });
}

function userOf(href: string): UserId | undefined {
  const target =
    /^https:\/\/matrix\.to\/#\/([^?/]+)/.exec(href)?.[1] ?? /^matrix:u\/([^?/]+)/.exec(href)?.[1];
  if (target === undefined) return undefined;
  let user: string;
  try {
    user = decodeURIComponent(target);
  } catch {
    return undefined;
  }
  const id = href.startsWith("matrix:u/") ? `@${user}` : user;
  return isUserId(id) ? id : undefined;
}

const entities: ReadonlyMap<string, string> = new Map([
  ["amp", "&"],
  ["lt", "<"],
  ["gt", ">"],
  ["quot", '"'],
  ["apos", "'"],
  ["nbsp", "\u00a0"],
]);

function unescaped(html: string): string {
  return html.replace(/&(?:#x([0-9a-f]{1,6})|#([0-9]{1,7})|([a-z]+));/gi, (whole, hex, decimal, name) => {
    if (typeof name === "string") return entities.get(name.toLowerCase()) ?? whole;
    const point = typeof hex === "string" ? Number.parseInt(hex, 16) : Number(decimal);
    return point <= 0x10ffff ? String.fromCodePoint(point) : whole;
  });
}

/** Prefixes that work besides the configured ones: Element sends an unknown slash command as text. */
const slash = "/incident";

/**
 * Takes the prefix off a command: what follows it, or `undefined` where the line is no command. Case and
 * blanks do not matter; `!incidental` is no command.
 */
export function afterPrefix(line: string, prefixes: readonly string[]): { readonly at: number } | undefined {
  const lower = line.toLowerCase();
  for (const prefix of [...prefixes, slash]) {
    if (!lower.startsWith(prefix.toLowerCase())) continue;
    const next = line.charAt(prefix.length);
    if (next === "" || /\s/.test(next)) return { at: prefix.length };
  }
  return undefined;
}
