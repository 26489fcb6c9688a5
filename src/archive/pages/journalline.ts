import type { Entry } from "../../incident/entry.ts";
import { iso, type LocalClock, moment, timeOf } from "./clock.ts";
import { type Fragment, type Html, html } from "./html.ts";
import { actorName, describe, type NameOf } from "./words.ts";

/** From this difference on, in milliseconds, both of an entry's clocks are shown. */
const notableDelay = 60_000;

/** An entry of the journal as a line of the transcript. */
export function showEntry(entry: Entry, nameOf: NameOf, local: LocalClock): Html {
  const { title, text, weight } = describe(entry, nameOf);
  const details = `${moment(entry.eventAt)} · ${local(entry.eventAt)} · journal ${entry.seq}`;
  return html`<p class="journal ${weight}" id="j${entry.seq}"><a class="time" href="#j${entry.seq}" title="${details}"><time datetime="${iso(entry.eventAt)}">${timeOf(entry.eventAt)}</time></a> <span><b><bdi>${title}</bdi></b>${showText(text)} <span class="note"><bdi>${actorName(entry, nameOf)}</bdi>, journal ${entry.seq}${showDelay(entry)}</span></span></p>
`;
}

function showText(text: string | undefined): Fragment {
  return text === undefined ? undefined : html`: <bdi class="plain">${text}</bdi>`;
}

function showDelay({ eventAt, recordedAt }: Entry): Fragment {
  return Math.abs(recordedAt - eventAt) < notableDelay ? undefined : html`, written ${moment(recordedAt)}`;
}
