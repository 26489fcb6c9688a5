import { type ChildProcess, spawn } from "node:child_process";
import { createHmac, randomBytes } from "node:crypto";
import { once } from "node:events";
import { mkdir, open, readFile, writeFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { type JsonObject, text } from "../matrix/event.ts";
import { isUserId } from "../matrix/ids.ts";
import { type Account, request } from "./client.ts";
import { freePort } from "./port.ts";
import { synapseFiles } from "./synapse-settings.ts";

export interface SynapseOptions {
  /** A Python with Synapse in it; the set-up names it in `CORDON_SYNAPSE_PYTHON`. */
  readonly python: string;
  /** Where everything of this homeserver is kept; made if missing. */
  readonly folder: string;
  /** A free one of 127.0.0.1 where not given. */
  readonly port?: number;
  /** `cordon.test` where not given. */
  readonly serverName?: string;
  /** Paths of the `registration.yaml` of application services. */
  readonly registrations?: readonly string[];
  /** Members of `homeserver.yaml` that replace the usual ones. */
  readonly settings?: JsonObject;
  /** What goes into `homeserver.log` in the folder; `WARNING` where not given. */
  readonly logLevel?: "WARNING" | "INFO";
}

/** How long Synapse may take to answer, and to end, in milliseconds. */
const startTimeoutMs = 180_000;
const stopTimeoutMs = 20_000;

/**
 * Runs Synapse, and kills it when this end of its standard input is closed: it must not outlive the process
 * that started it, however that one ends. On Linux the kernel is asked for the same (PR_SET_PDEATHSIG),
 * since a paused Synapse cannot watch its input.
 */
const launcher = `
import ctypes, os, runpy, signal, sys, threading
def follow():
    os.read(0, 1)
    os.kill(os.getpid(), signal.SIGKILL)
threading.Thread(target=follow, daemon=True).start()
if sys.platform == "linux":
    ctypes.CDLL(None).prctl(1, signal.SIGKILL)
runpy.run_module("synapse.app.homeserver", run_name="__main__", alter_sys=True)
`;

/** A running Synapse of one's own. */
export class Synapse {
  readonly url: string;
  readonly serverName: string;
  readonly folder: string;
  readonly #python: string;
  readonly #registrationSecret: string;
  #process: ChildProcess | undefined;

  /** For {@link startSynapse}. */
  constructor(wanted: { url: string; serverName: string; folder: string; python: string; secret: string }) {
    this.url = wanted.url;
    this.serverName = wanted.serverName;
    this.folder = wanted.folder;
    this.#python = wanted.python;
    this.#registrationSecret = wanted.secret;
  }

  /** Starts it, on the port and with the data it had before, and waits until it answers. */
  async start(): Promise<void> {
    if (this.#process) throw new Error("Synapse runs already.");
    const output = await open(join(this.folder, "output.log"), "a");
    const child = spawn(
      this.#python,
      ["-c", launcher, "--config-path", join(this.folder, "homeserver.yaml")],
      {
        cwd: this.folder,
        stdio: ["pipe", output.fd, output.fd],
      },
    );
    const kill = () => child.kill("SIGKILL");
    process.once("exit", kill);
    child.once("exit", () => process.off("exit", kill));
    child.once("error", () => process.off("exit", kill));
    await output.close();
    this.#process = child;
    try {
      await this.#answers(child);
    } catch (error) {
      await this.kill("SIGKILL");
      throw error;
    }
  }

  /** Ends it in order. */
  async stop(): Promise<void> {
    await this.kill("SIGTERM");
  }

  /** Ends it with a signal, `SIGKILL` for example, and waits until it is gone. Nothing happens where it does not run. */
  async kill(signal: NodeJS.Signals): Promise<void> {
    const child = this.#process;
    this.#process = undefined;
    if (child === undefined || !isRunning(child)) return;
    const gone = once(child, "exit");
    child.kill(signal);
    child.kill("SIGCONT");
    const insist = setTimeout(() => child.kill("SIGKILL"), stopTimeoutMs);
    await gone;
    clearTimeout(insist);
  }

  /** Ends it in order and starts it again with the same address and data. */
  async restart(): Promise<void> {
    await this.stop();
    await this.start();
  }

  /** Makes it hang: connections are taken, nothing is answered. */
  pause(): void {
    this.#process?.kill("SIGSTOP");
  }

  /** Lets a paused one go on. */
  resume(): void {
    this.#process?.kill("SIGCONT");
  }

  /** Makes an account with a password, signed in. Errors: {@link HomeserverRefusal}, where the name is taken for example. */
  async registerPerson(
    localpart: string,
    { admin = false, displayName = localpart }: { admin?: boolean; displayName?: string } = {},
  ): Promise<Account> {
    const path = "/_synapse/admin/v1/register";
    const nonce = text(await request(this.url, "GET", path), "nonce") ?? "";
    const password = randomBytes(12).toString("base64url");
    const mac = createHmac("sha1", this.#registrationSecret)
      .update([nonce, localpart, password, admin ? "admin" : "notadmin"].join("\0"))
      .digest("hex");
    const body = { nonce, username: localpart, displayname: displayName, password, admin, mac };
    const answer = await request(this.url, "POST", path, { body });
    const userId = answer.user_id;
    if (!isUserId(userId)) throw new Error("Synapse registered someone without a user id.");
    const accessToken = text(answer, "access_token") ?? "";
    return { homeserver: this.url, userId, accessToken, password };
  }

  async #answers(child: ChildProcess): Promise<void> {
    const failed = once(child, "error").then(([error]) => {
      throw new Error(`${this.#python} did not start: ${error}`);
    });
    // Where it answers first, nobody listens to this any more; its failure is seen by the race below.
    failed.catch(() => {});
    const end = Date.now() + startTimeoutMs;
    while (!(await Promise.race([answersNow(this.url), failed]))) {
      if (!isRunning(child)) throw new Error(`Synapse ended while it started.\n${await this.#lastWords()}`);
      if (Date.now() > end) throw new Error(`Synapse did not answer.\n${await this.#lastWords()}`);
      await delay(50);
    }
  }

  /** The ends of its logs, for an error. */
  async #lastWords(): Promise<string> {
    const logs = ["output.log", "homeserver.log"].map((name) =>
      readFile(join(this.folder, name), "utf8").catch(() => ""),
    );
    return (await Promise.all(logs)).map((log) => log.trimEnd().split("\n").slice(-20).join("\n")).join("\n");
  }
}

/**
 * Starts a Synapse of its own on a port of 127.0.0.1 and waits until it answers.
 * Errors: what Synapse said, where it does not start.
 */
export async function startSynapse(options: SynapseOptions): Promise<Synapse> {
  const {
    python,
    serverName = "cordon.test",
    registrations = [],
    settings = {},
    logLevel = "WARNING",
  } = options;
  const folder = resolve(options.folder);
  const port = options.port ?? (await freePort());
  const registrationSecret = randomBytes(24).toString("hex");
  await mkdir(folder, { recursive: true });
  const files = synapseFiles({
    folder,
    port,
    serverName,
    registrations: registrations.map((path) => resolve(path)),
    registrationSecret,
    logLevel,
    settings,
  });
  for (const [name, content] of Object.entries(files)) {
    await writeFile(join(folder, name), content, { mode: 0o600 });
  }
  const url = `http://127.0.0.1:${port}`;
  const synapse = new Synapse({ url, serverName, folder, python, secret: registrationSecret });
  await synapse.start();
  return synapse;
}

function isRunning(child: ChildProcess): boolean {
  return child.pid !== undefined && child.exitCode === null && child.signalCode === null;
}

async function answersNow(url: string): Promise<boolean> {
  try {
    const response = await fetch(`${url}/_matrix/client/versions`, { signal: AbortSignal.timeout(2_000) });
    await response.arrayBuffer();
    return response.ok;
  } catch {
    return false;
  }
}
