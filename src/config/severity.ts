import { nearest } from "../text/nearest.ts";
import { type Reading, shown } from "./reading.ts";

/** The severities that settings can be given for, the worst first. */
export const severities = ["sev1", "sev2", "sev3", "sev4"] as const;
export type Severity = (typeof severities)[number];

/** When a rule holds: always, or in incidents of these severities; an empty list is never. */
export type InSeverities = "always" | readonly Severity[];

/** Whether a rule holds in incidents of a severity. */
export function holdsIn(when: InSeverities | undefined, severity: Severity): boolean {
  return when === "always" || when?.includes(severity) === true;
}

/** How the severities of a rule are written, for messages and for the documentation. */
export const inSeveritiesForm = "write always or a list of severities, such as [sev1, sev2]";

/** When a rule holds: `always`, or a list of severities. */
export function readInSeverities(written: unknown): Reading<InSeverities> {
  if (written === "always") return { value: "always" };
  if (!Array.isArray(written)) return { wrong: `is ${shown(written)}`, meant: meantSeverities(written) };
  const value: Severity[] = [];
  for (const item of written) {
    const severity = severities.find((known) => known === item);
    if (severity === undefined) {
      return {
        wrong: `has ${shown(item)} in it, which is no severity`,
        meant: nearest(String(item), severities),
      };
    }
    value.push(severity);
  }
  return { value };
}

function meantSeverities(written: unknown): string | undefined {
  if (typeof written !== "string") return undefined;
  const severity = nearest(written, [...severities, "always"]);
  return severity === undefined || severity === "always" ? severity : `[${severity}]`;
}
