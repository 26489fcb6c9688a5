import { iso, type LocalClock, moment, timeOf } from "./clock.ts";
import { type Html, html } from "./html.ts";

/** Day and time in UTC, the local time on hover. */
export function showMoment(ms: number, local: LocalClock): Html {
  return html`<time datetime="${iso(ms)}" title="${local(ms)}">${moment(ms)}</time>`;
}

/** The time of day in UTC, the local time on hover. */
export function showTime(ms: number, local: LocalClock): Html {
  return html`<time datetime="${iso(ms)}" title="${local(ms)}">${timeOf(ms)}</time>`;
}
