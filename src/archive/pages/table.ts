import { type Fragment, type Html, html } from "./html.ts";

/** A part of the report, with a heading that it can be linked by. */
export function section(id: string, title: Fragment, content: Fragment): Html {
  return html`<section aria-labelledby="${id}"><h2 id="${id}">${title}</h2>
${content}</section>
`;
}

/** A cell that is not a plain word. */
export interface Cell {
  readonly look: "when" | "number";
  readonly content: Fragment;
}

/** A table that a narrow screen moves sideways, with the keyboard too. */
export function table(
  name: string,
  headings: readonly string[],
  rows: readonly (readonly (Cell | Fragment)[])[],
): Html {
  const looks = headings.map((_, column) => lookOf(rows[0]?.[column]));
  const head = headings.map((heading, column) =>
    looks[column] === "number"
      ? html`<th class="number" scope="col">${heading}</th>`
      : html`<th scope="col">${heading}</th>`,
  );
  const body = rows.map(
    (row) => html`<tr>${row.map(showCell)}</tr>
`,
  );
  return html`<div class="scroll" role="region" aria-label="${name}" tabindex="0"><table><thead><tr>${head}</tr></thead>
<tbody>
${body}</tbody></table></div>`;
}

function showCell(cell: Cell | Fragment): Html {
  return isCell(cell) ? html`<td class="${cell.look}">${cell.content}</td>` : html`<td>${cell}</td>`;
}

function lookOf(cell: Cell | Fragment): Cell["look"] | undefined {
  return isCell(cell) ? cell.look : undefined;
}

function isCell(value: Cell | Fragment): value is Cell {
  return typeof value === "object" && "look" in value;
}
