import type { Fuzzed } from "./fuzz.ts";
import { archives } from "./targets/archives.ts";
import { commandLine } from "./targets/arguments.ts";
import { commands } from "./targets/commands.ts";
import { configuration } from "./targets/configuration.ts";
import { events } from "./targets/events.ts";
import { homeserver } from "./targets/homeserver.ts";
import { inbox } from "./targets/inbox.ts";
import { intake } from "./targets/intake.ts";
import { journal } from "./targets/journal.ts";
import { moments } from "./targets/moments.ts";
import { proofs } from "./targets/proofs.ts";
import { registration } from "./targets/registration.ts";
import { signatures } from "./targets/signatures.ts";
import { words } from "./targets/words.ts";

/** Everything that takes what comes from outside. */
export const targets: readonly Fuzzed[] = [
  commands,
  moments,
  words,
  events,
  proofs,
  signatures,
  configuration,
  registration,
  intake,
  homeserver,
  inbox,
  journal,
  commandLine,
  archives,
];

/** Each target with its part of so many inputs. */
export function shares(inputs: number, among: readonly Fuzzed[] = targets): ReadonlyMap<Fuzzed, number> {
  const whole = among.reduce((sum, { share }) => sum + share, 0);
  return new Map(among.map((target) => [target, Math.ceil((inputs * target.share) / whole)]));
}
