import type { Stored } from "../attachments/attachments.ts";
import { type Html, html } from "./html.ts";

/**
 * Somebody's picture beside their name, in the transcript; the first letters of their name where they have
 * none, where it is not in the archive, and where it is no picture that can be shown. The name says it all
 * already, so nobody is read either of them aloud.
 */
export function showFace(name: string, avatar: Stored | undefined): Html {
  return avatar !== undefined && "path" in avatar && avatar.isPicture
    ? html`<img class="face" src="../${avatar.path}" alt="" width="24" height="24" loading="lazy">`
    : html`<span class="face" aria-hidden="true">${initials(name)}</span>`;
}

/** Of the first word and of the last: `Ana Maria Silva` is `AS`. The user id that tells namesakes apart is none. */
function initials(name: string): string {
  const words = name.split(/\s+/u).filter((word) => !word.startsWith("(@"));
  const letters = words.flatMap((word) => word.match(/[\p{L}\p{N}]/u)?.[0] ?? []);
  const last = letters.length > 1 ? letters.at(-1) : "";
  return `${letters[0] ?? "?"}${last}`.toUpperCase();
}
