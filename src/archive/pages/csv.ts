/** A row of a CSV file (RFC 4180), every cell quoted, none of which a spreadsheet runs. */
export function csvRow(cells: readonly (string | number)[]): string {
  return `${cells.map(cell).join(",")}\r\n`;
}

function cell(value: string | number): string {
  if (typeof value === "number") return String(value);
  const text = value.replaceAll("\0", "").toWellFormed();
  const inert = couldRun(text) ? `'${text}` : text;
  return `"${inert.replaceAll('"', '""')}"`;
}

/** White space, and what cannot be seen: programs skip it. */
const skipped = /^[\s\p{C}]+/u;

/** Whether a spreadsheet could take a cell for a formula, in any of the forms that Unicode has of its signs. */
function couldRun(text: string): boolean {
  const sign = text.replace(skipped, "").slice(0, 1).normalize("NFKC");
  return /^\s*[\t\r]/.test(text) || /^[=+\-@|%]/.test(sign);
}
