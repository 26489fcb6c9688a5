import { get } from "node:http";
import type { Config } from "../../config/config.ts";
import { inShell } from "../../config/secret-file.ts";
import { parsed } from "../../matrix/client.ts";
import { isObject } from "../../matrix/event.ts";
import type { ConfigurationStanding } from "../../matrix/intake.ts";
import { programAsTyped } from "../program.ts";
import { doubtful, type Finding, ill, well } from "./finding.ts";
import { standingIn } from "./in-force.ts";

/** How long the service may take to say how it is, in milliseconds. */
const patienceMs = 5_000;
/** More than an answer of ours ever has, in bytes. */
const mostBytes = 256 * 1024;

/** A finding about the service, and what the service said of its configuration. */
export type ServiceFinding = Finding & {
  readonly runs: boolean;
  readonly configuration?: ConfigurationStanding | undefined;
};

/** What answers where the service should listen. */
type Answer =
  | Readiness
  /** Something else, that the port belongs to. */
  | "another program"
  /** Something that takes connections and says nothing. */
  | "silence"
  /** Nothing takes connections there. */
  | "nobody";

interface Readiness {
  readonly ready: boolean;
  readonly reasons: readonly string[];
  /** By what its installation is told from others; an older version says nothing of it. */
  readonly installation?: string;
  readonly configuration: ConfigurationStanding | undefined;
}

const elsewhere =
  "Stop that one, or choose another port in appservice.listen and in the url of the registration, and restart the homeserver.";

/**
 * Whether the service listens where the configuration says, and whether it does its work.
 *
 * @param fingerprint that of the installation, as its database has it; `none` where no service has begun to work on
 *   that, `undefined` where it is not known
 */
export async function checkService(
  config: Pick<Config, "file"> & { readonly appservice: Pick<Config["appservice"], "listen"> },
  fingerprint?: string,
): Promise<ServiceFinding> {
  const { host, port } = config.appservice.listen;
  const place = `${host.includes(":") ? `[${host}]` : host}:${port}`;
  const answer = await askReady(`http://${reachable(host)}:${port}/ready`);
  if (answer === "nobody") {
    const cure = `Start it: ${programAsTyped()} start --config ${inShell(config.file)}`;
    return { runs: false, ...ill("service", `does not run: nothing answers at ${place}`, cure) };
  }
  if (answer === "another program")
    return { runs: false, ...ill("service", `another program answers at ${place}`, elsewhere) };
  if (answer === "silence") {
    const says = `what listens at ${place} takes connections and says nothing for ${patienceMs / 1000} s`;
    const cure = `Where that is this Cordon, it hangs: see its log, and restart it. Where it is another program: ${elsewhere}`;
    return { runs: false, ...ill("service", says, cure) };
  }
  const { installation, ready, reasons, configuration } = answer;
  if (installation !== undefined && fingerprint !== undefined && installation !== fingerprint) {
    const says = `another Cordon answers at ${place}: it works on another database than the one that is named here`;
    return { runs: false, ...ill("service", says, elsewhere) };
  }
  const found = { runs: true, configuration };
  if (ready && installation === undefined && fingerprint !== undefined) {
    const cure = "Where it is this one: stop it and start it again, with this version.";
    const says = `a Cordon is ready at ${place} that does not say which it is, as versions before 0.2.0`;
    return { ...found, ...doubtful("service", says, cure, ...reasons) };
  }
  if (ready && reasons.length > 0)
    return { ...found, ...doubtful("service", `ready at ${place}, but not all is well`, ...reasons) };
  if (ready) return { ...found, ...well("service", `ready at ${place}`) };
  return { ...found, ...ill("service", `runs at ${place}, but is not ready`, ...reasons) };
}

/** Asks without `fetch`, which refuses some ports whatever listens there. */
function askReady(url: string): Promise<Answer> {
  return new Promise((resolve) => {
    const settings = { agent: false, signal: AbortSignal.timeout(patienceMs) };
    const asked = get(url, settings, (response) => {
      beginningOf(response).then((body) => resolve(readinessOf(body) ?? "another program"), fail);
    });
    asked.on("error", fail);
    function fail(error: unknown): void {
      resolve(wordFor(error));
      asked.destroy();
    }
  });
}

/** As much of an answer as ours can be long. */
async function beginningOf(answer: AsyncIterable<Buffer>): Promise<string> {
  let body = Buffer.alloc(0);
  for await (const chunk of answer) {
    body = Buffer.concat([body, chunk]);
    if (body.length > mostBytes) break;
  }
  return body.toString();
}

function wordFor(error: unknown): Answer {
  const code = error instanceof Error && "code" in error ? String(error.code) : "";
  if (code === "ABORT_ERR") return "silence";
  // Where no connection was made nobody is there; one that was made and broke is somebody's.
  return /^(ECONNREFUSED|EHOSTUNREACH|ENETUNREACH|EADDRNOTAVAIL|ENOTFOUND|EAI_AGAIN)$/.test(code)
    ? "nobody"
    : "another program";
}

function readinessOf(body: string): Readiness | undefined {
  const value = parsed(body);
  if (!isObject(value)) return undefined;
  const { ready, reasons, installation } = value;
  if (typeof ready !== "boolean" || !Array.isArray(reasons)) return undefined;
  const known = {
    ready,
    reasons: reasons.filter((reason) => typeof reason === "string"),
    configuration: standingIn(value),
  };
  return typeof installation === "string" ? { ...known, installation } : known;
}

/** Where something that listens on this address is to be found: one that stands for all is none itself. */
function reachable(host: string): string {
  if (host === "0.0.0.0") return "127.0.0.1";
  if (host === "::") return "[::1]";
  return host.includes(":") ? `[${host}]` : host;
}
