import { randomBytes } from "node:crypto";
import { join } from "node:path";
import type { JsonObject } from "../matrix/event.ts";

/** What a Synapse needs to know to run for a demonstration or a test. */
export interface SynapseSettings {
  readonly folder: string;
  readonly port: number;
  readonly serverName: string;
  /** Paths of the `registration.yaml` of application services. */
  readonly registrations: readonly string[];
  readonly registrationSecret: string;
  readonly logLevel: "WARNING" | "INFO";
  /** Members of `homeserver.yaml` that replace the ones below. */
  readonly settings: JsonObject;
}

/** The files Synapse starts from, by their names in the folder. YAML contains JSON, so JSON it is. */
export function synapseFiles(wanted: SynapseSettings): Record<string, string> {
  return {
    "homeserver.yaml": asText({ ...homeserver(wanted), ...wanted.settings }),
    "log.yaml": asText(logging(wanted)),
    // The format of the signedjson library: algorithm, version, seed in unpadded base64.
    "signing.key": `ed25519 a_demo ${randomBytes(32).toString("base64").replace(/=+$/, "")}\n`,
  };
}

function homeserver({ folder, port, serverName, registrations, registrationSecret }: SynapseSettings) {
  return {
    server_name: serverName,
    public_baseurl: `http://127.0.0.1:${port}/`,
    listeners: [
      {
        type: "http",
        port,
        bind_addresses: ["127.0.0.1"],
        // The server's signing keys are answered with the federation resource.
        resources: [{ names: ["client", "federation"] }],
      },
    ],
    database: { name: "sqlite3", args: { database: join(folder, "homeserver.db") } },
    pid_file: join(folder, "homeserver.pid"),
    log_config: join(folder, "log.yaml"),
    media_store_path: join(folder, "media"),
    signing_key_path: join(folder, "signing.key"),
    app_service_config_files: registrations,
    registration_shared_secret: registrationSecret,
    macaroon_secret_key: randomBytes(24).toString("hex"),
    form_secret: randomBytes(24).toString("hex"),
    // Nothing leaves the machine.
    report_stats: false,
    trusted_key_servers: [],
    suppress_key_server_warning: true,
    federation_domain_whitelist: [],
    presence: { enabled: false },
    // Made-up passwords need no expensive hash, and a person's first /sync should miss nothing.
    bcrypt_rounds: 4,
    filter_timeline_limit: 1000,
    ...unlimited(),
  };
}

/** Rate limits nobody meets: a demonstration types faster than people do. */
function unlimited() {
  const limit = { per_second: 10_000, burst_count: 10_000 };
  return {
    rc_message: limit,
    rc_registration: limit,
    rc_login: { address: limit, account: limit, failed_attempts: limit },
    rc_joins: { local: limit, remote: limit },
    rc_joins_per_room: limit,
    rc_invites: { per_room: limit, per_user: limit, per_issuer: limit },
    rc_room_creation: limit,
    rc_admin_redaction: limit,
  };
}

function logging({ folder, logLevel }: SynapseSettings) {
  return {
    version: 1,
    formatters: { line: { format: "%(asctime)s %(name)s %(levelname)s %(message)s" } },
    handlers: {
      file: { class: "logging.FileHandler", formatter: "line", filename: join(folder, "homeserver.log") },
    },
    root: { level: logLevel, handlers: ["file"] },
    // A few lines: whether it reaches the service, and when it tries again.
    loggers: { "synapse.appservice.scheduler": { level: "INFO" } },
    disable_existing_loggers: false,
  };
}

function asText(value: object): string {
  return `${JSON.stringify(value, null, 2)}\n`;
}
