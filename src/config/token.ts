import { randomBytes } from "node:crypto";
import * as v from "valibot";
import type { Document } from "./document.ts";
import { type Environment, variable } from "./environment.ts";
import type { Problem } from "./problem.ts";
import { type Reading, sentence } from "./reading.ts";

/** The two secrets of a registration. */
export type TokenKey = "as_token" | "hs_token";

/** What the token of a file that only shows the form begins with. It is refused everywhere. */
const sampleStart = "sample-";

const leastLength = 32;
const cure = "run cordon init for a registration with fresh tokens";

/** A token that nobody can guess: 256 bits, as 64 hexadecimal digits. */
export function freshToken(): string {
  return randomBytes(32).toString("hex");
}

/** A token by its variable or from the registration, or what is wrong with it. Never repeats the token. */
export function findToken(
  document: Document,
  key: TokenKey,
  env: Environment,
): { readonly token: string } | { readonly problem: Problem } {
  const name = `CORDON_${key.toUpperCase()}`;
  const fromVariable = variable(env, name);
  const place =
    fromVariable === undefined
      ? { source: document.file, position: document.valuePosition([key]), key }
      : { source: name };
  const reading = readToken(fromVariable ?? written(document, key));
  return "value" in reading
    ? { token: reading.value }
    : { problem: { ...place, message: sentence(reading, cure) } };
}

function readToken(value: unknown): Reading<string> {
  if (value === undefined || value === null || value === "") return { wrong: "is missing" };
  if (typeof value !== "string") return { wrong: "is not text" };
  if (value.toLowerCase().startsWith(sampleStart))
    return { wrong: "is the token of a sample file, which everybody knows" };
  if (!/^[\x21-\x7e]+$/.test(value)) return { wrong: "has a character in it that no header can carry" };
  if (value.length < leastLength)
    return { wrong: `is shorter than ${leastLength} characters and could be guessed` };
  return { value };
}

const outline = v.object({ as_token: v.optional(v.unknown()), hs_token: v.optional(v.unknown()) });

function written(document: Document, key: TokenKey): unknown {
  const tokens = v.safeParse(outline, document.value);
  return tokens.success ? tokens.output[key] : undefined;
}
