import { readFile, writeFile } from "node:fs/promises";

/** The two files that say who the bot is. */
interface Files {
  readonly configFile: string;
  readonly registrationFile: string;
}

/**
 * Makes of what `init` wrote what it wrote before 0.2.0: the bot is the sender of the registration, which claims
 * nobody else, and the configuration does not name it.
 *
 * @returns puts back what was there
 */
export async function beforeTheSender({ configFile, registrationFile }: Files): Promise<() => Promise<void>> {
  const [config, registration] = [
    await readFile(configFile, "utf8"),
    await readFile(registrationFile, "utf8"),
  ];
  await writeFile(configFile, without(config, / {2}# The bot.*\n {2}bot: .*\n/));
  const ofBot = registration.replace(/^sender_localpart: .*$/m, 'sender_localpart: "cordon"');
  await writeFile(
    registrationFile,
    without(ofBot, / {4}- exclusive: true\n {6}regex: '@_cordon_sender:.*'\n/),
  );
  return async () => {
    await writeFile(configFile, config);
    await writeFile(registrationFile, registration);
  };
}

function without(written: string, part: RegExp): string {
  const rest = written.replace(part, "");
  if (rest === written) throw new Error(`init wrote nothing like ${part}`);
  return rest;
}
