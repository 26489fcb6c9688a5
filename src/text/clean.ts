/** Control characters but line breaks and tabs: no client shows them, and not every database takes them. */
const controls = /[\p{Cc}--[\n\t]]/gv;
/** What turns the direction of the text around it (Unicode bidirectional algorithm, explicit formatting). */
const directions = /\p{Bidi_Control}/gu;
/** The longest name that is shown. */
const longestName = 80;

/** What somebody wrote, without what could not be kept: halves of characters and control characters. */
export function cleanText(written: string): string {
  return written.toWellFormed().replace(controls, "");
}

/** What somebody calls themselves, fit to stand in the middle of our own words: one line, not endless. */
export function cleanName(written: string): string {
  const name = cleanText(written).replace(directions, "").replace(/\s+/g, " ").trim();
  return name.length > longestName ? `${name.slice(0, longestName - 1).toWellFormed()}…` : name;
}
