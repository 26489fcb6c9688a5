import type { Entry } from "../incident/entry.ts";
import { type Chronicle, endOf, type Tenure } from "./chronicle.ts";
import { duration, iso, type LocalClock, moment, timeOf } from "./clock.ts";
import type { Completeness, Gap } from "./completeness.ts";
import { drawIncident } from "./drawing.ts";
import { type Fragment, type Html, html } from "./html.ts";
import { page, type Style } from "./page.ts";
import type { Membership } from "./people.ts";
import { aboutTheProof } from "./proofpage.ts";
import type { Redaction } from "./redactions.ts";
import { visible } from "./visible.ts";
import { actorName, describe, type NameOf, severityWord } from "./words.ts";

/** What the report tells. */
export interface ReportPlan {
  readonly chronicle: Chronicle;
  readonly completeness: Completeness;
  readonly memberships: readonly Membership[];
  readonly redactions: readonly Redaction[];
  readonly nameOf: NameOf;
  readonly local: LocalClock;
  readonly sealedAt: number;
  /** The name of the archive's folder. */
  readonly name: string;
  readonly messages: number;
  readonly attachments: number;
}

/** Which of its two forms: in its folder beside the transcript, or as one file by itself. */
export interface ReportForm {
  readonly style: Style;
  /** Where an event is to be seen, `undefined` where nowhere. */
  readonly hrefOf: (event: string) => string | undefined;
  /** The transcript's first page, where the report can link to it. */
  readonly transcript?: string;
}

/** The report: what it was, how bad, how long, who led, how it ended, whether the record is whole; then the rest. */
export function renderReport(plan: ReportPlan, form: ReportForm): Html {
  const { id, title } = plan.chronicle.incident;
  return page(
    `${id} ${visible(title)}`,
    form.style,
    html`${masthead(plan, form)}
<main>
<section aria-label="The incident over time">${drawIncident(plan.chronicle, plan.nameOf, form.hrefOf)}</section>
${missing(plan)}
${remembered(plan, form)}
${phases(plan)}
${roles(plan)}
${people(plan)}
${figures(plan)}
${gaps(plan.completeness.gaps)}
${aboutTheProof(plan.completeness, plan.name)}
</main>`,
  );
}

function masthead(plan: ReportPlan, form: ReportForm): Html {
  const { incident } = plan.chronicle;
  return html`<header class="masthead">
<p class="id">${incident.id}</p>
${verdict(plan)}
<h1><bdi>${visible(incident.title)}</bdi></h1>
<p class="facts">${severityPath(plan.chronicle)} · ${ending(plan.chronicle)} · ${ledBy(plan)}</p>
${incident.outcome === undefined ? undefined : html`<p class="outcome"><bdi>${incident.outcome.summary}</bdi></p>`}
</header>
<ul class="contents">
${form.transcript === undefined ? undefined : html`<li><a href="${form.transcript}">Transcript</a></li>`}
<li><a href="#remembered">Updates and notes (${marks(plan).length})</a></li>
<li><a href="#roles">Roles</a></li>
<li><a href="#people">People (${new Set(plan.memberships.map(({ user }) => user)).size})</a></li>
<li><a href="#figures">Figures</a></li>
<li><a href="#gaps">Gaps (${plan.completeness.gaps.length})</a></li>
<li><a href="#proof">What was checked</a></li>
</ul>
`;
}

function verdict({ completeness, sealedAt }: ReportPlan): Html {
  const isWhole = completeness.gaps.length === 0;
  const look = completeness.verdict === "unproven" ? "unproven" : isWhole ? "whole" : "gaps";
  const sign = look === "whole" ? "✔" : look === "gaps" ? "△" : "✘";
  return html`<p class="verdict ${look}"><b>${sign} ${completeness.statement}</b><br>sealed ${moment(sealedAt)}</p>`;
}

function severityPath({ severities }: Chronicle): Fragment {
  return severities.map(
    ({ value }, index) =>
      html`${index === 0 ? "" : " → "}<span class="severity ${value}">${severityWord(value)}</span>`,
  );
}

function ending(chronicle: Chronicle): string {
  const { incident } = chronicle;
  const took = duration(endOf(chronicle) - incident.declaredAt);
  return incident.overAt === undefined ? `still ${incident.state} after ${took}` : `over after ${took}`;
}

/** Those who commanded, each once, in the order in which they first did. */
function ledBy({ chronicle, nameOf }: ReportPlan): Fragment {
  const commanders = chronicle.tenures.filter(({ value }) => value === "commander").map(({ user }) => user);
  const names = [...new Set(commanders)].map((user) => html`<bdi>${nameOf(user)}</bdi>`);
  if (names.length === 0) return "led by nobody";
  return html`led by ${names.map((name, index) => (index === 0 ? name : html`, then ${name}`))}`;
}

function missing({ chronicle }: ReportPlan): Fragment {
  const outcome = chronicle.incident.outcome;
  if (outcome === undefined || outcome.missing.length === 0) return undefined;
  const reason = outcome.anyway === undefined ? "" : `, because: ${outcome.anyway}`;
  return html`<section aria-labelledby="missing"><h2 id="missing">What was missing</h2>
<p class="measure">Nobody ever accepted: ${outcome.missing.join(", ")}. The incident was closed all the same<bdi>${reason}</bdi>.</p></section>
`;
}

function marks({ chronicle, nameOf }: ReportPlan): readonly Entry[] {
  return chronicle.entries.filter((entry) => describe(entry, nameOf).weight === "mark");
}

function remembered(plan: ReportPlan, form: ReportForm): Html {
  const items = marks(plan).map((entry) => {
    const { title, text } = describe(entry, plan.nameOf);
    const href = form.hrefOf(entry.cause);
    const time = html`<time datetime="${iso(entry.eventAt)}" title="${plan.local(entry.eventAt)}">${timeOf(entry.eventAt)}</time>`;
    const what = text === undefined ? undefined : html`<br><bdi>${text}</bdi>`;
    return html`<li id="j${entry.seq}"><span class="when">${href === undefined ? time : html`<a href="${href}">${time}</a>`}</span>
<span><b><bdi>${title}</bdi></b>${what}</span>
<span class="note"><bdi>${actorName(entry, plan.nameOf)}</bdi>${entry.actorRoles.length === 0 ? "" : ", "}${entry.actorRoles.join(", ")}</span></li>
`;
  });
  return html`<section aria-labelledby="remembered"><h2 id="remembered">Updates and notes <span class="aside">times in UTC</span></h2>
<ol class="marks">
${items}</ol></section>
`;
}

function phases({ chronicle, local }: ReportPlan): Html {
  const end = endOf(chronicle);
  const shown = chronicle.states.filter(({ from }) => from < end);
  const rows = shown.map(
    ({ value, from, to = end }) =>
      html`<tr><td>${value}</td><td class="when" title="${local(from)}">${moment(from)}</td><td class="when" title="${local(to)}">${moment(to)}</td><td class="number">${duration(to - from)}</td></tr>
`,
  );
  return html`<section aria-labelledby="phases"><h2 id="phases">States</h2>
${table("Table of states", ["State", "From", "To", "Length"], rows)}</section>
`;
}

function roles({ chronicle, nameOf, local }: ReportPlan): Html {
  const end = endOf(chronicle);
  const rows = chronicle.tenures.map((tenure: Tenure) => {
    const to =
      tenure.to === undefined
        ? html`<td>to the end</td>`
        : html`<td class="when" title="${local(tenure.to)}">${moment(tenure.to)}</td>`;
    return html`<tr><td>${tenure.value}${tenure.acting ? ", acting" : ""}</td><td><bdi>${nameOf(tenure.user)}</bdi></td><td class="when" title="${local(tenure.from)}">${moment(tenure.from)}</td>${to}<td class="number">${duration((tenure.to ?? end) - tenure.from)}</td></tr>
`;
  });
  return html`<section aria-labelledby="roles"><h2 id="roles">Roles</h2>
${table("Table of roles", ["Role", "Who", "From", "To", "Length"], rows)}</section>
`;
}

function people({ memberships, nameOf, local }: ReportPlan): Html {
  const last = new Map(memberships.map((membership) => [membership.user, membership]));
  const firstJoin = (user: string) =>
    memberships.find((membership) => membership.user === user && membership.membership === "join");
  const rows = [...last.values()].map(({ user, membership, reason }) => {
    const joined = firstJoin(user);
    const came =
      joined === undefined
        ? html`<td>never</td>`
        : html`<td class="when" title="${local(joined.from)}">${moment(joined.from)}</td>`;
    return html`<tr><td><bdi>${nameOf(user)}</bdi></td><td><bdi>${visible(user)}</bdi></td>${came}<td>${standing(membership)}${reason === undefined ? undefined : html`: <bdi>${visible(reason)}</bdi>`}</td></tr>
`;
  });
  return html`<section aria-labelledby="people"><h2 id="people">People</h2>
${table("Table of people", ["Name", "User id", "In the room from", "At the end"], rows)}</section>
`;
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

function figures({ chronicle, completeness, messages, attachments, redactions }: ReportPlan): Html {
  const { incident } = chronicle;
  const since = (at: number | undefined) => (at === undefined ? "–" : duration(at - incident.declaredAt));
  const list: readonly (readonly [string, string | number])[] = [
    ["To mitigated", since(incident.mitigatedAt)],
    ["To over", since(incident.overAt)],
    ["Peak severity", severityWord(incident.peak)],
    ["Events", completeness.events.recorded],
    ["Messages", messages],
    ["Attachments", attachments],
    ["Redactions", redactions.filter(({ because }) => because === "redaction").length],
    ["Journal entries", chronicle.entries.length],
  ];
  return html`<section aria-labelledby="figures"><h2 id="figures">Figures</h2>
<dl class="figures">${list.map(([name, value]) => html`<div><dt>${name}</dt><dd>${value}</dd></div>`)}</dl></section>
`;
}

const mostGapsShown = 200;

const gapWords: Readonly<Record<Gap["what"], string>> = {
  "missing-event": "An event that another one names",
  "unsound-event": "Events that do not hold",
  "unsealed-event": "An event that the seal does not cover",
  "unexplained-redaction": "A removal that nobody stands for",
  "only-live": "An event that only arrived live",
  "no-seal": "The seal",
  "no-events": "The events",
  "wrong-beginning": "The beginning",
  "missing-media": "An attachment",
};

function gaps(list: readonly Gap[]): Html {
  const rows = list.slice(0, mostGapsShown).map(
    ({ what, about, reason, explained }) =>
      html`<tr><td>${gapWords[what]}</td><td><code>${visible(about ?? "")}</code></td><td><bdi>${visible(reason)}</bdi></td><td>${explained ? "yes" : "no"}</td></tr>
`,
  );
  const more = list.length - rows.length;
  const rest = more === 0 ? undefined : html`<p>${more} more are in completeness.json.</p>`;
  const found =
    list.length === 0
      ? html`<p>None.</p>`
      : table("Table of gaps", ["What", "Which", "Why", "Explained"], rows);
  return html`<section aria-labelledby="gaps"><h2 id="gaps">Gaps</h2>
${found}${rest}</section>
`;
}

/** A table that a narrow screen moves sideways, with the keyboard too. */
function table(name: string, headings: readonly string[], rows: readonly Html[]): Html {
  const cell = (heading: string) =>
    heading === "Length"
      ? html`<th class="number" scope="col">${heading}</th>`
      : html`<th scope="col">${heading}</th>`;
  return html`<div class="scroll" role="region" aria-label="${name}" tabindex="0"><table><thead><tr>${headings.map(cell)}</tr></thead>
<tbody>
${rows}</tbody></table></div>`;
}
