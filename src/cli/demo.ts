import { resolve } from "node:path";
import { type Command, Option } from "commander";
import { takeOut } from "../demo/result.ts";
import { type Scenery, Stage } from "../demo/stage.ts";
import { playIncident } from "../demo/story.ts";
import { Telling } from "../demo/telling.ts";
import { exitCodes } from "./failure.ts";

/** What may be given to `cordon demo`. */
interface DemoOptions {
  readonly json?: true;
  readonly keep?: true;
  readonly roomVersion: string;
  readonly out: string;
}

/** Ended by a signal, as shells count it. */
const interrupted = { SIGINT: 130, SIGTERM: 143 } as const;

/** Adds `cordon demo` to the command line. */
export function addDemo(program: Command): void {
  program
    .command("demo")
    .description("play a whole incident, on a homeserver of its own")
    .option("--json", "tell the story on stderr; the last line on stdout is the result as one JSON object")
    .option("--keep", "leave homeserver and service running until Ctrl-C, to sign in with Element")
    .addOption(
      new Option("--room-version <version>", "version of the incident's room")
        .choices(["10", "11", "12"])
        .default("12"),
    )
    .option("--out <folder>", "where the archive is put", "cordon-demo")
    .addHelpText("after", "\nExit codes: 0 all of it held, 1 something did not, 130 ended with Ctrl-C.")
    .action(async (options: DemoOptions) => {
      // What still waits for an answer must not keep the process.
      process.exit(await demo(options));
    });
}

/** Plays the story and gives back the exit code. Whatever happens, everything is stopped and removed. */
async function demo(options: DemoOptions): Promise<number> {
  const python = process.env.CORDON_SYNAPSE_PYTHON;
  if (!python) {
    process.stderr.write(
      "cordon demo: no Synapse is set up for this. Start it with: npm run demo, or name a Python that has Synapse with CORDON_SYNAPSE_PYTHON=PATH\n",
    );
    return exitCodes.usage;
  }
  const telling = new Telling(options.json ? process.stderr : process.stdout);
  const stage = new Stage({ python, roomVersion: options.roomVersion });
  const signal = firstSignal();
  try {
    const ended = await Promise.race([perform(stage, options, telling), signal]);
    if (typeof ended === "string") return interrupted[ended];
    if (options.keep) {
      await letIn(stage, ended, telling);
      await signal;
    }
    return 0;
  } catch (error) {
    process.stderr.write(`cordon demo: ${inOneLine(error)}\n`);
    return exitCodes.unwell;
  } finally {
    await stage.close();
  }
}

/** The first signal that asks the demo to end. Those after it change nothing: tidying up is under way. */
function firstSignal(): Promise<keyof typeof interrupted> {
  return new Promise((resolve) => {
    for (const signal of ["SIGINT", "SIGTERM"] as const) process.on(signal, () => resolve(signal));
  });
}

async function perform(stage: Stage, options: DemoOptions, telling: Telling): Promise<Scenery> {
  const clock = new Stopwatch();
  telling.remark("Starting a homeserver, and Cordon beside it, on this machine alone …");
  const scenery = await stage.open();
  clock.lap("setup");
  const incident = await playIncident(stage, scenery, telling);
  clock.lap("story");
  const result = await takeOut(incident, scenery.config, resolve(options.out), telling);
  clock.lap("verify");
  telling.remark(`\nThe archive: ${result.archive}\nThe report, for a browser: ${result.report}`);
  telling.remark(`It took ${(clock.total() / 1000).toFixed(1)} s.`);
  if (options.json) {
    process.stdout.write(`${JSON.stringify({ ok: true, incident, ...result, ms: clock.laps })}\n`);
  }
  return scenery;
}

/** Says how to come in to what is left running. */
async function letIn(stage: Stage, { homeserver, bot, log }: Scenery, telling: Telling): Promise<void> {
  const { userId, password } = (await stage.enter("you", "You")).account;
  telling.remark(`
Homeserver and service go on until Ctrl-C. To sign in with Element:
  homeserver  ${homeserver}
  user        ${userId}
  password    ${password}
Start a chat with ${bot} and type, for example:
  !inc new sev3 The coffee machine is down @bob @carol
  !inc help
The service's log: ${log}`);
}

function inOneLine(error: unknown): string {
  const words = error instanceof Error ? error.message : String(error);
  return words.split("\n", 1)[0] ?? "";
}

/** How long each part took, and all of it, in milliseconds. */
class Stopwatch {
  readonly laps: Record<string, number> = {};
  readonly #start = performance.now();
  #last = this.#start;

  lap(name: string): void {
    const now = performance.now();
    this.laps[name] = Math.round(now - this.#last);
    this.laps.total = Math.round(now - this.#start);
    this.#last = now;
  }

  total(): number {
    return Math.round(performance.now() - this.#start);
  }
}
