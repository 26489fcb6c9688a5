import { existsSync, statSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import type { Readable, Writable } from "node:stream";
import type { Command } from "commander";
import { botLocalpart } from "../config/namespace.ts";
import { renderConfig } from "../config/new-config.ts";
import { makeRegistration, renderRegistration } from "../config/new-registration.ts";
import { inShell, type SecretFile, writeSecretFiles } from "../config/secret-file.ts";
import { explainUnwritable } from "../config/unwritable.ts";
import { makeSigningKey, writePrivateKey, writePublicKey } from "../proof/sshkey.ts";
import { programAsTyped } from "../service/program.ts";
import { makeFolder } from "./folder.ts";
import { type AnswerOptions, type Answers, findAnswers, misusedOptions } from "./init-answers.ts";
import { beginInterview, InterviewEnded } from "./interview.ts";

/** What may be given to `cordon init`; what is not given is asked for on a terminal. */
export interface InitOptions extends AnswerOptions {
  /** The folder to write to. */
  readonly out?: string;
  /** Ask nothing: take defaults. */
  readonly yes?: boolean;
  /** Replace files that are there. */
  readonly force?: boolean;
  /** The result as one JSON object. */
  readonly json?: boolean;
}

/** Where a command reads and writes. */
export interface InitIo {
  readonly stdin: Readable;
  readonly stdout: Writable;
  readonly stderr: Writable;
  /** Whether there is somebody to ask. */
  readonly isTTY: boolean;
}

/** What `init` ends with: `failed` where the files could not be written, `misused` where options are missing or wrong. */
const exitCode = { ok: 0, failed: 1, misused: 2 } as const;

/** Adds `cordon init` to the command line. */
export function addInit(program: Command): void {
  program
    .command("init")
    .description("write cordon.yaml, registration.yaml and the key of archives for a homeserver")
    .option("--homeserver-url <url>", "address of the homeserver's client-server API, seen from here")
    .option("--server-name <name>", "name of the homeserver: what stands after the colon in user ids")
    .option("--listen <host:port>", "where Cordon waits for the homeserver (default: 127.0.0.1:9993)")
    .option("--url <url>", "where the homeserver finds Cordon (default: http:// and what --listen says)")
    .option("--database <url>", "sqlite:FILE or postgres://… (default: sqlite:cordon.db)")
    .option("--administrator <user>", "may enter any incident, in the open; can be given again", collect)
    .option("--out <folder>", "folder for the files", ".")
    .option("--yes", "ask nothing, take the defaults")
    .option("--force", "replace files that are there, but for the key of archives")
    .option("--json", "print the result as one JSON object")
    .addHelpText(
      "after",
      "\nExit codes: 0 written, 1 could not be written, 2 options missing or wrong, or stopped.",
    )
    .action(async (options: InitOptions) => {
      const { stdin, stdout, stderr } = process;
      process.exitCode = await init(options, { stdin, stdout, stderr, isTTY: stdin.isTTY && stderr.isTTY });
    });
}

/** Writes the files and says what to do next. Gives back the exit code. */
export async function init(options: InitOptions, io: InitIo): Promise<number> {
  const say = (line: string) => io.stderr.write(`cordon init: ${line}\n`);
  const mayAsk = io.isTTY && options.yes !== true;
  const mistakes = misusedOptions(options, { mayAsk });
  if (mistakes.length > 0) {
    for (const mistake of mistakes) say(mistake);
    return exitCode.misused;
  }
  try {
    using interview = mayAsk ? beginInterview(io.stdin, io.stderr) : undefined;
    const answers = await findAnswers(options, interview);
    const written = await writeFiles(answers, resolve(options.out ?? "."), options.force === true);
    io.stdout.write(options.json === true ? `${JSON.stringify(asJson(written))}\n` : asText(written));
    return exitCode.ok;
  } catch (error) {
    if (error instanceof InterviewEnded) {
      say("stopped; nothing was written");
      return exitCode.misused;
    }
    say(explainFailure(error));
    return exitCode.failed;
  }
}

/** The absolute paths of what was written, and who the bot is. */
interface Written {
  readonly config: string;
  readonly registration: string;
  /** The key of archives; its public half lies beside it, with `.pub` at its end. */
  readonly signingKey: string;
  /** Its user id. */
  readonly bot: string;
}

async function writeFiles(answers: Answers, folder: string, replace: boolean): Promise<Written> {
  const written = {
    config: join(folder, "cordon.yaml"),
    registration: join(folder, "registration.yaml"),
    signingKey: join(folder, "archive-key"),
    bot: `@${botLocalpart}:${answers.serverName}`,
  };
  const registration = await makeRegistration(answers);
  makeFolder(folder);
  writeSecretFiles(
    [
      { path: written.config, text: renderConfig(answers) },
      { path: written.registration, text: renderRegistration(registration) },
      ...newKey(written.signingKey, answers.serverName),
    ],
    { replace },
  );
  return written;
}

/** A key of archives and its public half. One that is there stays: rooms have named it already. */
function newKey(path: string, serverName: string): readonly SecretFile[] {
  if (existsSync(path)) return [];
  const key = makeSigningKey();
  const comment = `archives of ${serverName}`;
  return [
    { path, text: writePrivateKey(key, comment) },
    { path: `${path}.pub`, text: `${writePublicKey(key.publicKey)} ${comment}\n` },
  ];
}

/** Many people join an incident at once; Synapse by itself lets ten in, and then one a second. */
const joinLimit = { per_second: 10, burst_count: 100 };

/** What to type next, as it works from any folder. */
const nextCommands = ({ config }: Written) => [
  `${programAsTyped()} start --config ${inShell(config)}`,
  `${programAsTyped()} doctor --config ${inShell(config)}`,
];

/** What lets the homeserver read the registration, once its group stands in the place of GROUP. */
function letHomeserverRead({ registration }: Written): string {
  const folder = dirname(registration);
  const file = inShell(registration);
  // Who may not pass through a folder reads nothing in it. Passing shows nobody what else there is.
  const mayPass = (statSync(folder).mode & 0o001) !== 0;
  return `chgrp GROUP ${file} && chmod 0640 ${file}${mayPass ? "" : ` && chmod o+x ${inShell(folder)}`}`;
}

function asText(written: Written): string {
  const [start = "", doctor = ""] = nextCommands(written);
  return `Written, readable by you alone:
  ${written.config}
  ${written.registration}
  ${written.signingKey}
  ${written.signingKey}.pub

Add to homeserver.yaml:

app_service_config_files:
  - ${JSON.stringify(written.registration)}
rc_joins_per_room:
  per_second: ${joinLimit.per_second}
  burst_count: ${joinLimit.burst_count}

Then:
  1. Where the homeserver runs as another user than Cordon, let it read registration.yaml, and nobody else.
     With the homeserver's group in the place of GROUP:
     ${letHomeserverRead(written)}
  2. Restart the homeserver.
  3. ${start}
  4. ${doctor}
  5. Give archive-key.pub to whoever will check archives. archive-key itself signs them: keep a copy of it.
  6. Open a direct chat with ${written.bot} and type !inc help.
`;
}

function asJson(written: Written) {
  const { config, registration, signingKey, bot } = written;
  return {
    config,
    registration,
    signing_key: signingKey,
    bot,
    homeserver_yaml: { app_service_config_files: [written.registration], rc_joins_per_room: joinLimit },
    next: [letHomeserverRead(written), "restart the homeserver", ...nextCommands(written)],
  };
}

/** One line about what the file system refused; anything else is a bug and thrown again. */
function explainFailure(error: unknown): string {
  if (!isFileSystemError(error)) throw error;
  const explained = explainUnwritable(error);
  if (explained === undefined) throw error;
  return `${error.path ?? "the folder"} ${explained}`;
}

function isFileSystemError(error: unknown): error is NodeJS.ErrnoException {
  return error instanceof Error && "syscall" in error;
}

function collect(value: string, before: readonly string[] = []): readonly string[] {
  return [...before, value];
}
