import type { Signatures } from "../proof/signature.ts";
import type { Claims } from "./claims.ts";
import { fail, type LevelResult, notChecked, type Problem, pass } from "./level.ts";

const part = "signatures";

/** The other half of L3: every event was signed by its sender's homeserver. Counted while the events pass. */
export class SignatureCheck {
  #held = 0;
  #unchecked = 0;
  #reason = "";
  #problem: Problem | undefined;

  take(signatures: Signatures, id: string, place: Omit<Problem, "reason">): void {
    if (signatures === "hold") this.#held += 1;
    else if ("unsound" in signatures) {
      this.#problem ??= { ...place, reason: `${id}: ${signatures.unsound}` };
    } else {
      this.#unchecked += 1;
      this.#reason ||= signatures.unchecked;
    }
  }

  result({ signaturesChecked }: Claims): LevelResult {
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
}
