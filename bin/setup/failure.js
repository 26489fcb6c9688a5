/**
 * A set-up that cannot go on, told in one line: what is missing and the cure. The codes are stable:
 *
 * - `npm-missing`, `registry-unreachable`, `package-altered`, `package-missing`, `package-too-new`,
 *   `packages-failed`: `npm ci` and `npm rebuild`
 * - `runtime-missing`, `runtime-unsupported`: the Node 24 that comes with the packages
 * - `no-cache-folder`: where what was fetched would be kept
 * - `python-missing`, `python-too-old`, `venv-missing`, `synapse-platform`: Python for Synapse
 * - `pip-unreachable`, `synapse-altered`, `synapse-no-wheel`, `synapse-failed`: `pip install`
 * - `synapse-unusable`: what `CORDON_SYNAPSE_PYTHON` names
 * - `disk-full`, `read-only`: any of them
 */
export class SetupFailure extends Error {
  /**
   * @param {string} code
   * @param {string} words one sentence saying what is missing, and one saying what helps
   */
  constructor(code, words) {
    super(words);
    this.name = "SetupFailure";
    this.code = code;
  }
}

/** @param {string} place */
export const diskFull = (place) =>
  new SetupFailure(
    "disk-full",
    `The disk that holds ${place} is full. Free about 1 GB there and run this again.`,
  );

/**
 * @param {string} place
 * @param {string} cure
 */
export const readOnly = (place, cure) =>
  new SetupFailure("read-only", `${place} cannot be written to. ${cure}`);

/**
 * Runs a step of the set-up. A failure ends the process with one line on standard error; anything else that is
 * thrown is a bug and goes on as it is.
 *
 * @template T
 * @param {() => Promise<T>} step
 * @param {number} exitCode of a failure
 * @returns {Promise<T>}
 */
export async function orExplain(step, exitCode = 1) {
  try {
    return await step();
  } catch (error) {
    if (!(error instanceof SetupFailure)) throw error;
    process.stderr.write(`cordon: ${error.message} (${error.code})\n`);
    process.exit(exitCode);
  }
}
