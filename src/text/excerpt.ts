/** As many characters of somebody's text as a card or a brief shows; the whole text stands where it was written. */
const usual = 400;
/** As many as stand in a list. */
const inLine = 200;

/** The beginning of a text, cut between characters; the whole of it where it is short. */
export function excerpt(text: string, most = usual): string {
  const characters = [...text];
  return characters.length <= most
    ? text
    : `${characters
        .slice(0, most - 1)
        .join("")
        .trimEnd()}…`;
}

/** The same in one line, for lists. */
export function gist(text: string, most = inLine): string {
  return excerpt(text.replace(/\s+/g, " "), most);
}
