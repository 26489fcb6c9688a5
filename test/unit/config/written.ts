import { writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Config } from "../../../src/config/config.ts";
import type { Environment } from "../../../src/config/environment.ts";
import { loadConfig } from "../../../src/config/load.ts";
import { temporaryFolder } from "../../support/folder.ts";

/** The top of the checkout. */
export const top = join(import.meta.dirname, "../../..");

/** What every configuration says, for more to be written below it. */
export const smallest = "homeserver:\n  url: http://127.0.0.1:8008/\n  server_name: example.org\n";

/** A configuration in a folder of its own. */
export async function written(
  text: string | Buffer,
): Promise<{ readonly folder: string; readonly file: string }> {
  const folder = await temporaryFolder();
  const file = join(folder, "cordon.yaml");
  writeFileSync(file, text);
  return { folder, file };
}

/** What a configuration with this text comes to. */
export async function load(text: string, env: Environment = {}): Promise<Config> {
  const { file } = await written(text);
  return loadConfig(file, env);
}
