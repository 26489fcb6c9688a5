import { rolesAt, type Tenure } from "../chronicle.ts";
import type { ArchivedRole } from "../source.ts";

/**
 * The role somebody is shown with at a moment: of several the one with the most power. `undefined` for who
 * held none.
 */
export function roleWord(
  roles: readonly ArchivedRole[],
  tenures: readonly Tenure[],
  user: string,
  at: number,
): string | undefined {
  const level = (role: string) => roles.find(({ name }) => name === role)?.level ?? 0;
  const held = rolesAt(tenures, user, at).toSorted((a, b) => level(b.value) - level(a.value));
  const first = held[0];
  if (first === undefined) return undefined;
  return first.acting ? `acting ${first.value}` : first.value;
}
