/** How bad it is. `unknown` behaves as `sev2` until somebody says. */
export type Severity = "unknown" | "sev1" | "sev2" | "sev3" | "sev4";

export const severities = ["sev1", "sev2", "sev3", "sev4"] as const satisfies readonly Severity[];

const rank: Readonly<Record<Severity, number>> = { sev1: 1, sev2: 2, unknown: 2.5, sev3: 3, sev4: 4 };

/** The more severe of two; a stated severity is never outdone by `unknown`. */
export function worse(a: Severity, b: Severity): Severity {
  if (a === "unknown") return b;
  if (b === "unknown") return a;
  return rank[a] <= rank[b] ? a : b;
}

/** What a person typed: `sev1`, `SEV-1`, `s1`, `1`, `unknown`. `undefined` where it is none of these. */
export function parseSeverity(text: string): Severity | undefined {
  const word = text.trim().toLowerCase();
  if (word === "unknown" || word === "sev?") return "unknown";
  const digit = /^(?:sev(?:erity)?|s)?[-_ ]?([1-4])$/.exec(word)?.[1];
  return severities.find((severity) => severity === `sev${digit}`);
}
