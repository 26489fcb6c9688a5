import { nearest } from "../text/nearest.ts";
import type { Problem } from "./problem.ts";
import { schema } from "./schema.ts";
import { settingKeys } from "./shape.ts";

/** The environment of a process, as Node gives it. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** An environment variable that is read, and what for. */
export interface Variable {
  readonly name: string;
  readonly about: string;
}

/** The variables of the running service: secrets only, so that everything else is found in one file. */
export const serviceVariables: readonly Variable[] = [
  {
    name: "CORDON_DATABASE_URL",
    about: "The address of the database, in place of `database.url` and `database.url_file`.",
  },
  {
    name: "CORDON_AS_TOKEN",
    about: "The token the service shows to the homeserver, in place of `as_token` in the registration.",
  },
  {
    name: "CORDON_HS_TOKEN",
    about: "The token the homeserver shows to the service, in place of `hs_token` in the registration.",
  },
];

/** The variables of a checkout. */
export const checkoutVariables: readonly Variable[] = [
  { name: "CORDON_CACHE", about: "The folder for what the demo and the tests install." },
  {
    name: "CORDON_SYNAPSE_PYTHON",
    about:
      "A Python that has Synapse installed, used by the demo and the tests in place of one of their own.",
  },
  {
    name: "CORDON_AUDITOR_PYTHON",
    about:
      "A Python that has what auditors check archives with, used by the tests in place of one of their own.",
  },
];

/** The value of a variable. One that is empty counts as not set: compose files pass on what is not there. */
export function variable(env: Environment, name: string): string | undefined {
  const value = env[name];
  return value === "" ? undefined : value;
}

/** A warning for each variable that looks as if it were meant for the service and is not read. */
export function mistypedVariables(env: Environment): readonly Problem[] {
  const known = [...serviceVariables, ...checkoutVariables].map(({ name }) => name);
  const settings = new Map(
    settingKeys(schema).map((key) => [`CORDON_${key.replaceAll(".", "_").toUpperCase()}`, key]),
  );
  return Object.keys(env)
    .filter((name) => name.startsWith("CORDON_") && !name.startsWith("CORDON_TEST_") && !known.includes(name))
    .flatMap((name) => {
      const setting = settings.get(name);
      if (setting !== undefined)
        return [
          {
            source: name,
            message: `is not read; only secrets come from variables, write ${setting} in the configuration file`,
          },
        ];
      const meant = nearest(name, known);
      return meant === undefined
        ? []
        : [{ source: name, message: `is not a variable that is read; did you mean ${meant}` }];
    });
}
