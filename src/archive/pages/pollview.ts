import type { Poll, PollResult } from "../record/poll.ts";
import { timeOf } from "./clock.ts";
import { type Html, html } from "./html.ts";

/** A poll with what came of it, everybody's vote by name. */
export function showPoll(
  poll: Poll,
  { voters, endedAt }: PollResult,
  nameOf: (user: string) => string,
): Html {
  const answers = poll.answers.map(({ text }, index) => {
    const names = (voters[index] ?? []).map(nameOf);
    const who =
      names.length === 0 ? undefined : html` <span class="note"><bdi>${names.join(", ")}</bdi></span>`;
    return html`<li><b class="count">${names.length}</b> <span><bdi>${text}</bdi>${who}</span></li>`;
  });
  const state = endedAt === undefined ? "never ended" : `ended at ${timeOf(endedAt)}`;
  return html`<p class="note">Poll, ${state}</p><p class="plain">${poll.question}</p><ul class="poll">${answers}</ul>`;
}
