import { diskFull, readOnly, SetupFailure } from "./failure.js";
import { checkout } from "./places.js";
import { run } from "./program.js";

/**
 * Errors only: npm's warnings are about its own Node.js being older than what the packages want. Without colours and
 * JSON, so that the log can be read. Retries come sooner than npm's own 10 and 60 s, so that a network that is down
 * is known after seconds.
 */
const quietly = [
  ...["--loglevel=error", "--no-audit", "--no-fund", "--no-color", "--no-json"],
  ...["--fetch-retry-mintimeout=2000", "--fetch-retry-maxtimeout=10000"],
];

/**
 * Runs npm in the checkout, its output kept in a log file of the cache.
 *
 * @param {readonly string[]} args
 * @param {string} logName the log file's name
 * @returns {Promise<string>} the log file
 * @throws {SetupFailure} where npm is missing or fails, with what helps
 */
export async function runNpm(args, logName) {
  // Others than whoever installs the packages may run the program: their files are as readable as anything else.
  const outcome = await run("npm", [...args, ...quietly], { cwd: checkout, log: logName, shared: true });
  if (!outcome.found) {
    throw new SetupFailure(
      "npm-missing",
      "npm was not found. Install Node.js together with npm and run this again.",
    );
  }
  if (!outcome.ok) throw whyNpmFailed(outcome);
  return outcome.log;
}

/** @param {import("./program.js").Outcome} outcome */
function whyNpmFailed({ output, log }) {
  if (/ENOSPC|no space left/i.test(output)) return diskFull(checkout);
  if (/EROFS|EACCES|EPERM|read-only file system|permission denied/i.test(output)) {
    return readOnly(
      `The checkout ${checkout} or npm's cache`,
      `Make both writable for this user and run this again; npm's log is ${log}.`,
    );
  }
  const network =
    /\b(ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ECONNRESET|ETIMEDOUT|EHOSTUNREACH|ENETUNREACH|\w+_SOCKET_TIMEOUT|\w*CERT\w*|E401|E403|E5\d\d)\b/.exec(
      output,
    );
  if (network) {
    return new SetupFailure(
      "registry-unreachable",
      `npm could not reach its package registry (${network[1]}). Check the network, the proxy and "npm config get registry", and run this again; npm's log is ${log}.`,
    );
  }
  if (/EINTEGRITY/.test(output)) {
    return new SetupFailure(
      "package-altered",
      `A package from the registry is not the one in package-lock.json. Run "npm cache clean --force" and this again; if it stays, ask whoever runs the registry. npm's log is ${log}.`,
    );
  }
  const [, tooNew] = /No matching version found for (\S+) with a date before/.exec(output) ?? [];
  if (tooNew) {
    return new SetupFailure(
      "package-too-new",
      `npm's setting "before" or "min-release-age" keeps ${tooNew} out, which package-lock.json names with its hash. Set a later date or a shorter age for this checkout and run this again; npm's log is ${log}.`,
    );
  }
  if (/E404|ETARGET/.test(output)) {
    return new SetupFailure(
      "package-missing",
      `The package registry lacks a package that is needed. Look for E404 in npm's log ${log}, and set a complete registry with "npm config set registry URL".`,
    );
  }
  return new SetupFailure(
    "packages-failed",
    `The packages could not be installed. npm's log says why: ${log}.`,
  );
}
