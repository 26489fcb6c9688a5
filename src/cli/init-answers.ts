import {
  httpUrlForm,
  type ListenAddress,
  listenForm,
  readHttpUrl,
  readListen,
  writeListen,
} from "../config/address.ts";
import { databaseUrlForm, readDatabaseUrl } from "../config/database-url.ts";
import { readServerName, serverNameForm } from "../config/names.ts";
import type { NewConfig } from "../config/new-config.ts";
import { coversServer, patternForm, readPattern, type UserPattern } from "../config/pattern.ts";
import { type Reading, sentence } from "../config/reading.ts";
import type { Interview, Question } from "./interview.ts";

/** What can be answered on the command line, as it was typed. */
export interface AnswerOptions {
  readonly homeserverUrl?: string;
  readonly serverName?: string;
  readonly listen?: string;
  readonly url?: string;
  readonly database?: string;
  readonly administrator?: readonly string[];
}

/** All that has to be known to write a configuration and a registration. */
export interface Answers extends NewConfig {
  /** Where the homeserver finds the service. */
  readonly url: string;
}

const questions = {
  homeserverUrl: { text: "Address of the homeserver, seen from here", form: httpUrlForm, read: readHttpUrl },
  serverName: {
    text: "Name of the homeserver, as in @alice:NAME",
    form: serverNameForm,
    read: readServerName,
  },
  listen: { text: "Where Cordon waits for the homeserver", form: listenForm, read: readListen },
  url: { text: "Where the homeserver finds Cordon", form: httpUrlForm, read: readHttpUrl },
  database: { text: "Database", form: databaseUrlForm, read: readDatabaseText },
} as const;

const defaults = {
  homeserverUrl: "http://127.0.0.1:8008",
  listen: "127.0.0.1:9993",
  database: "sqlite:cordon.db",
};

/** Everything that is wrong with the options, a line each, before anything is asked. */
export function misusedOptions(
  options: AnswerOptions,
  { mayAsk }: { readonly mayAsk: boolean },
): readonly string[] {
  const { homeserverUrl, serverName, listen, url, database, administrator = [] } = options;
  const required = mayAsk ? "may be absent" : "required";
  const server = readServerName(serverName);
  const administratorForm = administratorOn("value" in server ? server.value : undefined);
  return [
    ...misused("--homeserver-url", homeserverUrl, questions.homeserverUrl, required),
    ...misused("--server-name", serverName, questions.serverName, required),
    ...misused("--listen", listen, questions.listen, "may be absent"),
    ...misused("--url", url, questions.url, "may be absent"),
    ...misused("--database", database, questions.database, "may be absent"),
    ...administrator.flatMap((user) => misused("--administrator", user, administratorForm, "required")),
  ];
}

/** The options, and for what they leave open the answers of the interview, or without one the defaults. */
export async function findAnswers(
  options: AnswerOptions,
  interview: Interview | undefined,
): Promise<Answers> {
  const find = async <Value>(
    question: Question<Value>,
    given: string | undefined,
    otherwise?: string,
  ): Promise<Value> => {
    const reading = question.read(given ?? (interview === undefined ? otherwise : undefined) ?? "");
    if ("value" in reading) return reading.value;
    // An administrator can still be on another server than the one that was just answered.
    if (interview !== undefined) return interview.ask(question, otherwise);
    throw new Error(`an option that was not checked ${reading.wrong}`);
  };
  const homeserverUrl = await find(questions.homeserverUrl, options.homeserverUrl, defaults.homeserverUrl);
  const serverName = await find(questions.serverName, options.serverName);
  const listen = await find(questions.listen, options.listen, defaults.listen);
  const url = await find(questions.url, options.url, `http://${writeListen(reachable(listen))}`);
  const database = await find(questions.database, options.database, defaults.database);
  const administrators = await find(administratorsOn(serverName), given(options.administrator), "none");
  return { homeserverUrl, serverName, listen, url, database, administrators };
}

function misused<Value>(
  flag: string,
  given: string | undefined,
  question: Pick<Question<Value>, "form" | "read">,
  presence: "required" | "may be absent",
): readonly string[] {
  if (given === undefined) return presence === "required" ? [`${flag} is missing; ${question.form}`] : [];
  const reading = question.read(given);
  return "value" in reading ? [] : [`${flag} ${sentence(reading, question.form)}`];
}

/** The database as it was typed: the file keeps what the operator wrote. */
function readDatabaseText(written: string): Reading<string> {
  const reading = readDatabaseUrl(written);
  return "value" in reading ? { value: written } : reading;
}

/** One user or pattern; where the homeserver is known, it has to be one of its users, since rooms do not federate. */
function administratorOn(serverName: string | undefined) {
  return {
    form: patternForm,
    read(written: string): Reading<UserPattern> {
      const reading = readPattern(written);
      if (!("value" in reading) || serverName === undefined || coversServer(reading.value, serverName))
        return reading;
      return { wrong: `is "${written}", who is not on ${serverName}` };
    },
  };
}

/** Any number of users in one line. */
function administratorsOn(serverName: string): Question<readonly UserPattern[]> {
  const one = administratorOn(serverName);
  return {
    text: "Administrators, with blanks between them",
    form: one.form,
    read(written) {
      if (written === "none") return { value: [] };
      const readings = written.split(/[\s,]+/).map(one.read);
      const mistake = readings.find((reading) => "wrong" in reading);
      return mistake ?? { value: readings.flatMap((reading) => ("value" in reading ? [reading.value] : [])) };
    },
  };
}

function given(administrators: readonly string[] = []): string | undefined {
  return administrators.length === 0 ? undefined : administrators.join(" ");
}

/** An address that can be called: one that stands for all interfaces is called on the loopback one. */
function reachable({ host, port }: ListenAddress): ListenAddress {
  if (host === "0.0.0.0") return { host: "127.0.0.1", port };
  return host === "::" ? { host: "::1", port } : { host, port };
}
