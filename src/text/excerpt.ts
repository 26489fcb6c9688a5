/** As many characters of somebody's text as a card or a brief shows; the whole text stands where it was written. */
const most = 400;

/** The beginning of a text, cut between characters; the whole of it where it is short. */
export function excerpt(text: string): string {
  const characters = [...text];
  return characters.length <= most
    ? text
    : `${characters
        .slice(0, most - 1)
        .join("")
        .trimEnd()}…`;
}
