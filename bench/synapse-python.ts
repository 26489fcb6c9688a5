/** The Python with Synapse in it that `npm run bench` set up. */
export function synapsePython(): string {
  const python = process.env.CORDON_SYNAPSE_PYTHON;
  if (!python)
    throw new Error("CORDON_SYNAPSE_PYTHON is not set. Run the bench with: npm run bench -- <name>");
  return python;
}
