import { join } from "node:path";
import { type Synapse, startSynapse } from "../src/demo/synapse.ts";
import { type Installation, serverName } from "./service.ts";

/** A Synapse in this folder that knows these services, and ends with the bench. */
export async function benchSynapse(
  folder: string,
  services: readonly Installation[],
  ends: AsyncDisposableStack,
): Promise<Synapse> {
  const synapse = await startSynapse({
    python: synapsePython(),
    folder: join(folder, "synapse"),
    serverName,
    registrations: services.map(({ registrationFile }) => registrationFile),
  });
  ends.defer(() => synapse.stop());
  return synapse;
}

/** The Python with Synapse in it that `npm run bench` set up. */
function synapsePython(): string {
  const python = process.env.CORDON_SYNAPSE_PYTHON;
  if (!python)
    throw new Error("CORDON_SYNAPSE_PYTHON is not set. Run the bench with: npm run bench -- <name>");
  return python;
}
