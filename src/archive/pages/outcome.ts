import { catchUp } from "../../incident/catchup.ts";
import type { Owner } from "../../incident/facts/work.ts";
import type { Task, TimelineItem } from "../../incident/incident.ts";
import { visible } from "../visible.ts";
import { type Fragment, html } from "./html.ts";
import type { ReportForm, ReportPlan } from "./report.ts";
import { section, table } from "./table.ts";
import { showMoment } from "./times.ts";
import { type NameOf, nameOfActor } from "./words.ts";

/** What was known, ruled out and decided, and what was done: the same as `catchup` told at that moment. */
export function outcome(plan: ReportPlan, form: ReportForm): Fragment {
  const { incident } = plan.chronicle;
  const { known, ruledOut, decided } = catchUp(incident);
  return [
    records("Decisions", "decisions", decided, plan, form),
    tasks(incident.tasks, plan, form),
    records("Known", "known", known, plan, form),
    records("Ruled out", "ruledout", ruledOut, plan, form),
  ];
}

function records(
  title: string,
  id: string,
  items: readonly TimelineItem[],
  { nameOf, local }: ReportPlan,
  { hrefOf }: ReportForm,
): Fragment {
  if (items.length === 0) return undefined;
  const rows = items.map((item) => {
    const corrected = item.corrected === undefined ? "" : " (corrected)";
    return [
      { look: "when", content: linked(hrefOf(item.message, item.seq), showMoment(item.at, local)) },
      html`<bdi>${visible(item.text)}</bdi>${corrected}`,
      html`<bdi>${nameOfActor(item.by, nameOf)}</bdi>`,
    ] as const;
  });
  const name = `Table of what is under ${title}`;
  return section(id, `${title} (${rows.length})`, table(name, ["When", "What", "Who"], rows));
}

function tasks(all: readonly Task[], { nameOf, local }: ReportPlan, { hrefOf }: ReportForm): Fragment {
  if (all.length === 0) return undefined;
  const rows = all.map(
    ({ number, text, owner, state, ended, seq, addedAt }) =>
      [
        { look: "number", content: number },
        { look: "when", content: linked(hrefOf(undefined, seq), showMoment(addedAt, local)) },
        html`<bdi>${visible(text)}</bdi>`,
        html`<bdi>${ownerName(owner, nameOf)}</bdi>`,
        html`${state}${ended?.text === undefined ? undefined : html`: <bdi>${visible(ended.text)}</bdi>`}`,
      ] as const,
  );
  const headings = ["Number", "Since", "What", "Whose", "What became of it"];
  return section("tasks", `Tasks (${countTasks(all)})`, table("Table of tasks", headings, rows));
}

/** How many, and how many of them nobody did: `9, 1 dropped, 2 open`. */
export function countTasks(all: readonly Task[]): string {
  const count = (state: Task["state"]) => all.filter((task) => task.state === state).length;
  const rest = (["dropped", "open"] as const).flatMap((state) =>
    count(state) === 0 ? [] : [`${count(state)} ${state}`],
  );
  return [all.length, ...rest].join(", ");
}

/** Something as a link, where there is somewhere to go. */
export function linked(href: string | undefined, what: Fragment): Fragment {
  return href === undefined ? what : html`<a href="${href}">${what}</a>`;
}

function ownerName(owner: Owner | undefined, nameOf: NameOf): string {
  if (owner === undefined) return "nobody";
  return "user" in owner ? nameOf(owner.user) : owner.role;
}
