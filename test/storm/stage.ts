import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Writable } from "node:stream";
import { init } from "../../src/cli/init.ts";
import { botOf } from "../../src/config/bot.ts";
import type { Config } from "../../src/config/config.ts";
import { loadConfig } from "../../src/config/load.ts";
import { loadRegistration } from "../../src/config/registration.ts";
import { freePort } from "../../src/demo/port.ts";
import { type Synapse, startSynapse } from "../../src/demo/synapse.ts";
import type { UserId } from "../../src/incident/ids.ts";
import { synapsePython } from "../support/homeserver.ts";
import { type Postgres, startPostgres } from "../support/postgres.ts";
import { Supervised } from "./supervised.ts";
import { Wire } from "./wire.ts";

export interface StageOptions {
  readonly database: "sqlite" | "postgres";
  readonly replicas: number;
  /** What the services find in their environment besides, asked at each start. */
  readonly environment?: () => Readonly<Record<string, string>>;
}

/** A homeserver, a database, services, and the wires between them, each of which can be broken. */
export interface Stage {
  readonly folder: string;
  readonly synapse: Synapse;
  readonly postgres: Postgres | undefined;
  readonly services: readonly Supervised[];
  /** From the homeserver to the services, in turn. */
  readonly toService: Wire;
  /** From the services to the homeserver. */
  readonly toHomeserver: Wire;
  /** The configuration of the first service; that of the others differs in where they listen. */
  readonly config: Config;
  readonly bot: UserId;
  /** Asks the homeserver itself, as the bot; `path` has no query. */
  asBot(method: "GET", path: string): Promise<unknown>;
}

const serverName = "storm.test";

/** Builds it, with everything running. What `ends` ends in the end includes the folder. */
export async function buildStage(options: StageOptions, ends: AsyncDisposableStack): Promise<Stage> {
  const folder = await mkdtemp(join(tmpdir(), "cordon-storm-"));
  // Whoever looks for what went wrong keeps it.
  if (process.env.CORDON_TEST_KEEP === undefined)
    ends.defer(() => rm(folder, { recursive: true, force: true }));
  const postgres = options.database === "postgres" ? await startPostgres() : undefined;
  ends.defer(async () => postgres?.stop());
  const ports = await Promise.all(Array.from({ length: options.replicas }, () => freePort()));
  const toService = await Wire.lay(() => ports.map((port) => `http://127.0.0.1:${port}`));
  ends.defer(() => toService.take());

  const database = (await postgres?.createDatabase()) ?? "sqlite:cordon.db";
  const { registration, configFile } = await initialise(folder, toService.url, database);
  const synapse = await startSynapse({
    python: synapsePython(),
    folder: join(folder, "synapse"),
    serverName,
    registrations: [registration],
  });
  ends.defer(() => synapse.stop());
  const toHomeserver = await Wire.lay(() => [synapse.url]);
  ends.defer(() => toHomeserver.take());

  const services: Supervised[] = [];
  for (const [index, port] of ports.entries()) {
    const own = join(folder, `cordon-${index}.yaml`);
    await writeFile(own, configured(await readFile(configFile, "utf8"), toHomeserver.url, port));
    const log = join(folder, `cordon-${index}.log`);
    services.push(new Supervised({ configFile: own, log, environment: options.environment ?? (() => ({})) }));
  }
  for (const service of services) {
    ends.defer(() => service.stop());
    service.start();
  }
  const config = loadConfig(join(folder, "cordon-0.yaml"));
  const known = loadRegistration(config);
  const bot = botOf(config, known);
  const asBot = async (method: "GET", path: string): Promise<unknown> => {
    const response = await fetch(`${synapse.url}${path}?user_id=${encodeURIComponent(bot)}`, {
      method,
      headers: { authorization: `Bearer ${known.asToken}` },
    });
    if (!response.ok) throw new Error(`${path} was answered with ${response.status}`);
    return response.json();
  };
  return { folder, synapse, postgres, services, toService, toHomeserver, config, bot, asBot };
}

/** What the homeserver is called until it is there. */
const notYet = "http://127.0.0.1:9";

async function initialise(folder: string, url: string, database: string) {
  const silent = new Writable({ write: (_chunk, _encoding, done) => done() });
  const io = { stdin: process.stdin, stdout: silent, stderr: process.stderr, isTTY: false };
  const answers = {
    homeserverUrl: notYet,
    serverName,
    listen: "127.0.0.1:9993",
    url,
    database,
    administrator: [`@admin:${serverName}`],
  };
  const code = await init({ ...answers, out: folder, yes: true }, io);
  if (code !== 0) throw new Error(`cordon init ended with ${code}`);
  return { registration: join(folder, "registration.yaml"), configFile: join(folder, "cordon.yaml") };
}

/** As an operator would complete it, for incidents that are archived at once and commands that are never late. */
function configured(written: string, homeserver: string, port: number): string {
  return written
    .replace(notYet, homeserver)
    .replace(/listen: .*/, `listen: 127.0.0.1:${port}`)
    .concat("  grace: 0s\n\ncommands:\n  stale_after: 6h\n");
}
