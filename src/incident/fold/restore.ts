import type { Holding, Incident } from "../incident.ts";
import type { Evolvers } from "./evolver.ts";

/** An older journal was put in place, and the room was read again. */
export const restore = {
  restored: (incident, { data, hash }) => ({
    ...incident,
    restored: { name: hash.slice(0, 8), until: data.until },
  }),
  "room-found": (incident, { data, eventAt }) => {
    const { restored, roles } = incident;
    if (restored === undefined) return incident;
    const found = { ...restored, found: data.closed ? "closed" : "open" } as const;
    return { ...incident, restored: found, roles: { ...roles, ...asShown(incident, data.roles, eventAt) } };
  },
} satisfies Partial<Evolvers>;

/** From here on the journal knows why the room is closed. */
export function explained(incident: Incident): Incident {
  const { restored } = incident;
  return restored?.found === "closed" ? { ...incident, restored: { ...restored, found: "open" } } : incident;
}

function asShown(
  { roles }: Incident,
  shown: Readonly<Record<string, readonly Holding["user"][]>> = {},
  since: number,
): Incident["roles"] {
  return Object.fromEntries(
    Object.entries(shown).map(([role, users]) => [
      role,
      users.map(
        (user) => roles[role]?.find((holding) => holding.user === user) ?? { user, since, acting: false },
      ),
    ]),
  );
}
