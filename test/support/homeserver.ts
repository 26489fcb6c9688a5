import { join } from "node:path";
import { after } from "node:test";
import { Person } from "../../src/demo/person.ts";
import { type Synapse, type SynapseOptions, startSynapse } from "../../src/demo/synapse.ts";
import { temporaryFolder } from "./folder.ts";
import { overhearFile } from "./overheard.ts";

/**
 * A Synapse of its own for the test, suite or file that asks for it, stopped and removed afterwards.
 * `registrations` are the paths of the application services it should know.
 */
export async function startHomeserver(
  options: Omit<SynapseOptions, "python" | "folder"> = {},
): Promise<Synapse> {
  // Hooks run in this order: the folder must be there until Synapse has ended.
  const running: { synapse?: Synapse } = {};
  const readers: (() => void)[] = [];
  after(async () => {
    await running.synapse?.stop();
    for (const read of readers) read();
  });
  const folder = await temporaryFolder();
  for (const name of ["output.log", "homeserver.log"]) {
    readers.push(overhearFile(`Synapse's ${name}`, join(folder, name)));
  }
  running.synapse = await startSynapse({ ...options, python: synapsePython(), folder });
  return running.synapse;
}

/** Someone new on the homeserver, signed in; they stop following after the test, suite or file. */
export async function newPerson(
  synapse: Synapse,
  localpart: string,
  options: { admin?: boolean; displayName?: string } = {},
): Promise<Person> {
  const person = new Person(await synapse.registerPerson(localpart, options));
  after(() => person.stop());
  return person;
}

/** The Python with Synapse in it that `npm test` set up. */
export function synapsePython(): string {
  const python = process.env.CORDON_SYNAPSE_PYTHON;
  if (!python) throw new Error("CORDON_SYNAPSE_PYTHON is not set. Run the tests with: npm test -- FILE");
  return python;
}
