import { spawn } from "node:child_process";
import { once } from "node:events";
import { cp, mkdir, readFile, writeFile } from "node:fs/promises";
import { delimiter, join, resolve } from "node:path";
import { text } from "node:stream/consumers";
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

  /** Runs `bin/cordon.js` to its end. */
  async cordon(args: readonly string[], env: NodeJS.ProcessEnv = {}): Promise<Ended> {
    return this.start(args, env).ended;
  }

  start(args: readonly string[], env: NodeJS.ProcessEnv = {}): Run {
    const path = [join(this.folder, "path"), env.PATH].filter(Boolean).join(delimiter);
    const child = spawn(process.execPath, [join(this.folder, "bin/cordon.js"), ...args], {
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

/** An npm that counts its runs in the file `runs` and installs what the lockfile says. */
export const goodNpm = `
echo "$@" >> "$CHECKOUT/runs"
mkdir -p "$CHECKOUT/node_modules"
cp "$CHECKOUT/package-lock.json" "$CHECKOUT/node_modules/.package-lock.json"`;

export async function newCheckout(): Promise<Checkout> {
  const checkout = new Checkout(await temporaryFolder());
  const { folder } = checkout;
  await cp(resolve(import.meta.dirname, "../../bin"), join(folder, "bin"), { recursive: true });
  await mkdir(join(folder, "path"));
  await mkdir(join(folder, "src"));
  await writeFile(join(folder, "src/main.ts"), "console.log(process.argv.slice(2).join(' '));\n");
  await writeFile(join(folder, "package.json"), JSON.stringify({ type: "module" }));
  await writeFile(join(folder, "package-lock.json"), JSON.stringify({ packages: wantedPackages("1.0.0") }));
  return checkout;
}

/** What a lockfile says about packages: one that is needed, and one for another machine. */
export function wantedPackages(version: string): object {
  return {
    "": { name: "a-checkout" },
    "node_modules/teapot": { version },
    "node_modules/teapot-for-others": { version, optional: true, os: ["vms"], cpu: ["vax"] },
  };
}

const gone = (words: string) => () => {
  throw new Error(`The command ended without saying "${words}".`);
};
