import { random } from "../support/chance.ts";

/** What can be killed, and what can be held still. */
export type Victim = "service" | "homeserver" | "database";

/** What a wire does to the next requests that come by; see {@link Wire}. */
export const mischiefs = [
  "cut",
  "hang",
  "delay",
  "half",
  "truncate",
  "lose",
  "twice",
  "again-later",
  "500",
  "502",
  "429",
  "413",
] as const;
export type Mischief = (typeof mischiefs)[number];

/** The way from the homeserver to the services, or from one of them to the homeserver. */
export type Way = "to-service" | "to-homeserver";

/** One thing that goes wrong. `afterMs` is counted from the one before it. */
export type Fault = { readonly afterMs: number } & (
  | {
      readonly kind: "kill";
      readonly what: Victim;
      readonly replica: number;
      /** A service is left alone until it listens; else it may well be killed while it starts. */
      readonly atWork: boolean;
    }
  | { readonly kind: "pause"; readonly what: Victim; readonly replica: number; readonly forMs: number }
  | { readonly kind: "wire"; readonly way: Way; readonly mischief: Mischief; readonly forMs: number }
);

export interface Weather {
  readonly seed: number;
  /** How many processes are killed. */
  readonly kills: number;
  readonly replicas: number;
  /** Whether the database is a process of its own, which can die too. */
  readonly databaseCanDie: boolean;
}

/**
 * Everything that goes wrong in a storm, in its order: the same for the same seed. Besides every kill there is
 * about one fault on a wire, and now and then a process is held still for longer than anybody waits for it.
 */
export function schedule({ seed, kills, replicas, databaseCanDie }: Weather): readonly Fault[] {
  const chance = random(seed);
  const among = <T>(choices: readonly T[]): T => {
    const chosen = choices[Math.floor(chance() * choices.length)];
    if (chosen === undefined) throw new RangeError("nothing to choose from");
    return chosen;
  };
  const between = (least: number, most: number) => Math.round(least + chance() * (most - least));
  const someReplica = () => Math.floor(chance() * replicas);
  const victim = (): Victim => {
    const lot = chance();
    if (lot < 0.06) return "homeserver";
    return databaseCanDie && lot < 0.14 ? "database" : "service";
  };
  const faults: Fault[] = [];
  for (let killed = 0; killed < kills; killed += 1) {
    if (chance() < 0.9) {
      faults.push({
        kind: "wire",
        afterMs: between(50, 500),
        way: among(["to-service", "to-homeserver"]),
        mischief: among(mischiefs),
        forMs: between(100, 1_500),
      });
    }
    if (chance() < 0.05) {
      const what = among(["service", "service", "homeserver"] as const);
      faults.push({
        kind: "pause",
        afterMs: between(50, 500),
        what,
        replica: someReplica(),
        forMs: between(5_000, 9_000),
      });
    }
    const atWork = chance() < 0.6;
    faults.push({
      kind: "kill",
      afterMs: between(100, 1_500),
      what: victim(),
      replica: someReplica(),
      atWork,
    });
  }
  return faults;
}
