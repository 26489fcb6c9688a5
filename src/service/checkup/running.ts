import type { Config } from "../../config/config.ts";
import type { ConfigurationStanding } from "../../matrix/intake.ts";
import { doubtful, type Finding, ill, well } from "./finding.ts";
import { standingIn } from "./in-force.ts";

/** How long the service may take to say how it is, in milliseconds. */
const patienceMs = 5_000;

/** A finding about the service, and what the service said of its configuration. */
export type ServiceFinding = Finding & {
  readonly runs: boolean;
  readonly configuration?: ConfigurationStanding | undefined;
};

/** Whether a service listens where the configuration says, and whether it does its work. */
export async function checkService(
  config: Pick<Config, "file"> & { readonly appservice: Pick<Config["appservice"], "listen"> },
): Promise<ServiceFinding> {
  const { host, port } = config.appservice.listen;
  const place = `${host.includes(":") ? `[${host}]` : host}:${port}`;
  const answer = await askReady(`http://${reachable(host)}:${port}/ready`);
  if (answer === undefined) {
    const cure = `Start it: cordon start --config ${config.file}`;
    return { runs: false, ...ill("service", `does not run: nothing answers at ${place}`, cure) };
  }
  if (answer === "another") {
    const cure =
      "Stop that program, or choose another port in appservice.listen and in the url of the registration.";
    return { runs: false, ...ill("service", `another program answers at ${place}`, cure) };
  }
  const found = { runs: true, configuration: answer.configuration };
  if (answer.ready && answer.reasons.length > 0)
    return {
      ...found,
      ...doubtful("service", `ready at ${place}, but not all is well`, ...answer.reasons),
    };
  if (answer.ready) return { ...found, ...well("service", `ready at ${place}`) };
  return { ...found, ...ill("service", `runs at ${place}, but is not ready`, ...answer.reasons) };
}

interface Readiness {
  readonly ready: boolean;
  readonly reasons: readonly string[];
  readonly configuration: ConfigurationStanding | undefined;
}

async function askReady(url: string): Promise<Readiness | "another" | undefined> {
  try {
    const response = await fetch(url, { signal: AbortSignal.timeout(patienceMs), redirect: "manual" });
    return readinessOf(await response.text()) ?? "another";
  } catch {
    return undefined;
  }
}

function readinessOf(body: string): Readiness | undefined {
  let value: unknown;
  try {
    value = JSON.parse(body);
  } catch {
    return undefined;
  }
  if (typeof value !== "object" || value === null || !("ready" in value && "reasons" in value))
    return undefined;
  const { ready, reasons } = value;
  if (typeof ready !== "boolean" || !Array.isArray(reasons)) return undefined;
  return {
    ready,
    reasons: reasons.filter((reason) => typeof reason === "string"),
    configuration: standingIn(value),
  };
}

/** Where something that listens on this address is to be found: one that stands for all is none itself. */
function reachable(host: string): string {
  if (host === "0.0.0.0") return "127.0.0.1";
  if (host === "::") return "[::1]";
  return host.includes(":") ? `[${host}]` : host;
}
