import fc from "fast-check";

/** Any text: of every class of Unicode, halves of surrogate pairs, and what means something to somebody. */
const telling = [
  "",
  " ",
  "\n",
  "\t",
  "\0",
  "\u202e",
  "\u2066",
  "\u200d",
  "\ufeff",
  "\ud800",
  "\udfff",
  "👩‍🚒",
  "e\u0301".repeat(5),
  "שלום",
  "﷽",
  "İ",
  "ß",
  "<b>",
  "</mx-reply>",
  "<script>",
  "&lt;",
  '"',
  "'",
  "`",
  "\\",
  "%E0%A4%A",
  "../..",
  "javascript:alert(1)",
  "__proto__",
  "constructor",
  "toString",
  "null",
  "NaN",
  "-1",
  "1e999",
  "9007199254740993",
];

export const anyText: fc.Arbitrary<string> = fc.oneof(
  { weight: 3, arbitrary: fc.string({ unit: "binary", maxLength: 20 }) },
  {
    weight: 2,
    arbitrary: fc.array(fc.constantFrom(...telling), { maxLength: 5 }).map((parts) => parts.join("")),
  },
  {
    weight: 1,
    arbitrary: fc
      .tuple(fc.constantFrom(...telling, "x", "x "), fc.nat(3_000))
      .map(([part, times]) => part.repeat(times)),
  },
);

/** Any JSON, and numbers that it can only write. */
export const anyJson: fc.Arbitrary<fc.JsonValue> = fc.oneof(
  fc.jsonValue({ maxDepth: 3 }),
  anyText,
  fc.constantFrom(1e308, -1, 0.1, 2 ** 53, -(2 ** 63)),
);

/** Bytes, as a string of a character for each. */
export const anyBytes: fc.Arbitrary<string> = fc
  .uint8Array({ maxLength: 200 })
  .map((bytes) => Buffer.from(bytes).toString("latin1"));

/** A change to a text or to bytes: at a share of its length so much goes away, and something else comes. */
export interface Edit {
  readonly at: number;
  readonly gone: number;
  readonly come: string;
}

export function edits(come: fc.Arbitrary<string>, most = 4): fc.Arbitrary<readonly Edit[]> {
  const edit = fc.record({ at: fc.double({ min: 0, max: 1, noNaN: true }), gone: fc.nat(30), come });
  return fc.array(edit, { minLength: 1, maxLength: most });
}

export function edited(text: string, made: readonly Edit[]): string {
  return made.reduce((so, { at, gone, come }) => {
    const from = Math.floor(at * so.length);
    return so.slice(0, from) + come + so.slice(from + gone);
  }, text);
}
