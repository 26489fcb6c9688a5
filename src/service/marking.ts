import { createHmac } from "node:crypto";
import { effectOf, heldIn } from "../config/effect.ts";
import { secretOf } from "../journal/installation.ts";
import type { Queries } from "../store/store.ts";
import { fingerprintOf, membersOf, type Setup } from "./setup.ts";

/** By what one setup is told from another: two marks of 32 hexadecimal digits. */
export interface Marks {
  /** Of all that takes effect at a restart only. */
  readonly restart: string;
  /** Of all that takes effect at a reload. */
  readonly reload: string;
}

const bytes = 16;

/**
 * The marks of a setup. Whoever does not have the installation's secret learns nothing from them, not even whether a
 * guess is right: tokens and passwords are among what is marked.
 */
export function marksOf(setup: Setup, secret: Buffer): Marks {
  const { config, registration } = setup;
  // A database address may come from elsewhere, and a SQLite file is the one in which the secret was found.
  const settings = heldIn(config).filter(({ key }) => !key.startsWith("database."));
  const withEffect = (effect: "reload" | "restart") =>
    settings
      .filter(({ key }) => effectOf(key) === effect)
      .map(({ key, ...held }) => [key, Object.hasOwn(held, "value"), held.value]);
  const address = config.database.engine === "postgres" ? config.database.url : "";
  const mark = (name: keyof Marks, marked: readonly unknown[]) =>
    createHmac("sha256", secret)
      .update(`configuration/${name}\n${JSON.stringify(marked)}`)
      .digest()
      .subarray(0, bytes)
      .toString("hex");
  return {
    restart: mark("restart", [...withEffect("restart"), address, membersOf(registration)]),
    reload: mark("reload", [...withEffect("reload"), fingerprintOf(setup)]),
  };
}

/** Marks what is in force, for whoever asks. */
export class Marking {
  readonly #db: Queries;
  #secret: Buffer | undefined;
  #isLooking = false;
  #marked: { readonly setup: Setup; readonly marks: Marks } | undefined;

  constructor(db: Queries) {
    this.#db = db;
  }

  /** The marks of a setup; none until the database has told the secret, which nobody waits for. */
  of(setup: Setup): Marks | undefined {
    if (this.#secret === undefined) this.#look();
    else if (this.#marked?.setup !== setup) this.#marked = { setup, marks: marksOf(setup, this.#secret) };
    return this.#marked?.marks;
  }

  #look(): void {
    if (this.#isLooking) return;
    this.#isLooking = true;
    secretOf(this.#db)
      .then(
        (secret) => {
          this.#secret = secret;
        },
        // The trouble of a database is told elsewhere; who asks again has it looked for again.
        () => {},
      )
      .finally(() => {
        this.#isLooking = false;
      });
  }
}
