import { readFile } from "node:fs/promises";
import type { Writable } from "node:stream";
import { type Command, Option } from "commander";
import {
  ArchiveRefused,
  type Level,
  type LevelResult,
  levels,
  type Outcome,
  type Verification,
  type VerifyProgress,
  verifyArchive,
} from "../archive/verify/verify.ts";
import { visible } from "../archive/visible.ts";
import { type AllowedSigner, readAllowedSigners } from "../proof/allowedsigners.ts";
import { toolVersion } from "../service/version.ts";

/** What may be given to `cordon verify`. */
export interface VerifyCommandOptions {
  /** A file with the keys that are trusted, as ssh-keygen reads it. */
  readonly trust?: string;
  /** The last level that is asked for. */
  readonly upTo?: Level;
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

/** The same where a level was asked for and could not be checked, and nothing that was checked fails. */
const uncheckedExitCode = { L1: 21, L2: 22, L3: 23, L4: 24, L5: 25, L6: 26 } as const;

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
    .addOption(
      new Option("--up-to <level>", "the last level that is asked for").choices(levels).default("L6"),
    )
    .option("--json", "print the result as one JSON object")
    .addHelpText(
      "after",
      "\nExit codes: 0 everything that is asked for holds, 2 options missing or wrong, 3 not an archive or refused;" +
        "\nwhat does not hold: 11 files (L1), 12 signature (L2), 13 events (L3), 14 graph (L4), 15 journal (L5)," +
        "\n16 pages (L6); what could not be checked, where the rest holds: 23 signatures of events (L3)," +
        "\n24 graph (L4), 26 pages (L6), which only the renderer checks that made them.",
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
      ...(options.upTo === undefined ? {} : { upTo: options.upTo }),
      toolVersion,
      progress: (progress) => waiting.tell(progress),
    });
    waiting.end();
    io.stdout.write(options.json === true ? `${JSON.stringify(result)}\n` : asText(result));
    return exitCodeOf(result);
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

function exitCodeOf({ levels }: Verification): number {
  const first = (outcome: Outcome) => levels.find((result) => result.outcome === outcome)?.level;
  const failed = first("fail");
  if (failed !== undefined) return levelExitCode[failed];
  const unchecked = first("not-checked");
  return unchecked === undefined ? exitCode.ok : uncheckedExitCode[unchecked];
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

/** The archive's own words are among these: none of them may be a line of ours, or move a terminal's cursor. */
function asText(result: Verification): string {
  const line = ({ level, part, outcome, words }: LevelResult) =>
    `${outcomeWord[outcome].padEnd(5)} ${level} ${part.padEnd(18)} ${visible(words)}\n`;
  const lines = result.levels.map(line).join("");
  return `${lines}\n${conclusion(result)}\ndigest ${result.digest}\n`;
}

function conclusion(result: Verification): string {
  const { ok, complete, upTo, incident, events } = result;
  const about = `${visible(incident)}, ${events === 1 ? "1 event" : `${events} events`}`;
  if (!ok) return `${about}: this archive is not as it was made.`;
  const verdict = `Its own verdict: ${visible(result.verdict)}.`;
  if (!complete) return `${about}: consistent in itself${reached(result)}. ${verdict}`;
  const asked =
    upTo === "L6"
      ? "everything that was checked holds"
      : `everything up to ${upTo} holds; no more was asked for`;
  return `${about}: ${asked}. ${verdict}`;
}

/** How far a check came that left something out: what that was must be seen where only this line is read. */
function reached({ levels }: Verification): string {
  const unchecked = levels.filter(({ outcome }) => outcome === "not-checked");
  const first = levels.findIndex(({ outcome }) => outcome === "not-checked");
  const isRestUnchecked = levels.length - first === unchecked.length;
  const upTo = isRestUnchecked && first > 0 ? ` up to ${levels[first - 1]?.level}` : "";
  return `${upTo}; not checked: ${unchecked.map(({ level, part }) => `${level} ${part}`).join(", ")}`;
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
