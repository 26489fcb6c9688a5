import { startThread } from "../../program/thread.ts";
import type { BuildOptions, BuiltArchive } from "../build.ts";
import { archiveScripts } from "../scripts.ts";
import type { ArchiveSource } from "../source.ts";
import type { Verification } from "../verify/verify.ts";
import type { Answer, Asked, Order, Question, Result } from "./order.ts";
import { heard, told } from "./tolderror.ts";

/** So much of a stream goes over together: few enough that nobody waits for it, enough that it costs nothing. */
const together = 100;

/** What is young may take so much room, in MiB, whatever flags the process has: they are those of a service that waits. */
const resourceLimits = { maxYoungGenerationSizeMb: 8 };

/**
 * A thread that makes archives and verifies them, so that whoever wants one can go on meanwhile: a large one takes the
 * better part of a minute. The thread has no database and no token; what it needs it asks for.
 */
export class Apart implements AsyncDisposable {
  readonly #worker = startThread(archiveScripts.apart, { resourceLimits });

  /**
   * Makes an archive, as `buildArchive` does, but tells of no progress.
   * @throws what `buildArchive` throws.
   */
  async build(
    source: ArchiveSource,
    { confirm = async () => {}, ...options }: Omit<BuildOptions, "signal" | "progress">,
  ): Promise<BuiltArchive> {
    const { incident, alias, serverName, seal, roles, timeZone } = source;
    const known = {
      ...{ incident, serverName, roles, timeZone },
      ...(alias === undefined ? {} : { alias }),
      ...(seal === undefined ? {} : { seal }),
    };
    const result = await this.#carryOut({ build: known, options }, new Answers(source, confirm));
    if ("built" in result) return result.built;
    throw new Error("an archive was ordered, and something else was made");
  }

  /**
   * Verifies an archive, as `verifyArchive` does.
   * @throws ArchiveRefused
   */
  async verify(path: string): Promise<Verification> {
    const result = await this.#carryOut({ verify: path });
    if ("verification" in result) return result.verification;
    throw new Error("an archive was to be verified, and something else was done");
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#worker.terminate();
  }

  async #carryOut(order: Order, answers?: Answers): Promise<Exclude<Result, { readonly failed: unknown }>> {
    const { promise, resolve, reject } = Promise.withResolvers<Result>();
    const hear = (said: Question | Result) => {
      if (!("ask" in said)) return resolve(said);
      answers
        ?.to(said)
        .then((answer) => this.#worker.postMessage(answer))
        .catch(reject);
    };
    const end = () => reject(new Error("the thread that makes archives ended"));
    this.#worker.on("message", hear).on("error", reject).on("exit", end);
    this.#worker.postMessage(order);
    try {
      const result = await promise;
      if (!("failed" in result)) return result;
      // What went wrong here is thrown as it is.
      throw answers?.failures.get(result.by) ?? heard(result.failed);
    } finally {
      this.#worker.off("message", hear).off("error", reject).off("exit", end);
    }
  }
}

/** Answers what the thread asks while it makes an archive. */
class Answers {
  /** What went wrong with a question, by its number. */
  readonly failures = new Map<number | undefined, unknown>();
  readonly #by: {
    readonly [Kind in keyof Asked]: (about: Asked[Kind]["about"]) => Promise<Asked[Kind]["answer"]>;
  };

  constructor(source: ArchiveSource, confirm: () => Promise<void>) {
    this.#by = {
      page: (from) => source.page(from),
      serverKeys: () => source.serverKeys(),
      media: (uri) => source.media(uri),
      confirm: async () => void (await confirm()),
      journal: streamsOf(() => source.journal()),
      live: streamsOf(() => source.live()),
    };
  }

  async to<Kind extends keyof Asked>({ number, ask, about }: Question<Kind>): Promise<Answer> {
    try {
      return { number, answer: await this.#by[ask](about) };
    } catch (problem) {
      this.failures.set(number, problem);
      return { number, failed: told(problem) };
    }
  }
}

/** Gives what comes next in a stream, each time that it is asked for; a number that is new begins another one. */
function streamsOf<Item>(begin: () => AsyncIterable<Item>): (stream: number) => Promise<readonly Item[]> {
  const open = new Map<number, AsyncIterator<Item>>();
  return async (stream) => {
    const from = open.get(stream) ?? begin()[Symbol.asyncIterator]();
    open.set(stream, from);
    const items: Item[] = [];
    while (items.length < together) {
      const next = await from.next();
      if (next.done === true) break;
      items.push(next.value);
    }
    return items;
  };
}
