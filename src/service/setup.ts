import { isDeepStrictEqual } from "node:util";
import type { Config } from "../config/config.ts";
import { changedKeys, effectOf } from "../config/effect.ts";
import { loadConfig } from "../config/load.ts";
import type { Problem } from "../config/problem.ts";
import { loadRegistration, type Registration } from "../config/registration.ts";
import type { SigningKey } from "../proof/sshkey.ts";
import { loadSigningKey } from "./signing-key.ts";

/** What a service works by: the operator's files, read together. */
export interface Setup {
  readonly config: Config;
  readonly registration: Registration;
  /** The key that signs archives. */
  readonly signingKey: SigningKey;
}

/** A setup as it was found in its files. */
export interface FoundSetup extends Setup {
  /** What does not keep a service from working by it, but should be seen to. */
  readonly warnings: readonly Problem[];
}

/** How one setup differs from the one before. */
export interface Difference {
  /** The keys of what has changed. */
  readonly changed: readonly string[];
  /** Those among them that a running service cannot take up. */
  readonly needRestart: readonly string[];
}

/**
 * Reads all files of an installation.
 *
 * @param file the configuration
 * @throws ConfigError where one of them cannot be used, or they do not fit each other
 */
export function readSetup(file: string): FoundSetup {
  const config = loadConfig(file);
  const registration = loadRegistration(config);
  const signingKey = loadSigningKey(config.archive.signingKey);
  return { config, registration, signingKey, warnings: [...config.warnings, ...registration.warnings] };
}

/** Compares two setups. Another key in the file of before counts as a change of `archive.signing_key`. */
export function compareSetups(before: Setup, after: Setup): Difference {
  const isSameKey = fingerprintOf(before) === fingerprintOf(after);
  const changed = new Set([
    ...changedKeys(before.config, after.config),
    ...(isSameKey ? [] : ["archive.signing_key"]),
  ]);
  const registration = changedMembers(before.registration, after.registration);
  return {
    changed: [...changed, ...registration],
    needRestart: [...[...changed].filter((key) => effectOf(key) === "restart"), ...registration],
  };
}

/** Everything in a registration is bound to the homeserver, which reads it at its own start. */
function changedMembers(before: Registration, after: Registration): readonly string[] {
  const old = new Map(membersOf(before));
  return membersOf(after)
    .filter(([name, value]) => !isDeepStrictEqual(value, old.get(name)))
    .map(([name]) => `${name} of the registration`);
}

/** The members of a registration by the names that they have in its file. */
export function membersOf(registration: Registration): readonly (readonly [string, unknown])[] {
  const { id, url, asToken, hsToken, senderLocalpart, rateLimited, namespaces } = registration;
  return [
    ["id", id],
    ["url", url],
    ["as_token", asToken],
    ["hs_token", hsToken],
    ["sender_localpart", senderLocalpart],
    ["rate_limited", rateLimited],
    ["namespaces", namespaces],
  ];
}

/** The public key of archives, in a word. */
export function fingerprintOf({ signingKey }: Setup): string {
  return signingKey.publicKey.fingerprint;
}
