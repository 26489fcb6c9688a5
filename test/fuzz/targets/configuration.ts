import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { loadConfig } from "../../../src/config/load.ts";
import { fuzzed } from "../fuzz.ts";
import { edited } from "../pieces.ts";
import { scratchFolder } from "../scratch.ts";
import { assertReadOrExplained, encodings, yamlEdits } from "../yaml.ts";

const password = "a-password-that-nobody-may-read";
const sample = new URL("../../../config/cordon.yaml", import.meta.url);
/** The file with every key, in two parts: what is between them holds a secret and is left as it is. */
const [before = "", after = ""] = readFileSync(sample, "utf8").split("  url: sqlite:cordon.db\n");
const database = `  url: postgres://cordon:${password}@127.0.0.1/cordon\n`;

/** The configuration with some edits. */
export const configuration = fuzzed({
  name: "configuration",
  share: 40,
  inputs: fc.record({ before: fc.oneof(fc.constant([]), yamlEdits), after: yamlEdits, encoding: encodings }),
  begin: async (stack) => {
    const file = join(await scratchFolder(stack), "cordon.yaml");
    return (input) => {
      const text = edited(before, input.before) + database + edited(after, input.after);
      writeFileSync(file, text, input.encoding);
      assertReadOrExplained(file, (named) => loadConfig(named, {}), [password]);
    };
  },
});
