import { readFile } from "node:fs/promises";
import type { Writable } from "node:stream";
import type { Command } from "commander";
import {
  ArchiveRefused,
  type LevelResult,
  type Outcome,
  type Verification,
  type VerifyProgress,
  verifyArchive,
} from "../archive/verify/verify.ts";
import { type AllowedSigner, readAllowedSigners } from "../proof/allowedsigners.ts";
import { toolVersion } from "../service/version.ts";

/** What may be given to `cordon verify`. */
export interface VerifyCommandOptions {
  /** A file with the keys that are trusted, as ssh-keygen reads it. */
  readonly trust?: string;
  /** The result as one JSON object. */
  readonly json?: boolean;
}

/** Where the command writes: results on stdout, everything else on stderr. */
export interface VerifyIo {
  readonly stdout: Writable;
  readonly stderr: Writable & { readonly isTTY?: boolean };
}

const exitCode = { ok: 0, misused: 2, refused: 3 } as const;

/** One exit code for each level, so that a script can tell what does not hold. */
const levelExitCode = { L1: 11, L2: 12, L3: 13, L4: 14, L5: 15, L6: 16 } as const;

/** Adds `cordon verify` to the command line. */
export function addVerify(program: Command): void {
  program
    .command("verify")
    .description("check an archive, offline: that it is whole and that nothing in it was changed")
    .argument("<path>", "the archive's folder or its zip")
    .option(
      "--trust <allowed_signers>",
      "the keys that are trusted to sign archives, from outside the archive",
    )
    .option("--json", "print the result as one JSON object")
    .addHelpText(
      "after",
      "\nExit codes: 0 everything that is checked holds, 2 options missing or wrong, 3 not an archive or refused," +
        "\n11 files (L1), 12 signature (L2), 13 events (L3), 14 graph (L4), 15 journal (L5), 16 pages (L6).",
    )
    .action(async (path: string, options: VerifyCommandOptions) => {
      process.exitCode = await verify(path, options, process);
    });
}

/** Verifies an archive and tells what came of it. Gives back the exit code. */
export async function verify(path: string, options: VerifyCommandOptions, io: VerifyIo): Promise<number> {
  const waiting = new Waiting(io.stderr);
  try {
    const trust = options.trust === undefined ? {} : { trust: await readTrust(options.trust) };
    const result = await verifyArchive(path, {
      ...trust,
      toolVersion,
      progress: (progress) => waiting.tell(progress),
    });
    waiting.end();
    io.stdout.write(options.json === true ? `${JSON.stringify(result)}\n` : asText(result));
    const failed = result.levels.find(({ outcome }) => outcome === "fail");
    return failed === undefined ? exitCode.ok : levelExitCode[failed.level];
  } catch (problem) {
    waiting.end();
    if (problem instanceof Misused) {
      io.stderr.write(`cordon verify: ${problem.message}\n`);
      return exitCode.misused;
    }
    if (!(problem instanceof ArchiveRefused)) throw problem;
    const refusal = { ok: false, refused: problem.code, reason: problem.message };
    if (options.json === true) io.stdout.write(`${JSON.stringify(refusal)}\n`);
    io.stderr.write(`cordon verify: ${problem.message}\n`);
    return exitCode.refused;
  }
}

/** The file of trusted keys cannot be used. */
class Misused extends Error {}

async function readTrust(file: string): Promise<readonly AllowedSigner[]> {
  const text = await readFile(file, "utf8").catch((error: NodeJS.ErrnoException) => {
    throw new Misused(`${file} cannot be read (${error.code}); check the path`);
  });
  const signers = readAllowedSigners(text);
  if (signers.length > 0) return signers;
  throw new Misused(`${file} holds no Ed25519 key; write a line in it for each: NAME ssh-ed25519 AAAA...`);
}

const outcomeWord: Readonly<Record<Outcome, string>> = {
  pass: "ok",
  fail: "FAIL",
  "not-checked": "–",
  "not-applicable": "n/a",
};

function asText(result: Verification): string {
  const line = ({ level, part, outcome, words }: LevelResult) =>
    `${outcomeWord[outcome].padEnd(5)} ${level} ${part.padEnd(18)} ${words}\n`;
  const lines = result.levels.map(line).join("");
  return `${lines}\n${conclusion(result)}\ndigest ${result.digest}\n`;
}

function conclusion({ ok, incident, events, verdict }: Verification): string {
  const about = `${incident}, ${events === 1 ? "1 event" : `${events} events`}`;
  if (!ok) return `${about}: this archive is not as it was made.`;
  return `${about}: everything that was checked holds. Its own verdict: ${verdict}.`;
}

const words = { files: "Reading files", events: "Proving events", pages: "Making pages again" } as const;

/** Tells how far it is: on a terminal in one line that changes, else a line every 10 seconds. */
class Waiting {
  readonly #to: VerifyIo["stderr"];
  readonly #begun = performance.now();
  #last = this.#begun;
  #isShown = false;

  constructor(to: VerifyIo["stderr"]) {
    this.#to = to;
  }

  tell({ step, done, total }: VerifyProgress): void {
    const now = performance.now();
    const pause = this.#to.isTTY === true ? 200 : 10_000;
    if (now - this.#last < pause) return;
    this.#last = now;
    const percent = total === 0 ? 100 : Math.floor((100 * done) / total);
    const line = `${words[step]}  ${done} / ${total}  ${percent} %`;
    this.#to.write(this.#to.isTTY === true ? `\r${line}\u001b[K` : `${line}\n`);
    this.#isShown = true;
  }

  end(): void {
    if (this.#isShown && this.#to.isTTY === true) this.#to.write("\r\u001b[K");
  }
}
