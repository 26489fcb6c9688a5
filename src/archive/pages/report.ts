import { catchUp } from "../../incident/catchup.ts";
import type { Revision } from "../bag/lineage.ts";
import { type Chronicle, endOf } from "../chronicle.ts";
import type { Completeness } from "../completeness.ts";
import type { Maker } from "../maker.ts";
import type { Membership } from "../record/people.ts";
import type { Redaction } from "../record/redactions.ts";
import { visible } from "../visible.ts";
import { duration, type LocalClock } from "./clock.ts";
import { drawIncident } from "./drawing.ts";
import { type Fragment, type Html, html } from "./html.ts";
import { countTasks, outcome } from "./outcome.ts";
import { page, pageLinks, type Stand } from "./page.ts";
import { aboutTheProof } from "./proofpage.ts";
import { figures, gaps, people, phases, remembered, roles } from "./reportparts.ts";
import { section } from "./table.ts";
import { showMoment } from "./times.ts";
import { type NameOf, severityWord } from "./words.ts";

/** What the report tells. */
export interface ReportPlan {
  /** Without the words of messages that were removed. */
  readonly chronicle: Chronicle;
  readonly completeness: Completeness;
  readonly memberships: readonly Membership[];
  readonly redactions: readonly Redaction[];
  readonly nameOf: NameOf;
  readonly local: LocalClock;
  readonly sealedAt: number;
  /** The name of the archive's folder. */
  readonly name: string;
  /** What made the archive. */
  readonly made: Maker;
  readonly revision?: Revision;
  readonly messages: number;
  readonly attachments: number;
}

/** Which of its two forms: in its folder beside the transcript, or as one file by itself. */
export interface ReportForm {
  readonly stand: Stand;
  /** Where an event, or else the entry of the journal with this number, is to be seen. */
  readonly hrefOf: (event: string | undefined, seq: number) => string | undefined;
}

/** The report: what it was, how bad, how long, who led, how it ended, whether the record is whole; then the rest. */
export function renderReport(plan: ReportPlan, form: ReportForm): Html {
  const { id, title } = plan.chronicle.incident;
  return page(
    `${id} ${visible(title)}`,
    form.stand,
    plan.local.zone,
    html`${form.stand === "alone" ? undefined : pageLinks("", "Report")}${masthead(plan)}
<main id="main">
<section aria-label="The incident over time">${drawIncident(plan.chronicle, plan.nameOf, form.hrefOf)}</section>
${contents(plan)}
${missing(plan)}
${outcome(plan, form)}
${remembered(plan, form)}
${phases(plan)}
${roles(plan)}
${people(plan)}
${figures(plan)}
${gaps(plan)}
${aboutTheProof(plan)}
</main>`,
  );
}

function masthead(plan: ReportPlan): Html {
  const { incident } = plan.chronicle;
  return html`<header class="masthead">
<p class="id">${incident.id}</p>
${verdict(plan)}
<h1><bdi>${visible(incident.title)}</bdi></h1>
<p class="facts">${severityPath(plan.chronicle)} · ${ending(plan.chronicle)} · ${ledBy(plan)}</p>
${incident.outcome === undefined ? undefined : html`<p class="outcome"><bdi>${incident.outcome.summary}</bdi></p>`}
</header>`;
}

/** Where to go from the first screen, with how much is there. */
function contents({ chronicle, memberships, completeness }: ReportPlan): Html {
  const { incident } = chronicle;
  const { decided } = catchUp(incident);
  const links: readonly (readonly [id: string, words: string] | undefined)[] = [
    decided.length === 0 ? undefined : ["decisions", `Decisions (${decided.length})`],
    incident.tasks.length === 0 ? undefined : ["tasks", `Tasks (${countTasks(incident.tasks)})`],
    ["remembered", "What happened"],
    ["people", `People (${new Set(memberships.map(({ user }) => user)).size})`],
    ["figures", "Figures"],
    ["gaps", `Gaps (${completeness.gaps.length})`],
    ["proof", "What was checked"],
  ];
  const items = links.map((link) =>
    link === undefined ? undefined : html`<li><a href="#${link[0]}">${link[1]}</a></li>`,
  );
  return html`<nav aria-label="Report"><ul class="contents">${items}</ul></nav>`;
}

function verdict({ completeness, sealedAt, local, revision }: ReportPlan): Html {
  const isWhole = completeness.gaps.length === 0;
  const look = completeness.verdict === "unproven" ? "unproven" : isWhole ? "whole" : "gaps";
  const sign = look === "whole" ? "✔" : look === "gaps" ? "△" : "✘";
  const revised =
    revision === undefined ? undefined : html` · <a href="#revision">revision ${revision.number}</a>`;
  return html`<p class="verdict ${look}"><b>${sign} ${completeness.statement}</b><br>sealed ${showMoment(sealedAt, local)}${revised}</p>`;
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
  if (incident.overAt === undefined) return `still ${incident.state} after ${took}`;
  return incident.cancelled === undefined ? `over after ${took}` : `called off after ${took}`;
}

/** Those who commanded, each once, in the order in which they first did. */
function ledBy({ chronicle, nameOf }: ReportPlan): Fragment {
  const commanders = chronicle.tenures.filter(({ value }) => value === "commander").map(({ user }) => user);
  const names = [...new Set(commanders)].map((user) => html`<bdi>${nameOf(user)}</bdi>`);
  if (names.length === 0) return "led by nobody";
  return html`led by ${names.map((name, index) => (index === 0 ? name : html`, then ${name}`))}`;
}

function missing({ chronicle }: ReportPlan): Fragment {
  const ended = chronicle.incident.outcome;
  if (ended === undefined || (ended.missing.length === 0 && ended.tasks === undefined)) return undefined;
  const reason = ended.anyway === undefined ? "" : `, because: ${ended.anyway}`;
  const roles = ended.missing.length === 0 ? "" : `Nobody ever accepted: ${ended.missing.join(", ")}. `;
  const tasks = ended.tasks === undefined ? "" : `Tasks still open: ${ended.tasks.join(", ")}. `;
  return section(
    "missing",
    "What was missing",
    html`<p class="measure">${roles}${tasks}The incident was closed all the same<bdi>${reason}</bdi>.</p>`,
  );
}
