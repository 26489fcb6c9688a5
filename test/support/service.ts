import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { readdir, readFile, writeFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { createInterface } from "node:readline";
import { type Readable, Writable } from "node:stream";
import { after } from "node:test";
import { setTimeout as delay } from "node:timers/promises";
import pino from "pino";
import { type App, startApp } from "../../src/app.ts";
import { init } from "../../src/cli/init.ts";
import { botOf } from "../../src/config/bot.ts";
import type { Config } from "../../src/config/config.ts";
import { loadConfig } from "../../src/config/load.ts";
import { loadRegistration, type Registration } from "../../src/config/registration.ts";
import { freePort } from "../../src/demo/port.ts";
import type { Synapse } from "../../src/demo/synapse.ts";
import type { Entry } from "../../src/incident/entry.ts";
import type { IncidentId, UserId } from "../../src/incident/ids.ts";
import { journalOf } from "../../src/journal/entries.ts";
import { object } from "../../src/matrix/event.ts";
import type { RoomAlias } from "../../src/matrix/ids.ts";
import { openForReading, type Queries } from "../../src/store/store.ts";
import { assertDiscreet } from "./discretion.ts";
import { temporaryFolder } from "./folder.ts";
import { startHomeserver } from "./homeserver.ts";
import { beforeTheSender } from "./old-registration.ts";
import { keepSecret, overhearLines } from "./overheard.ts";

/** A homeserver and the files of a service that belongs to it, made as an operator makes them. */
export interface Installation {
  readonly synapse: Synapse;
  readonly configFile: string;
  readonly config: Config;
  readonly registration: Registration;
  readonly bot: UserId;
  /** Every line its services logged: checked for discretion at the end. */
  readonly logged: string[];
}

export interface InstallationOptions {
  readonly roomVersion?: "10" | "11" | "12";
  /** From `over` to the archive, as it is written in the configuration; at once where not given. */
  readonly grace?: string;
  /** A server besides this one whose people may be in incidents; the homeserver itself talks to none. */
  readonly friend?: string;
  /** Where the homeserver finds the service, if not where the service listens: a test may stand between. */
  readonly url?: string;
  /** Where the database is; a SQLite file where not given. */
  readonly database?: string;
  /** Localparts of the administrators. */
  readonly administrators?: readonly string[];
  /** The room in which they are told what they must know, as its alias. */
  readonly administratorsRoom?: RoomAlias;
  /** Members of the section `archive`, besides what `grace` says. */
  readonly archive?: Readonly<Record<string, string>>;
  /** Members of the section `roles`, durations for example. */
  readonly roles?: Readonly<Record<string, unknown>>;
  /** Whole sections by their names, such as `reminders` and `commands`. */
  readonly sections?: Readonly<Record<string, unknown>>;
  /** Whether the homeserver limits how often the bot may do things, as it limits people. */
  readonly rateLimited?: boolean;
  /** Whether the bot is the sender of the registration, as `init` wrote it before 0.2.0. */
  readonly botIsSender?: boolean;
  /** Whether others may take the aliases of incident rooms at the homeserver. */
  readonly sharedAliases?: boolean;
  /** Members of homeserver.yaml. */
  readonly settings?: Readonly<Record<string, unknown>>;
}

/** Longer than any test takes on any machine. */
const never = "12h";
/**
 * What happens by itself after minutes (a task is reminded of, an offer lapses, a command is late) happens in no test
 * that does not ask for it: how long a test takes is the machine's affair.
 */
const untimed: Readonly<Record<string, Readonly<Record<string, unknown>>>> = {
  roles: { accept_within: never, silent_after: never, vacancy_first: never, vacancy_again: never },
  reminders: { again: never, task_answer: never },
  commands: { stale_after: never },
};

const serverName = "cordon.test";
/** What `init` is given before the homeserver, which needs the registration, has an address. */
const notYet = "http://127.0.0.1:9";

/** Runs `init`, starts a Synapse that knows the registration, and completes the configuration. */
export async function newInstallation(options: InstallationOptions = {}): Promise<Installation> {
  // Hooks run in this order: the logs are compared with the database, which lies in the folder.
  const made: { installation?: Installation } = {};
  after(async () => {
    try {
      if (made.installation !== undefined) await assertDiscreet(made.installation);
    } catch (error) {
      // A hook that throws keeps those after it from ending what runs, and then the file does not end.
      console.error(error);
      process.exitCode = 1;
    }
  });
  const folder = await temporaryFolder();
  const listen = `127.0.0.1:${await freePort()}`;
  const url = options.url ?? `http://${listen}`;
  const silent = new Writable({ write: (_chunk, _encoding, done) => done() });
  const io = { stdin: process.stdin, stdout: silent, stderr: process.stderr, isTTY: false };
  const answers = {
    homeserverUrl: notYet,
    serverName,
    listen,
    url,
    database: options.database ?? "sqlite:cordon.db",
    administrator: (options.administrators ?? []).map((localpart) => `@${localpart}:${serverName}`),
  };
  const code = await init({ ...answers, out: folder, yes: true }, io);
  if (code !== 0) throw new Error(`cordon init ended with ${code}`);
  const registrationFile = join(folder, "registration.yaml");
  if (options.rateLimited === true)
    await rewrite(registrationFile, "rate_limited: false", "rate_limited: true");
  if (options.sharedAliases === true)
    await rewrite(registrationFile, /exclusive: true(?=\n.*#inc-)/, "exclusive: false");
  const configFile = join(folder, "cordon.yaml");
  if (options.botIsSender === true) await beforeTheSender({ configFile, registrationFile });
  const synapse = await startHomeserver({
    serverName,
    registrations: [registrationFile],
    ...(options.settings === undefined ? {} : { settings: options.settings }),
  });
  await complete(configFile, synapse.url, options);
  const config = loadConfig(configFile);
  const registration = loadRegistration(config);
  keepSecret(registration.asToken, registration.hsToken);
  const bot = botOf(config, registration);
  made.installation = { synapse, configFile, config, registration, bot, logged: [] };
  overhearLines("Cordon's log", made.installation.logged);
  return made.installation;
}

async function rewrite(file: string, what: string | RegExp, by: string): Promise<void> {
  await writeFile(file, (await readFile(file, "utf8")).replace(what, by));
}

async function complete(file: string, homeserver: string, options: InstallationOptions): Promise<void> {
  const { grace = "0s", roomVersion = "12", friend, administratorsRoom = "none" } = options;
  const given = { roles: options.roles ?? {}, ...options.sections };
  const sections = [...new Set([...Object.keys(untimed), ...Object.keys(given)])].map(
    (name) => [name, { ...untimed[name], ...object(given, name) }] as const,
  );
  const archive = Object.entries(options.archive ?? {}).map(([name, value]) => `  ${name}: ${value}\n`);
  const members = JSON.stringify(
    [serverName, ...(friend === undefined ? [] : [friend])].map((name) => `@*:${name}`),
  );
  const access = `access:\n  members: ${members}\n  administrators_room: "${administratorsRoom}"\n`;
  const written = (await readFile(file, "utf8"))
    .replace(notYet, homeserver)
    .replace("access:\n", access)
    .concat(
      `  grace: ${grace}\n${archive.join("")}\nrooms:\n  version: "${roomVersion}"\n  federate: ${friend !== undefined}\n`,
      ...sections.map(([name, members]) => `\n${name}: ${JSON.stringify(members)}\n`),
    );
  await writeFile(file, written);
}

/** A service in this process. */
export interface Running {
  readonly url: string;
  /** Every line it logged, as JSON. */
  readonly log: readonly string[];
  stop(): Promise<void>;
}

/** Starts the service in this process, and waits until it does its work; stopped after the test or file. */
export async function startService({ config, registration, logged }: Installation): Promise<Running> {
  const stream = { write: (line: string) => void logged.push(line) };
  const running: { app: App | undefined } = { app: undefined };
  const stop = async () => {
    const { app } = running;
    running.app = undefined;
    await app?.stop();
  };
  after(stop);
  running.app = await startApp(config, registration, pino({ level: "debug", base: null }, stream));
  const url = `http://${running.app.address.host}:${running.app.address.port}`;
  await until(async () => (await readiness(url)).ready, "the service being ready");
  return { url, log: logged, stop };
}

/** What `/ready` answers; not ready where nothing answers. */
export async function readiness(url: string): Promise<{ ready: boolean; status: number; words: string }> {
  try {
    const response = await fetch(`${url}/ready`);
    return { ready: response.ok, status: response.status, words: await response.text() };
  } catch {
    return { ready: false, status: 0, words: "" };
  }
}

export interface ProcessOptions {
  readonly nodeArguments?: readonly string[];
  /** What it finds in its environment besides. */
  readonly environment?: Readonly<Record<string, string>>;
  /** The checkout whose program it is, if not this one. */
  readonly checkout?: string;
}

/** The service as a process of its own, started as `bin/cordon.js` starts it under the right Node.js. */
export class ServiceProcess {
  readonly #installation: Installation;
  readonly #options: ProcessOptions;
  #process: ChildProcess | undefined;
  #listens: Promise<void> = Promise.resolve();
  /** How it ended, each time. */
  readonly #ended: string[] = [];

  constructor(installation: Installation, options: ProcessOptions = {}) {
    this.#installation = installation;
    this.#options = options;
    overhearLines("The service's process", this.#ended);
    after(() => this.kill());
  }

  /**
   * Starts it. What it needs before it listens is not waited for.
   *
   * @param dieAt where it ends itself: `change/kept#3` for the third time it comes by there
   */
  start({ dieAt }: { readonly dieAt?: string } = {}): void {
    const { nodeArguments = [], environment = {}, checkout = here("../..") } = this.#options;
    const armed = dieAt === undefined ? [] : ["--import", here("../crash/loader.ts")];
    const program = [...nodeArguments, ...armed, resolve(checkout, "src/main.ts"), "start"];
    const child = spawn(process.execPath, [...program, "--config", this.#installation.configFile], {
      stdio: ["ignore", "ignore", "pipe"],
      env: {
        ...process.env,
        ...environment,
        ...(dieAt === undefined ? {} : { CORDON_TEST_CRASH_AT: dieAt }),
      },
    });
    // It must not outlive the tests where they are cut off.
    const kill = () => child.kill("SIGKILL");
    process.once("exit", kill);
    child.once("exit", (code, signal) => {
      process.off("exit", kill);
      this.#ended.push(`it ended with ${code ?? signal} at ${new Date().toISOString()}`);
    });
    this.#listens = says(child.stderr, "Cordon is listening", this.#installation.logged);
    this.#process = child;
  }

  /** Waits until it listens, which it does before the homeserver is asked anything. */
  async listens(): Promise<void> {
    await this.#listens;
  }

  /** Whether it has ended by itself. */
  get isDead(): boolean {
    const child = this.#process;
    return child !== undefined && (child.exitCode !== null || child.signalCode !== null);
  }

  /** The most memory it ever held resident, in bytes, as Linux counts it. */
  async peak(): Promise<number> {
    const status = await readFile(`/proc/${this.#process?.pid}/status`, "utf8");
    return 1024 * Number(/^VmHWM:\s+(\d+) kB$/m.exec(status)?.[1]);
  }

  /** How many files it has open. */
  async openFiles(): Promise<number> {
    return (await readdir(`/proc/${this.#process?.pid}/fd`)).length;
  }

  /** Lets it have no more files open than so many, or as many as at first. */
  limitFiles(most: number | "as at first"): void {
    const limit = most === "as at first" ? this.#filesAtFirst() : most;
    execFileSync("prlimit", [`--pid=${this.#process?.pid}`, `--nofile=${limit}:`]);
  }

  /** What it may have open: no more than its parent. */
  #filesAtFirst(): number {
    return Number(
      execFileSync("prlimit", [`--pid=${process.pid}`, "--nofile", "--noheadings", "--output=SOFT"]),
    );
  }

  /** Stops it where it stands, as a machine that hangs would, lets it go on, or has it read its files again. */
  signal(name: "SIGSTOP" | "SIGCONT" | "SIGHUP"): void {
    this.#process?.kill(name);
  }

  /** Ends it as a power cut would, and waits until it is gone. */
  async kill(): Promise<void> {
    const child = this.#process;
    this.#process = undefined;
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return;
    const gone = once(child, "exit");
    child.kill("SIGKILL");
    await gone;
  }
}

/** Resolves once a stream has brought a line with these words; all its lines are kept. */
function says(stream: Readable, words: string, kept: string[]): Promise<void> {
  return new Promise((resolve) => {
    createInterface({ input: stream }).on("line", (line) => {
      kept.push(line);
      if (line.includes(words)) resolve();
    });
  });
}

/** Reads the service's database beside it. */
export async function reading<T>(config: Config, read: (db: Queries) => Promise<T>): Promise<T> {
  const store = await openForReading(config.database);
  try {
    return await read(store.db);
  } finally {
    await store.close();
  }
}

/** The whole journal of an incident. */
export async function journal(config: Config, id: IncidentId): Promise<readonly Entry[]> {
  return reading(config, (db) => Array.fromAsync(journalOf(db, id)));
}

/**
 * Waits for something outside that tells nobody when it happens. Errors: after `timeoutMs`, naming it; it only has to
 * end, on a slow machine that does other things besides, too.
 */
export async function until(look: () => Promise<boolean>, what: string, timeoutMs = 180_000): Promise<void> {
  const end = Date.now() + timeoutMs;
  while (!(await look())) {
    if (Date.now() > end) throw new Error(`Waited ${timeoutMs} ms in vain for ${what}.`);
    await delay(20);
  }
}

function here(file: string): string {
  return resolve(import.meta.dirname, file);
}
