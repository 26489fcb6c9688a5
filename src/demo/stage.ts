import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseDocument } from "yaml";
import { botOf } from "../config/bot.ts";
import { loadConfig } from "../config/load.ts";
import { loadRegistration } from "../config/registration.ts";
import type { UserId } from "../matrix/ids.ts";
import { type RunningCordon, runCordon, startCordon } from "./cordon.ts";
import { Person } from "./person.ts";
import { freePort } from "./port.ts";
import { type Synapse, startSynapse } from "./synapse.ts";

/** What a stage is to be like. */
interface StageOptions {
  /** A Python with Synapse in it. */
  readonly python: string;
  readonly roomVersion: string;
}

/** What stands once a stage is open. */
export interface Scenery {
  readonly homeserver: string;
  readonly bot: UserId;
  readonly roomVersion: string;
  readonly config: string;
  /** The service's log. */
  readonly log: string;
}

const serverName = "cordon.test";
/** Long enough to see what `over` does to the room, short enough to watch. */
const grace = "2s";

/** A homeserver and Cordon beside it, installed as an operator installs them, in a temporary folder. */
export class Stage {
  readonly #options: StageOptions;
  readonly #people: Person[] = [];
  #opening: Promise<Scenery> | undefined;
  #folder: string | undefined;
  #synapse: Synapse | undefined;
  #cordon: RunningCordon | undefined;

  constructor(options: StageOptions) {
    this.#options = options;
  }

  /** Sets everything up. Errors: what did not start, and why. */
  async open(): Promise<Scenery> {
    this.#opening = this.#build();
    return this.#opening;
  }

  /** Somebody new on the homeserver, signed in. */
  async enter(localpart: string, displayName: string, admin = false): Promise<Person> {
    if (this.#synapse === undefined) throw new Error("The stage is not open.");
    const person = new Person(await this.#synapse.registerPerson(localpart, { displayName, admin }));
    this.#people.push(person);
    return person;
  }

  /** Ends what runs and removes the folder, also where opening is still under way. */
  async close(): Promise<void> {
    for (const person of this.#people) person.stop();
    // Whoever opened it is told why that failed; here it only has to have ended.
    await this.#opening?.catch(() => {});
    await this.#cordon?.stop();
    // Nobody will miss what Synapse has not written yet.
    await this.#synapse?.kill("SIGKILL");
    if (this.#folder !== undefined) await rm(this.#folder, { recursive: true, force: true, maxRetries: 3 });
  }

  async #build(): Promise<Scenery> {
    const { python, roomVersion } = this.#options;
    this.#folder = await mkdtemp(join(tmpdir(), "cordon-demo-"));
    const port = await freePort();
    const listen = `127.0.0.1:${await freePort()}`;
    const homeserver = `http://127.0.0.1:${port}`;
    const out = join(this.#folder, "cordon");
    const names = ["--homeserver-url", homeserver, "--server-name", serverName];
    await runCordon("init", [...names, "--listen", listen, "--out", out, "--yes"]);
    const config = join(out, "cordon.yaml");
    const registration = join(out, "registration.yaml");
    await adapt(config, roomVersion);
    this.#synapse = await startSynapse({
      python,
      port,
      serverName,
      folder: join(this.#folder, "synapse"),
      registrations: [registration],
    });
    const log = join(out, "cordon.log");
    this.#cordon = await startCordon(config, `http://${listen}`, log);
    return { homeserver, bot: botIn(config), roomVersion, config, log };
  }
}

/** What an operator would change in the written configuration for a short rehearsal. */
async function adapt(config: string, roomVersion: string): Promise<void> {
  const document = parseDocument(await readFile(config, "utf8"));
  document.setIn(["archive", "grace"], grace);
  document.setIn(["rooms", "version"], roomVersion);
  await writeFile(config, document.toString());
}

function botIn(file: string): UserId {
  const config = loadConfig(file);
  return botOf(config, loadRegistration(config));
}
