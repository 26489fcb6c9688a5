import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { readRegistration } from "../../../src/config/registration.ts";
import { fuzzed } from "../fuzz.ts";
import { edited } from "../pieces.ts";
import { scratchFolder } from "../scratch.ts";
import { assertReadOrExplained, encodings, yamlEdits } from "../yaml.ts";

const tokens = { as: "a5".repeat(32), hs: "45".repeat(32) };
/** A part of a token is none. */
const secrets = Object.values(tokens).map((token) => token.slice(0, 48));
const whole = readFileSync(new URL("../../../registration.yaml", import.meta.url), "utf8")
  .replace("sample|cordon", "cordon")
  .replace(/sample-(as|hs)-token-[a-z-]+/g, (_, key: "as" | "hs") => tokens[key]);

/** The registration with some edits. */
export const registration = fuzzed({
  name: "registration",
  share: 40,
  inputs: fc.record({ edits: yamlEdits, encoding: encodings }),
  begin: async (stack) => {
    const file = join(await scratchFolder(stack), "registration.yaml");
    return (input) => {
      writeFileSync(file, edited(whole, input.edits), input.encoding);
      assertReadOrExplained(file, (named) => readRegistration(named, {}), secrets);
    };
  },
});
