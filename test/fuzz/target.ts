import type fc from "fast-check";

/** Something that takes what comes from outside, and the inputs that it has to bear. */
export interface Target<Input> {
  readonly name: string;
  /** How many inputs it is given in proportion to the others. */
  readonly share: number;
  /** JSON values: one that fails is kept in the corpus. */
  readonly inputs: fc.Arbitrary<Input>;
  /**
   * Makes what the inputs need, and gives what tries one: it throws where something does not hold that has to.
   * The stack is closed after the last input.
   */
  readonly begin: (stack: AsyncDisposableStack) => Promise<Attempt<Input>>;
}

export type Attempt<Input> = (input: Input) => void | Promise<void>;
