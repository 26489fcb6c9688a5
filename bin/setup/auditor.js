import { join } from "node:path";
import { checkout } from "./places.js";
import { ensureVenv } from "./venv.js";

/**
 * A Python with the tools that an auditor would use, which the tests hold archives against: the one
 * `CORDON_AUDITOR_PYTHON` names, else one in the cache folder.
 *
 * @returns {Promise<string>} the path of its interpreter
 */
export async function ensureAuditor() {
  const variable = "CORDON_AUDITOR_PYTHON";
  const requirements = join(checkout, "bin/setup/auditor-requirements.txt");
  return (
    process.env[variable] ||
    ensureVenv({ name: "auditor", title: "the auditor's toolbox", variable, requirements })
  );
}
