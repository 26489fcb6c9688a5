import { spawn } from "node:child_process";
import { once } from "node:events";
import { cp, mkdir, readFile, writeFile } from "node:fs/promises";
import { delimiter, join, resolve } from "node:path";
import { text } from "node:stream/consumers";
import { pathToFileURL } from "node:url";
import { temporaryFolder } from "./folder.ts";

/** How a run of a command ended. */
export interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  /** What was written to standard error, line by line. */
  readonly stderr: readonly string[];
}

/** A run under way. */
export interface Run {
  readonly ended: Promise<Ended>;
  /** Resolves once standard error holds this. */
  readonly says: (words: string) => Promise<void>;
}

/**
 * A checkout with nothing in it but the commands, one package to install and a program that prints its
 * arguments; with a cache of its own, and a path on which only the programs are found that a test puts there.
 */
export class Checkout {
  readonly folder: string;
  readonly cache: string;

  constructor(folder: string) {
    this.folder = join(folder, "checkout");
    this.cache = join(folder, "cache");
  }

  /** Puts a shell script on the path. `$CHECKOUT` is the checkout, the other programs are those of the system. */
  async program(name: string, script: string): Promise<void> {
    const lines = ["#!/bin/sh", `CHECKOUT='${this.folder}'`, "PATH=/usr/bin:/bin", script, ""];
    await writeFile(join(this.folder, "path", name), lines.join("\n"), { mode: 0o755 });
  }

  /**
   * Writes a lockfile: two packages that are needed, one for another machine, and what else is given by its path. Each
   * stands in a line of its own.
   */
  async want(version: string, others: Readonly<Record<string, object>> = {}): Promise<void> {
    const packages = {
      "": { name: "a-checkout" },
      "node_modules/teapot-for-others": { version, optional: true, os: ["vms"], cpu: ["vax"] },
      "node_modules/@embedded-postgres/mine": { version, optional: true, hasInstallScript: true },
      ...others,
      "node_modules/teapot": { version },
    };
    const lines = Object.entries(packages).map(([path, entry]) => `"${path}": ${JSON.stringify(entry)}`);
    await writeFile(join(this.folder, "package-lock.json"), `{"packages": {\n${lines.join(",\n")}\n}}\n`);
  }

  /** Runs a task of `bin/task.js`, which sets up what is missing, to its end. */
  async task(args: readonly string[], env: NodeJS.ProcessEnv = {}): Promise<Ended> {
    return this.startTask(args, env).ended;
  }

  startTask(args: readonly string[], env: NodeJS.ProcessEnv = {}): Run {
    return this.#start("bin/task.js", args, env);
  }

  /** Runs `bin/cordon.js` to its end. */
  async cordon(args: readonly string[], env: NodeJS.ProcessEnv = {}): Promise<Ended> {
    return this.#start("bin/cordon.js", args, env).ended;
  }

  #start(script: string, args: readonly string[], env: NodeJS.ProcessEnv): Run {
    const path = [join(this.folder, "path"), env.PATH].filter(Boolean).join(delimiter);
    const child = spawn(process.execPath, [join(this.folder, script), ...args], {
      env: { CORDON_CACHE: this.cache, ...env, PATH: path },
      stdio: ["ignore", "pipe", "pipe"],
    });
    let stderr = "";
    child.stderr.setEncoding("utf8").on("data", (words: string) => {
      stderr += words;
    });
    const closed = once(child, "close");
    const ended = Promise.all([text(child.stdout), closed]).then(([stdout]) => ({
      code: child.exitCode,
      stdout,
      stderr: stderr.split("\n").filter(Boolean),
    }));
    const says = async (words: string) => {
      while (!stderr.includes(words))
        await Promise.race([once(child.stderr, "data"), closed.then(gone(words))]);
    };
    return { ended, says };
  }

  /** How often a script wrote a line into a file of the checkout; 0 where it never did. */
  async lines(file: string): Promise<number> {
    const content = await readFile(join(this.folder, file), "utf8").catch(() => "");
    return content.split("\n").length - 1;
  }
}

/**
 * An npm that counts its runs in the file `runs`. `npm ci` installs what the lockfile says, a PostgreSQL among it
 * whose links are still to be made; `npm rebuild` makes them.
 */
export const goodNpm = `
echo "$@" >> "$CHECKOUT/runs"
postgres="$CHECKOUT/node_modules/@embedded-postgres/mine"
if [ "$1" = rebuild ]; then
  ln -s libpq.so.5.18 "$postgres/native/lib/libpq.so"
else
  rm -rf "$CHECKOUT/node_modules"
  mkdir -p "$CHECKOUT/node_modules/teapot" "$postgres/native/lib"
  echo '{}' > "$CHECKOUT/node_modules/teapot/package.json"
  echo '{}' > "$postgres/package.json"
  echo '[{"source":"native/lib/libpq.so.5.18","target":"native/lib/libpq.so"}]' > "$postgres/native/pg-symlinks.json"
  grep -v for-others "$CHECKOUT/package-lock.json" > "$CHECKOUT/node_modules/.package-lock.json"
fi`;

/** What a `node` has to load first to take itself for another one: `NODE_OPTIONS` for {@link Checkout.task}. */
export async function takenFor(
  checkout: Checkout,
  { version, glibc }: { readonly version: string; readonly glibc?: string },
): Promise<NodeJS.ProcessEnv> {
  const file = join(checkout.folder, "taken-for.mjs");
  const header = glibc === undefined ? {} : { glibcVersionRuntime: glibc };
  await writeFile(
    file,
    `Object.defineProperty(process, "versions", { value: { ...process.versions, node: "${version}" } });
    process.report.getReport = () => (${JSON.stringify({ header })});\n`,
  );
  return { NODE_OPTIONS: `--import=${pathToFileURL(file).href}` };
}

export async function newCheckout(): Promise<Checkout> {
  const checkout = new Checkout(await temporaryFolder());
  const { folder } = checkout;
  await cp(resolve(import.meta.dirname, "../../bin"), join(folder, "bin"), { recursive: true });
  await mkdir(join(folder, "path"));
  await mkdir(join(folder, "src"));
  await writeFile(join(folder, "src/main.ts"), "console.log(process.argv.slice(2).join(' '));\n");
  await writeFile(join(folder, "package.json"), JSON.stringify({ type: "module" }));
  await checkout.want("1.0.0");
  return checkout;
}

const gone = (words: string) => () => {
  throw new Error(`The command ended without saying "${words}".`);
};
