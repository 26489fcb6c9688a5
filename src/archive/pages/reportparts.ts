import { endOf } from "../chronicle.ts";
import type { Gap } from "../completeness.ts";
import { visible } from "../visible.ts";
import { duration } from "./clock.ts";
import { type Html, html } from "./html.ts";
import { linked } from "./outcome.ts";
import type { ReportForm, ReportPlan } from "./report.ts";
import { type Cell, section, table } from "./table.ts";
import { showMoment, showTime } from "./times.ts";
import { actorName, describe, severityWord } from "./words.ts";

/** What somebody wanted to be remembered: when, what, who. */
export function remembered(plan: ReportPlan, { hrefOf }: ReportForm): Html {
  const { chronicle, nameOf, local } = plan;
  const items = chronicle.entries.flatMap((entry) => {
    const { title, text, weight } = describe(entry, nameOf);
    if (weight !== "mark") return [];
    const time = linked(hrefOf(entry.cause, entry.seq), showTime(entry.eventAt, local));
    const what = text === undefined ? undefined : html`<br><bdi class="plain">${text}</bdi>`;
    const roles = entry.actorRoles.length === 0 ? "" : `, ${entry.actorRoles.join(", ")}`;
    return [
      html`<li id="j${entry.seq}"><span class="when">${time}</span>
<span><b><bdi>${title}</bdi></b>${what}</span>
<span class="note"><bdi>${actorName(entry, nameOf)}</bdi>${roles}</span></li>
`,
    ];
  });
  const title = html`What happened <span class="aside">times in <span class="zone">UTC</span></span>`;
  return section(
    "remembered",
    title,
    html`<ol class="marks">
${items}</ol>`,
  );
}

export function phases({ chronicle, local }: ReportPlan): Html {
  const end = endOf(chronicle);
  const rows = chronicle.states
    .filter(({ from }) => from < end)
    .map(({ value, from, to = end }) => [
      value,
      when(showMoment(from, local)),
      when(showMoment(to, local)),
      number(duration(to - from)),
    ]);
  return section("phases", "States", table("Table of states", ["State", "From", "To", "Length"], rows));
}

export function roles({ chronicle, nameOf, local }: ReportPlan): Html {
  const end = endOf(chronicle);
  const rows = chronicle.tenures.map(({ value, acting, user, from, to }) => [
    `${value}${acting ? ", acting" : ""}`,
    html`<bdi>${nameOf(user)}</bdi>`,
    when(showMoment(from, local)),
    when(to === undefined ? "to the end" : showMoment(to, local)),
    number(duration((to ?? end) - from)),
  ]);
  const headings = ["Role", "Who", "From", "To", "Length"];
  return section("roles", "Roles", table("Table of roles", headings, rows));
}

export function people({ memberships, nameOf, local }: ReportPlan): Html {
  const last = new Map(memberships.map((membership) => [membership.user, membership]));
  const rows = [...last.values()].map(({ user, membership, reason }) => {
    const joined = memberships.find((one) => one.user === user && one.membership === "join");
    return [
      html`<bdi>${nameOf(user)}</bdi>`,
      html`<bdi>${visible(user)}</bdi>`,
      when(joined === undefined ? "never" : showMoment(joined.from, local)),
      html`${standing(membership)}${reason === undefined ? undefined : html`: <bdi>${visible(reason)}</bdi>`}`,
    ];
  });
  const headings = ["Name", "User id", "In the room from", "At the end"];
  return section("people", `People (${rows.length})`, table("Table of people", headings, rows));
}

const standings: Readonly<Record<string, string>> = {
  join: "in the room",
  invite: "invited",
  leave: "left",
  ban: "banned",
  knock: "asked to be let in",
};

function standing(membership: string): string {
  return standings[membership] ?? visible(membership);
}

export function figures({ chronicle, completeness, messages, attachments, redactions }: ReportPlan): Html {
  const { incident } = chronicle;
  const since = (at: number | undefined) => (at === undefined ? "–" : duration(at - incident.declaredAt));
  const list: readonly (readonly [string, string | number])[] = [
    ["To mitigated", since(incident.mitigatedAt)],
    ["To over", since(incident.overAt)],
    ["Peak severity", severityWord(incident.peak)],
    ["Came back", incident.relapses === 0 ? "never" : `${incident.relapses} times`],
    ["Events", completeness.events.recorded],
    ["Messages", messages],
    ["Attachments", attachments],
    ["Redactions", redactions.filter(({ because }) => because === "redaction").length],
    ["Journal entries", chronicle.entries.length],
  ];
  const shown = list.map(([name, value]) => html`<div><dt>${name}</dt><dd>${value}</dd></div>`);
  return section("figures", "Figures", html`<dl class="figures">${shown}</dl>`);
}

const mostGapsShown = 200;

const gapWords: Readonly<Record<Gap["what"], string>> = {
  "missing-event": "An event that another one names",
  "unsound-event": "Events that do not hold",
  "unsealed-event": "An event that the seal does not cover",
  "unexplained-redaction": "A removal that nobody stands for",
  "unchecked-signature": "Signatures that nobody could check",
  "only-live": "An event that only arrived live",
  "no-seal": "The seal",
  "no-events": "The events",
  "wrong-beginning": "The beginning",
  "missing-media": "An attachment",
  "lost-journal": "A part of the journal",
};

export function gaps({ completeness }: ReportPlan): Html {
  const list = completeness.gaps;
  const title = `Gaps (${list.length})`;
  if (list.length === 0) return section("gaps", title, html`<p>None.</p>`);
  const rows = list
    .slice(0, mostGapsShown)
    .map(({ what, about, reason, explained }) => [
      gapWords[what],
      html`<code>${visible(about ?? "")}</code>`,
      html`<bdi>${visible(reason)}</bdi>`,
      explained ? "yes" : "no",
    ]);
  const more = list.length - rows.length;
  const rest = more === 0 ? undefined : html`<p>${more} more are in completeness.json.</p>`;
  const shown = table("Table of gaps", ["What", "Which", "Why", "Explained"], rows);
  return section("gaps", title, html`${shown}${rest}`);
}

function when(content: Cell["content"]): Cell {
  return { look: "when", content };
}

function number(content: Cell["content"]): Cell {
  return { look: "number", content };
}
