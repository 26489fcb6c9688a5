import type { IncomingHttpHeaders } from "node:http";
import { isObject, text } from "./event.ts";

/**
 * Why a call to the homeserver failed:
 * - `unreachable`: no answer came: nobody listens, the connection broke, or it took too long.
 * - `limited`: the homeserver asks to wait, `retryAfterMs` where it says how long.
 * - `refused`: the homeserver understood and said no, with `status` and mostly an `errcode`.
 * - `server`: the homeserver, or a proxy before it, has a fault of its own.
 * - `malformed`: the answer is not what the specification promises; often somebody else's, in its place.
 */
export type HomeserverErrorKind = "unreachable" | "limited" | "refused" | "server" | "malformed";

interface Facts {
  readonly status?: number | undefined;
  readonly errcode?: string | undefined;
  readonly retryAfterMs?: number | undefined;
  readonly pingStatus?: number | undefined;
}

/**
 * A call to the homeserver that failed. The message is one line in plain words, begins with what was being
 * done, and holds neither tokens nor addresses with a query.
 */
export class HomeserverError extends Error {
  override readonly name = "HomeserverError";
  readonly kind: HomeserverErrorKind;
  readonly status: number | undefined;
  /** The homeserver's error code, such as `M_FORBIDDEN`. */
  readonly errcode: string | undefined;
  readonly retryAfterMs: number | undefined;
  /** What the homeserver's ping was answered with at the address of the registration, where it was answered. */
  readonly pingStatus: number | undefined;

  constructor(kind: HomeserverErrorKind, message: string, facts: Facts = {}) {
    super(message);
    this.kind = kind;
    this.status = facts.status;
    this.errcode = facts.errcode;
    this.retryAfterMs = facts.retryAfterMs;
    this.pingStatus = facts.pingStatus;
  }

  /** Whether the same call may go better later. Only a refusal is final. */
  get retryable(): boolean {
    return this.kind !== "refused";
  }
}

/** An answer of the homeserver, whatever it says. */
export interface RawAnswer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  /** The body parsed, or `undefined` where it is no JSON. */
  readonly body: unknown;
}

/** The error in an answer whose status is not 2xx. `doing` continues "Could not …". */
export function errorOfAnswer(doing: string, answer: RawAnswer): HomeserverError {
  const { status, headers, body } = answer;
  const errcode = text(body, "errcode");
  const facts = { status, errcode, pingStatus: pingStatusOf(body) };
  if (status === 429 || errcode === "M_LIMIT_EXCEEDED") {
    const retryAfterMs = waitOf(headers, body);
    const wait = retryAfterMs === undefined ? "" : ` ${Math.ceil(retryAfterMs / 1000)} s`;
    const words = `Could not ${doing}: the homeserver asks to wait${wait}.`;
    return new HomeserverError("limited", words, { ...facts, retryAfterMs });
  }
  if (status >= 500 || status === 408) {
    const words = `Could not ${doing}: the homeserver has a fault of its own (${said(answer)}).`;
    return new HomeserverError("server", words, facts);
  }
  // A proxy's 404 while the homeserver restarts is no refusal, and must not be taken for "no such room"; nor is its 413,
  // since nothing that is said here is large. A homeserver's own says M_TOO_LARGE.
  if (status >= 400 && errcode !== undefined && (status !== 413 || errcode === "M_TOO_LARGE")) {
    return new HomeserverError("refused", `Could not ${doing}: ${refusalOf(answer)}.`, facts);
  }
  const words =
    status >= 300 && status < 400
      ? "the homeserver's address redirects elsewhere; give the address it leads to in the configuration"
      : `the answer (${status}) is not a homeserver's; look at what stands between Cordon and the homeserver`;
  return new HomeserverError("malformed", `Could not ${doing}: ${words}.`, facts);
}

/** The error of an answer that is 2xx and still not what the specification promises. */
export function misshapen(doing: string): HomeserverError {
  const words = "the homeserver's answer has not the promised form; something else may have answered";
  return new HomeserverError("malformed", `Could not ${doing}: ${words}.`);
}

/** The error of a call that got no answer. Anything that is no failure of the network is a bug, and thrown. */
export function errorOfNetwork(doing: string, thrown: unknown): HomeserverError {
  const code = codeOf(thrown);
  if (code === undefined) throw thrown;
  return new HomeserverError("unreachable", `Could not ${doing}: ${networkWords.get(code) ?? broken(code)}.`);
}

/** For `catch`: makes the homeserver's word that there is no such thing a value; every other failure goes on. */
export function undefinedWhereMissing(error: unknown): undefined {
  if (!(error instanceof HomeserverError && error.errcode === "M_NOT_FOUND")) throw error;
}

const late = "the homeserver took too long to answer";
const networkWords: ReadonlyMap<string, string> = new Map([
  [
    "ECONNREFUSED",
    "nothing listens at the homeserver's address; start the homeserver, or correct the address",
  ],
  [
    "ENOTFOUND",
    "the homeserver's name is not known to this machine; correct the address, or the name service",
  ],
  ["EAI_AGAIN", "the name service of this machine does not answer"],
  ["EMFILE", "no more files can be opened, and a connection is one; raise the limit of open files"],
  ["EHOSTUNREACH", "no way leads to the homeserver's address"],
  ["ENETUNREACH", "no way leads to the homeserver's address"],
  ["ETIMEDOUT", late],
  ["ESOCKETTIMEDOUT", late],
  ["TimeoutError", late],
  ["UND_ERR_HEADERS_TIMEOUT", late],
  ["UND_ERR_BODY_TIMEOUT", late],
  ["HTTPParserError", "what answers at the homeserver's address does not speak HTTP"],
  ["CERT_HAS_EXPIRED", "the homeserver's certificate has expired"],
  ["ERR_TLS_CERT_ALTNAME_INVALID", "the homeserver's certificate is for another name"],
]);

const untrusted = new Set([
  "DEPTH_ZERO_SELF_SIGNED_CERT",
  "SELF_SIGNED_CERT_IN_CHAIN",
  "UNABLE_TO_GET_ISSUER_CERT_LOCALLY",
  "UNABLE_TO_VERIFY_LEAF_SIGNATURE",
]);

function broken(code: string): string {
  // Codes of Node's parser.
  if (code.startsWith("HPE_")) return networkWords.get("HTTPParserError") ?? code;
  return untrusted.has(code)
    ? `the homeserver's certificate is not trusted (${code}); name its authority in NODE_EXTRA_CA_CERTS`
    : `the connection to the homeserver broke (${code})`;
}

/** Failures of the network that have a name and no code. */
const nameless = new Set(["TimeoutError", "HTTPParserError"]);

/** The code of a network failure: its own, or of what `fetch` wrapped. */
function codeOf(thrown: unknown): string | undefined {
  if (!(thrown instanceof Error)) return undefined;
  if (nameless.has(thrown.name)) return thrown.name;
  if ("code" in thrown && typeof thrown.code === "string") return thrown.code;
  // Of an answer that it does not let through, such as a proxy's 407, `fetch` tells this and has no code for it.
  const { message, cause } = thrown;
  return codeOf(cause) ?? (message === "fetch failed" && cause instanceof Error ? cause.message : undefined);
}

/** How long to wait, in milliseconds: the header (in seconds, or a date), else the member it replaces. */
function waitOf(headers: IncomingHttpHeaders, body: unknown): number | undefined {
  const header = headers["retry-after"];
  const fromHeader = header === undefined ? Number.NaN : secondsOrDate(header);
  if (Number.isFinite(fromHeader)) return Math.max(0, fromHeader);
  const member = typeof body === "object" && body !== null && "retry_after_ms" in body && body.retry_after_ms;
  return typeof member === "number" && Number.isFinite(member) ? Math.max(0, member) : undefined;
}

function secondsOrDate(header: string): number {
  return /^\d+$/.test(header) ? Number(header) * 1000 : Date.parse(header) - Date.now();
}

/** The status that the service gave to the homeserver's ping (client-server API, `M_BAD_STATUS`). */
function pingStatusOf(body: unknown): number | undefined {
  if (text(body, "errcode") !== "M_BAD_STATUS" || !isObject(body)) return undefined;
  return typeof body.status === "number" ? body.status : undefined;
}

function refusalOf(answer: RawAnswer): string {
  const errcode = text(answer.body, "errcode");
  if (errcode === "M_UNKNOWN_TOKEN" || errcode === "M_MISSING_TOKEN") {
    return `the homeserver does not know the as_token (${said(answer)}); give it this registration and restart it`;
  }
  return `the homeserver refused (${said(answer)})`;
}

/** Status, error code and the homeserver's own words, short and on one line. */
function said({ status, body }: RawAnswer): string {
  const words = inLine(text(body, "error")).replace(/\.$/, "");
  const known = `${status} ${inLine(text(body, "errcode"))}`.trim();
  return words === "" ? known : `${known}: ${words}`;
}

/** What somebody else wrote, as it can stand in a line. */
function inLine(written = ""): string {
  return written
    .replaceAll(/[\p{Cc}\p{Cf}\s]+/gu, " ")
    .trim()
    .slice(0, 200);
}
