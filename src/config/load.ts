import { resolveAccess } from "./access.ts";
import { buildConfig, type Config } from "./config.ts";
import { contradictions } from "./contradictions.ts";
import { findDatabase } from "./database.ts";
import { readDocument } from "./document.ts";
import { strandedAdministrators } from "./eligibility.ts";
import { type Environment, mistypedVariables } from "./environment.ts";
import { ConfigError } from "./problem.ts";
import { likenedRoles } from "./role-contradictions.ts";
import { schema } from "./schema.ts";
import { inFileOrder, validate } from "./validate.ts";

/**
 * Reads the configuration file at `path`. Paths in it are relative to its folder.
 *
 * @throws ConfigError `config_unreadable` where there is nothing to read, `config_invalid` with every problem
 */
export function loadConfig(path: string, env: Environment = process.env): Config {
  const document = readDocument(path, "config");
  const { settings, problems } = validate(document, schema);
  const database = findDatabase(document, env);
  const all = inFileOrder([...problems, ...contradictions(document), ...database.problems]);
  if (settings === undefined || database.address === undefined || all.length > 0) {
    throw new ConfigError("config_invalid", all);
  }
  const warnings = [
    ...database.warnings,
    ...strandedAdministrators(document, resolveAccess(settings)),
    ...likenedRoles(document),
    ...mistypedVariables(env),
  ];
  return buildConfig(path, settings, database.address, warnings);
}
