import { closeSync, constants, openSync } from "node:fs";
import { platform } from "node:process";

/** What there is to do about a SIGHUP. */
export interface HangUpAnswers {
  /** The terminal that the program was started from is gone: nobody is there any more. */
  readonly gone: () => void;
  /** Somebody wants the files to be read again. */
  readonly reload: () => Promise<unknown>;
}

/**
 * What SIGHUP means to a service. A terminal that is closed sends it, and so does whoever wants the files to be read
 * again; the signal itself does not say which. The kernel takes a terminal that was closed from its processes, so that
 * `/dev/tty` cannot be opened any more.
 */
export class HangUps {
  readonly #hadTerminal = hasTerminal();
  #answers: HangUpAnswers | undefined;
  #isHeard = false;

  /** Listens from now on. What comes before {@link answer} was called is answered then. */
  constructor() {
    process.on("SIGHUP", () => this.#hear());
  }

  /** Says what to do, from now on and with what came before. */
  answer(answers: HangUpAnswers): void {
    this.#answers = answers;
    if (this.#isHeard) this.#hear();
  }

  #hear(): void {
    this.#isHeard = true;
    const { gone, reload } = this.#answers ?? {};
    if (this.#isGone()) gone?.();
    // A shell may send it just before its terminal goes.
    else void reload?.().then(() => this.#isGone() && gone?.());
  }

  #isGone(): boolean {
    // Windows sends it for nothing else.
    return platform === "win32" || (this.#hadTerminal && !hasTerminal());
  }
}

let listening: HangUps | undefined;

/** The one who listens in this process, from the first call on. */
export function hangUps(): HangUps {
  listening ??= new HangUps();
  return listening;
}

/** Whether this process has a terminal that controls it. */
function hasTerminal(): boolean {
  try {
    closeSync(openSync("/dev/tty", constants.O_RDONLY | constants.O_NOCTTY | constants.O_NONBLOCK));
    return true;
  } catch (error) {
    // Where no more files can be opened that says nothing of the terminal.
    return error instanceof Error && "code" in error && (error.code === "EMFILE" || error.code === "ENFILE");
  }
}
