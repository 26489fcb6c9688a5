import { type ChildProcess, execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdir, open, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { renderConfig } from "../src/config/new-config.ts";
import { makeRegistration, renderRegistration } from "../src/config/new-registration.ts";
import type { Registration } from "../src/config/registration.ts";
import { freePort } from "../src/demo/port.ts";
import type { UserId } from "../src/matrix/ids.ts";
import { makeSigningKey, writePrivateKey } from "../src/proof/sshkey.ts";

const main = fileURLToPath(new URL("../bin/cordon.js", import.meta.url));
const startTimeoutMs = 120_000;

export const serverName = "bank.example";
export const bot: UserId = `@cordon:${serverName}`;

/** What `cordon init` leaves in a folder. */
export interface Installation {
  readonly folder: string;
  readonly config: string;
  readonly registrationFile: string;
  readonly registration: Registration;
  readonly port: number;
}

/** A registration for a service on a free port of this machine, and a folder for all that is its own. */
export async function install(folder: string): Promise<Installation> {
  const port = await freePort();
  const registration = await makeRegistration({ serverName, url: `http://127.0.0.1:${port}` });
  const registrationFile = join(folder, "registration.yaml");
  await mkdir(folder, { recursive: true });
  await writeFile(registrationFile, renderRegistration(registration), { mode: 0o600 });
  await writeFile(join(folder, "archive-key"), writePrivateKey(makeSigningKey(), "bench"), { mode: 0o600 });
  return { folder, config: join(folder, "cordon.yaml"), registrationFile, registration, port };
}

/** Writes the configuration, with the defaults. */
export async function configure({ config, port }: Installation, homeserverUrl: string): Promise<void> {
  const listen = { host: "127.0.0.1", port };
  const database = "sqlite:cordon.db";
  const settings = { homeserverUrl, serverName, listen, database, administrators: [] };
  await writeFile(config, renderConfig(settings), { mode: 0o600 });
}

/** A service as an operator runs it, in a process of its own. */
interface RunningService {
  /** What the process has in memory, in bytes. */
  memory(): Promise<number>;
  stop(): Promise<void>;
}

/** Starts `cordon start` and waits until it says that it is ready. Errors: its last lines, where it ends. */
export async function startService({ folder, config, port }: Installation): Promise<RunningService> {
  const output = join(folder, "output.log");
  const log = await open(output, "a");
  const child = spawn(process.execPath, [main, "start", "--config", config], {
    stdio: ["ignore", log.fd, log.fd],
  });
  const kill = () => child.kill("SIGKILL");
  process.once("exit", kill);
  child.once("exit", () => process.off("exit", kill));
  await log.close();
  const end = Date.now() + startTimeoutMs;
  while (!(await isReady(port))) {
    if (child.exitCode !== null || Date.now() > end) {
      throw new Error(`The service did not start.\n${(await readFile(output, "utf8")).slice(-2_000)}`);
    }
    await delay(50);
  }
  return { memory: () => residentBytes(child), stop: () => stop(child) };
}

async function isReady(port: number): Promise<boolean> {
  const answer = await fetch(`http://127.0.0.1:${port}/ready`).catch(() => undefined);
  await answer?.arrayBuffer();
  return answer?.ok ?? false;
}

async function residentBytes({ pid }: ChildProcess): Promise<number> {
  const { stdout } = await promisify(execFile)("ps", ["-o", "rss=", "-p", String(pid)]);
  return Number(stdout) * 1024;
}

async function stop(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const gone = once(child, "exit");
  child.kill("SIGTERM");
  await gone;
}
