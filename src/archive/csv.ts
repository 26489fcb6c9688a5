/** Characters that make a spreadsheet take a cell for a formula, plain or in full width. */
const formulaStart = /^[\s]*[=+\-@\t\r|%＝＋－＠]/;

/** A row of a CSV file (RFC 4180), every cell quoted, none of which a spreadsheet runs. */
export function csvRow(cells: readonly (string | number)[]): string {
  return `${cells.map(cell).join(",")}\r\n`;
}

function cell(value: string | number): string {
  if (typeof value === "number") return String(value);
  const text = value.replaceAll("\0", "").toWellFormed();
  const inert = formulaStart.test(text) ? `'${text}` : text;
  return `"${inert.replaceAll('"', '""')}"`;
}
