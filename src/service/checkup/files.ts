import type { Config } from "../../config/config.ts";
import { loadConfig } from "../../config/load.ts";
import { ConfigError, formatProblem, type Problem } from "../../config/problem.ts";
import { type FoundRegistration, loadRegistration } from "../../config/registration.ts";
import { loadSigningKey } from "../signing-key.ts";
import { type Check, counted, doubtful, type Finding, ill, well } from "./finding.ts";

/** A file that was read, or nothing where it cannot be used, and what is to be told of it. */
export interface Read<T> {
  readonly value?: T;
  readonly findings: readonly Finding[];
}

/** Reads the configuration. */
export function checkConfig(file: string): Read<Config> {
  return orBroken("configuration", file, () => {
    const config = loadConfig(file);
    return { value: config, findings: [readable("configuration", file, config.warnings)] };
  });
}

/** Reads the registration that a configuration names. */
export function checkRegistration(config: Config): Read<FoundRegistration> {
  const file = config.appservice.registration;
  return orBroken("registration", file, () => {
    const registration = loadRegistration(config);
    const warnings = registration.warnings.filter((warning) => warning.key !== "rate_limited");
    return {
      value: registration,
      findings: [readable("registration", file, warnings), rateLimit(registration)],
    };
  });
}

/** Whether archives can be signed. */
export function checkSigningKey({ archive }: Config): Finding {
  try {
    return well("archive key", loadSigningKey(archive.signingKey).publicKey.fingerprint);
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    return ill("archive key", `${archive.signingKey} cannot be used`, ...error.problems.map(formatProblem));
  }
}

function rateLimit({ rateLimited }: FoundRegistration): Finding {
  if (!rateLimited) return well("rate limit", "none for the service");
  return ill(
    "rate limit",
    "the homeserver slows the service down like a person, and will hold back invitations",
    "Write rate_limited: false into registration.yaml, and restart the homeserver.",
  );
}

function readable(check: Check, file: string, warnings: readonly Problem[]): Finding {
  const says = `${file}, ${counted(warnings.length, "warning")}`;
  return warnings.length === 0 ? well(check, says) : doubtful(check, says, ...warnings.map(formatProblem));
}

function orBroken<T>(check: Check, file: string, read: () => Read<T>): Read<T> {
  try {
    return read();
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    const { problems } = error;
    const says = `${file}, ${counted(problems.length, "mistake")}; nothing further can be looked at`;
    return { findings: [ill(check, says, ...problems.map(formatProblem))] };
  }
}
