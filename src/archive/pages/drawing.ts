import { type Chronicle, endOf, type Stretch } from "../chronicle.ts";
import { dayOf, duration, iso, moment, timeOf } from "./clock.ts";
import { type Fragment, type Html, html } from "./html.ts";
import type { ReportForm } from "./report.ts";
import { describe, type NameOf, severityWord } from "./words.ts";

const rowHeight = 26;
const labelHeight = 20;
const commander = "commander";
/** Below this length of time, in milliseconds, the minute is not enough to tell its ends apart. */
const shortTime = 10 * 60_000;
/** How much of the whole width a letter takes, at the width that the page has at most. */
const letterShare = 0.0085;

/** A bar of the drawing: what it is called, how it looks, when it was. */
interface Bar extends Stretch<string> {
  readonly look: string;
}

/**
 * The incident in one drawing: its states, severities and commanders over time, and a mark for everything
 * that somebody wanted to be remembered, each a link. Lengths are percentages of the width.
 */
export function drawIncident(chronicle: Chronicle, nameOf: NameOf, hrefOf: ReportForm["hrefOf"]): Html {
  const start = chronicle.incident.declaredAt;
  const end = Math.max(endOf(chronicle), start + 1000);
  const scale = (at: number) => (Math.min(Math.max(at, start), end) - start) / (end - start);
  const rows: readonly { readonly label: string; readonly bars: readonly Bar[] }[] = [
    { label: "State", bars: chronicle.states.map((bar) => ({ ...bar, look: `phase-${bar.value}` })) },
    {
      label: "Severity",
      bars: chronicle.severities.map((bar) => ({
        ...bar,
        value: severityWord(bar.value),
        look: `${bar.value} on-dark`,
      })),
    },
    {
      label: "Commander",
      bars: chronicle.tenures
        .filter(({ value }) => value === commander)
        .map((tenure) => ({
          ...tenure,
          value: `${nameOf(tenure.user)}${tenure.acting ? ", acting" : ""}`,
          look: "holder",
        })),
    },
  ];
  const height = rows.length * (rowHeight + labelHeight) + labelHeight + 52;
  const marksTop = rows.length * (rowHeight + labelHeight) + labelHeight;
  return html`<svg class="drawing" width="100%" height="${height}" role="group" aria-labelledby="drawing-title">
<title id="drawing-title">From ${moment(start)} to ${moment(end)}, ${duration(end - start)}: states, severities, commanders and marks over time. The tables below say the same.</title>
${rows.map(({ label, bars }, row) => drawRow(label, bars, row * (rowHeight + labelHeight), scale, end))}
<text class="label" x="0" y="${marksTop - 6}">Marks</text>
${drawMarks(chronicle, nameOf, hrefOf, marksTop + 8, scale, end)}
${drawAxis(start, end, marksTop + 22)}
</svg>
`;
}

function drawRow(
  label: string,
  bars: readonly Bar[],
  top: number,
  scale: (at: number) => number,
  end: number,
): Html {
  const drawn = bars
    .filter((bar) => bar.from < end)
    .map((bar) => {
      const left = scale(bar.from);
      const width = scale(bar.to ?? end) - left;
      const details = `${bar.value}, ${moment(bar.from)} to ${moment(Math.min(bar.to ?? end, end))}`;
      // On narrow screens an inner drawing cuts off the words that do not fit their bar.
      const word = (bar.value.length + 2) * letterShare < width ? bar.value : "";
      return html`<svg class="${bar.look}" x="${percent(left)}" y="${top + labelHeight}" width="${percent(width)}" height="${rowHeight}"><title>${details}</title><rect width="100%" height="${rowHeight - 4}"></rect><text x="6" y="15">${word}</text></svg>`;
    });
  return html`<text class="label" x="0" y="${top + 14}">${label}</text>${drawn}
`;
}

function drawMarks(
  chronicle: Chronicle,
  nameOf: NameOf,
  hrefOf: ReportForm["hrefOf"],
  y: number,
  scale: (at: number) => number,
  end: number,
): readonly Fragment[] {
  return chronicle.entries
    .filter((entry) => entry.eventAt <= end)
    .flatMap((entry) => {
      const { title, text, weight } = describe(entry, nameOf);
      if (weight !== "mark") return [];
      const words = `${timeOf(entry.eventAt)} ${title}${text === undefined ? "" : `: ${text}`}`;
      const x = percent(0.006 + scale(entry.eventAt) * 0.988);
      const dot = html`<circle class="reach" cx="${x}" cy="${y}" r="12"><title>${words}</title></circle><circle class="mark" cx="${x}" cy="${y}" r="4.5"></circle>`;
      const href = hrefOf(entry.cause, entry.seq);
      return [href === undefined ? dot : html`<a href="${href}" aria-label="${words}">${dot}</a>`];
    });
}

/** The two ends of time, and the middle where it is worth a word. */
function drawAxis(start: number, end: number, y: number): Html {
  const middle = start + (end - start) / 2;
  const word = (at: number) => {
    if (dayOf(start) !== dayOf(end)) return iso(at).slice(5, 16).replace("T", " ");
    return end - start < shortTime ? timeOf(at) : timeOf(at).slice(0, 5);
  };
  return html`<line class="rule" x1="0" x2="100%" y1="${y}" y2="${y}"></line>
<text class="tick" x="0" y="${y + 18}">${word(start)}</text>
<text class="tick" x="50%" y="${y + 18}" text-anchor="middle">${word(middle)}</text>
<text class="tick" x="100%" y="${y + 18}" text-anchor="end">${word(end)} UTC</text>`;
}

function percent(share: number): string {
  return `${(share * 100).toFixed(2)}%`;
}
