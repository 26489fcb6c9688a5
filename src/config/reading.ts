/** What became of a value that someone wrote: the value, or what is wrong with it. */
export type Reading<T> = { readonly value: T } | Mistake;

/** Why a written value cannot be used. Never holds a secret: it goes to terminals and logs. */
export interface Mistake {
  /** Follows the name of the setting: `is "5 minutes", which is no duration`. */
  readonly wrong: string;
  /** What was probably meant, ready to copy. */
  readonly meant?: string | undefined;
}

const longestShown = 60;

/** A written value as a problem shows it: text in quotes and cut short, everything else named by its kind. */
export function shown(written: unknown): string {
  if (written === null || written === undefined) return "empty";
  if (Array.isArray(written)) return "a list";
  if (typeof written === "object") return "a group of keys";
  if (typeof written !== "string") return `the ${typeof written} ${String(written)}`;
  const text = written.length > longestShown ? `${written.slice(0, longestShown)}…` : written;
  return JSON.stringify(text);
}

/** The whole sentence about a mistake: what is wrong; what is allowed; what was probably meant. */
export function sentence(mistake: Mistake, allowed: string): string {
  const parts = [mistake.wrong, allowed];
  if (mistake.meant !== undefined) parts.push(`did you mean ${mistake.meant}`);
  return parts.join("; ");
}
