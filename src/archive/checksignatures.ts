import type { ProvenPdu } from "../proof/pdu.ts";
import type { ServerKeys } from "../proof/serverkeys.ts";
import { lookAtSignatures, type SignatureSum, type Signatures } from "../proof/signature.ts";
import { SignatureThreads } from "../proof/signaturethreads.ts";
import type { Claims } from "./claims.ts";
import { fail, type LevelResult, notChecked, type Problem, pass } from "./level.ts";
import { provenTogether } from "./prove.ts";

const part = "signatures";

/** An event whose signatures are looked at: which one, and where it stands. */
interface Signed {
  readonly id: string;
  readonly place: Omit<Problem, "reason">;
}

/**
 * The other half of L3: every event was signed by its sender's homeserver. Threads compute it while the rest is
 * checked.
 */
export class SignatureCheck {
  readonly #threads = new SignatureThreads();
  #keys: ServerKeys | undefined;
  #found: (Signatures | SignatureSum)[] = [];
  #events: Signed[] = [];
  #counted: Promise<void> = Promise.resolve();
  #held = 0;
  #unchecked = 0;
  #reason = "";
  #problem: Problem | undefined;

  /** Takes the next event, in the order of the record. */
  take(event: ProvenPdu, keys: ServerKeys | undefined, place: Signed["place"]): void {
    this.#keys = keys;
    this.#found.push(lookAtSignatures(event, keys));
    this.#events.push({ id: event.id, place });
    if (this.#found.length === provenTogether) this.#handOver();
  }

  /** What came of all events, once it has. */
  async result({ signaturesChecked }: Claims): Promise<LevelResult> {
    this.#handOver();
    await this.#counted;
    if (this.#problem !== undefined) return fail("L3", part, this.#problem);
    if (this.#unchecked === 0) return pass("L3", part, `${this.#held} events signed by their homeserver`);
    if (signaturesChecked) {
      const reason = `every signature was checked, says completeness.json, and now ${this.#reason}`;
      return fail("L3", part, { file: "data/server-keys.json", reason });
    }
    const words = `${this.#unchecked} events cannot be checked: ${this.#reason}`;
    return this.#held === 0
      ? notChecked("L3", part, words)
      : pass("L3", part, `${this.#held} events signed by their homeserver; ${words}`);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#threads[Symbol.asyncDispose]();
  }

  #handOver(): void {
    const events = this.#events;
    const settling = this.#threads.settle(this.#found, this.#keys?.keys);
    // A failure is told to whoever asks for the result, and to nobody where nobody does.
    settling.catch(() => {});
    this.#counted = this.#counted.then(async () => {
      for (const [index, signatures] of (await settling).entries()) this.#count(signatures, events[index]);
    });
    this.#counted.catch(() => {});
    this.#found = [];
    this.#events = [];
  }

  #count(signatures: Signatures, event: Signed | undefined): void {
    if (signatures === "hold") this.#held += 1;
    else if ("unsound" in signatures) {
      if (event !== undefined)
        this.#problem ??= { ...event.place, reason: `${event.id}: ${signatures.unsound}` };
    } else {
      this.#unchecked += 1;
      this.#reason ||= signatures.unchecked;
    }
  }
}
