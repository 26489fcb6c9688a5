import { execFile, spawn, spawnSync } from "node:child_process";
import { createReadStream } from "node:fs";
import { writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { text } from "node:stream/consumers";
import { finished } from "node:stream/promises";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import {
  manifestFile,
  signatureFile,
  signatureNamespace,
  tagManifestFile,
} from "../../src/archive/bag/bag.ts";
import { temporaryFolder } from "../support/folder.ts";
import { synapsePython } from "../support/homeserver.ts";

/** An archive as it lies on somebody's disk, and the key that it should be signed with, in OpenSSH's one line. */
export interface OnDisk {
  readonly folder: string;
  readonly zip: string;
  readonly publicKey: string;
}

/** A program that is not ours, and what it thinks of an archive. */
export interface StockTool {
  readonly name: string;
  /** Whether it is on this machine. */
  readonly isHere: boolean;
  /** `undefined` where it accepts the archive, else what it says. */
  readonly complaint: (archive: OnDisk) => Promise<string | undefined>;
}

/** The tools that `docs/auditors.md` speaks of, and those that any bag, zip, JSON or CSV of ours has to please. */
export const stockTools: readonly StockTool[] = [
  {
    name: "ssh-keygen -Y verify",
    isHere: isHere("ssh-keygen"),
    complaint: async ({ folder, publicKey }) => {
      const signers = join(await temporaryFolder(), "allowed_signers");
      await writeFile(signers, `cordon namespaces="${signatureNamespace}" ${publicKey}\n`);
      const purpose = ["-f", signers, "-I", "cordon", "-n", signatureNamespace, "-s", signatureFile];
      return run("ssh-keygen", ["-Y", "verify", ...purpose], folder, join(folder, tagManifestFile));
    },
  },
  {
    name: "sha256sum -c",
    isHere: isHere("sha256sum"),
    complaint: ({ folder }) => run("sha256sum", ["-c", "--quiet", tagManifestFile, manifestFile], folder),
  },
  {
    name: "bagit.py --validate",
    isHere: true,
    complaint: ({ folder }) =>
      run(auditorPython(), ["-W", "ignore", "-m", "bagit", "--validate", "--quiet", folder]),
  },
  {
    name: "unzip -t",
    isHere: isHere("unzip"),
    complaint: ({ zip }) => run("unzip", ["-tq", zip]),
  },
  {
    name: "Python's zipfile",
    isHere: true,
    complaint: ({ folder, zip }) => run(synapsePython(), [script("samezip.py"), zip, folder]),
  },
  {
    name: "a JSON Schema validator",
    isHere: true,
    complaint: ({ folder }) => complaintOfSchema(join(folder, "data/incident.json")),
  },
  {
    name: "a verifier made of docs/archive-format.md",
    isHere: true,
    complaint: complaintOfVerifier,
  },
  {
    name: "a reader of CSV",
    isHere: true,
    complaint: ({ folder }) =>
      run(synapsePython(), [script("inertcsv.py"), join(folder, "data/timeline.csv")]),
  },
];

/** What a JSON Schema validator, which Synapse brings, says about a file of the kind of `incident.json`. */
export async function complaintOfSchema(file: string): Promise<string | undefined> {
  const schema = fileURLToPath(new URL("../../docs/incident.schema.json", import.meta.url));
  return run(synapsePython(), [script("schema.py"), schema, file]);
}

/** What a verifier that was written from the page of the format alone says, as JSON. */
export async function complaintOfVerifier({
  folder,
  publicKey,
}: Omit<OnDisk, "zip">): Promise<string | undefined> {
  return run(synapsePython(), [script("verifier.py"), folder, publicKey]);
}

/** A file of Markdown as a parser of it reads it. */
export interface ReadMarkdown {
  readonly headings: readonly string[];
  /** Items of lists that are a link and words behind it. */
  readonly lines: readonly { readonly href: string; readonly label: string; readonly words: string }[];
  /** The kinds of everything else. */
  readonly other: readonly (readonly string[])[];
}

export async function readMarkdown(file: string): Promise<ReadMarkdown> {
  const { stdout } = await promisify(execFile)(auditorPython(), [script("readmarkdown.py"), file]);
  return JSON.parse(stdout);
}

function script(name: string): string {
  return fileURLToPath(new URL(`./python/${name}`, import.meta.url));
}

function isHere(program: string): boolean {
  return spawnSync(program, ["-?"]).error === undefined;
}

/** The Python with an auditor's tools in it that `npm test` set up. */
function auditorPython(): string {
  const python = process.env.CORDON_AUDITOR_PYTHON;
  if (!python) throw new Error("CORDON_AUDITOR_PYTHON is not set. Run the tests with: npm test -- FILE");
  return python;
}

/** Runs a program and gives what it said where it failed. */
async function run(
  program: string,
  args: readonly string[],
  folder?: string,
  input?: string,
): Promise<string | undefined> {
  const child = spawn(program, args, { cwd: folder ?? dirname(import.meta.filename) });
  if (input === undefined) child.stdin.end();
  else createReadStream(input).pipe(child.stdin);
  // Who has seen enough stops reading.
  const [out, err] = await Promise.all([
    text(child.stdout),
    text(child.stderr),
    finished(child.stdin).catch(() => {}),
    new Promise((ended) => child.once("close", ended)),
  ]);
  return child.exitCode === 0 ? undefined : `${out}${err}` || `exit code ${child.exitCode}`;
}
