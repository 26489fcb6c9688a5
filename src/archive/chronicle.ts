import type { Entry } from "../incident/entry.ts";
import { evolve } from "../incident/evolve.ts";
import type { Incident, State } from "../incident/incident.ts";
import type { RoleName } from "../incident/policy.ts";
import type { Severity } from "../incident/severity.ts";
import type { UserId } from "../matrix/ids.ts";

/** Something that held from one moment to another, in milliseconds since the epoch; `to` is absent while it does. */
export interface Stretch<T> {
  readonly value: T;
  readonly from: number;
  readonly to?: number;
}

/** Somebody held a role for a time. */
export interface Tenure extends Stretch<RoleName> {
  readonly user: UserId;
  /** Held it only until somebody accepts it. */
  readonly acting: boolean;
}

/** What the journal tells, up to the seal: the incident and how it came to be what it was. */
export interface Chronicle {
  readonly entries: readonly Entry[];
  readonly incident: Incident;
  readonly states: readonly Stretch<State>[];
  readonly severities: readonly Stretch<Severity>[];
  /** In the order in which they began. */
  readonly tenures: readonly Tenure[];
}

/**
 * Reads a journal from its first entry to the one about the seal. What was written later is not part of
 * the archive, so that an archive made again from the same room is the same.
 */
export async function readChronicle(journal: AsyncIterable<Entry>): Promise<Chronicle> {
  const entries: Entry[] = [];
  const states = new Track<State>();
  const severities = new Track<Severity>();
  const roles = new TenureBook();
  let incident: Incident | undefined;
  for await (const entry of journal) {
    entries.push(entry);
    incident = evolve(incident, entry);
    states.is(incident.state, entry.eventAt);
    severities.is(incident.severity, entry.eventAt);
    roles.are(incident.roles, entry.eventAt);
    if (entry.type === "sealed") break;
  }
  if (incident === undefined) throw new Error("an incident without a journal cannot be archived");
  return {
    entries,
    incident,
    states: states.stretches(),
    severities: severities.stretches(),
    tenures: roles.tenures(),
  };
}

/** The moment a running thing is drawn and counted to: the end of the incident, else the last entry. */
export function endOf(chronicle: Chronicle): number {
  return chronicle.incident.overAt ?? chronicle.entries.at(-1)?.eventAt ?? chronicle.incident.declaredAt;
}

/** The roles somebody held at a moment, in the order given. */
export function rolesAt(tenures: readonly Tenure[], user: string, at: number): readonly Tenure[] {
  return tenures.filter(
    (tenure) => tenure.user === user && tenure.from <= at && (tenure.to === undefined || at < tenure.to),
  );
}

/** A value over time, noted whenever it may have changed. */
class Track<T> {
  readonly #done: Stretch<T>[] = [];
  #current: Stretch<T> | undefined;

  is(value: T, at: number): void {
    if (this.#current?.value === value) return;
    if (this.#current !== undefined) this.#done.push({ ...this.#current, to: at });
    this.#current = { value, from: at };
  }

  stretches(): readonly Stretch<T>[] {
    return this.#current === undefined ? this.#done : [...this.#done, this.#current];
  }
}

/** Who held which role, noted whenever it may have changed. */
class TenureBook {
  readonly #ended: Tenure[] = [];
  #running: Tenure[] = [];

  are(roles: Incident["roles"], at: number): void {
    const now = Object.entries(roles).flatMap(([role, holdings]) =>
      holdings.map(({ user, acting }) => ({ value: role, user, acting })),
    );
    const isSame = (a: Omit<Tenure, "from">, b: Omit<Tenure, "from">) =>
      a.value === b.value && a.user === b.user && a.acting === b.acting;
    const [kept, over] = partition(this.#running, (tenure) => now.some((held) => isSame(held, tenure)));
    this.#ended.push(...over.map((tenure) => ({ ...tenure, to: at })));
    const begun = now.filter((held) => !kept.some((tenure) => isSame(held, tenure)));
    this.#running = [...kept, ...begun.map((held) => ({ ...held, from: at }))];
  }

  tenures(): readonly Tenure[] {
    // A tenure of no length comes of facts with the same time, as a declaration and its first acceptance.
    const all = [...this.#ended, ...this.#running].filter((tenure) => tenure.to !== tenure.from);
    return all.sort((a, b) => a.from - b.from);
  }
}

function partition<T>(items: readonly T[], belongs: (item: T) => boolean): readonly [T[], T[]] {
  return [items.filter(belongs), items.filter((item) => !belongs(item))];
}
