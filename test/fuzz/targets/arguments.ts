import assert from "node:assert/strict";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import fc from "fast-check";
import { fuzzed } from "../fuzz.ts";
import { anyText } from "../pieces.ts";
import { scratchFolder } from "../scratch.ts";

/** Everything but `demo` and `docs`, which take nothing from outside. */
const subcommands =
  "init start doctor list status timeline tasks catchup journal export verify backup restore".split(" ");
const words = (
  "--config --json --open --to --trust --out --yes --force --administrator --homeserver-url --server-name --listen --url " +
  "--database --limit --since --help --version -h -V -- - --config= --json=x INC-0001 INC-0042 inc-1 INC-99999999999999999999 " +
  "0 -1 1e9 NaN"
).split(" ");
/** Files to be named, by what is in them; the last is never there. */
const files: Readonly<Record<string, string>> = {
  "empty.yaml": "",
  "wrong.yaml": "homeserver: 1\n",
  "usable.yaml": "homeserver:\n  url: http://127.0.0.1:9\n  server_name: bank.example\n",
  "no.zip": "PK\u0003\u0004",
};
const named = fc.constantFrom(...Object.keys(files), ".", "missing.yaml", "missing/x");

const word = fc.oneof(
  { weight: 4, arbitrary: fc.constantFrom(...words) },
  { weight: 2, arbitrary: named.map((name) => ({ file: name })) },
  {
    weight: 1,
    arbitrary: fc
      .tuple(fc.constantFrom("--config", "--to", "--trust", "--out"), named)
      .map(([option, name]) => ({ option, file: name })),
  },
  // No argument of a process holds NUL.
  { weight: 1, arbitrary: anyText.map((text) => text.replaceAll("\0", "")) },
);

let run = 0;

/** What can be typed behind `cordon`: it is done, or refused in a few words, and never a fault. */
export const commandLine = fuzzed({
  name: "arguments",
  share: 6,
  inputs: fc.record({
    subcommand: fc.oneof(
      { weight: 9, arbitrary: fc.constantFrom(...subcommands) },
      { weight: 1, arbitrary: anyText },
    ),
    words: fc.array(word, { maxLength: 5 }),
  }),
  begin: async (stack) => {
    const folder = await scratchFolder(stack);
    for (const [name, content] of Object.entries(files)) await writeFile(join(folder, name), content);
    const home = process.cwd();
    process.chdir(folder);
    stack.defer(() => process.chdir(home));
    return async ({ subcommand, words }) => {
      const args = words.flatMap((word) =>
        typeof word === "string" ? [word] : "option" in word ? [word.option, word.file] : [word.file],
      );
      const { code, told } = await runMain([subcommand, ...args]);
      assert.ok(code !== 70, told);
      assert.doesNotMatch(told, /\n {4}at |a fault of Cordon's own/);
    };
  },
});

/** Runs `src/main.ts` in this process, as often as wanted: each time it is another module. */
async function runMain(args: readonly string[]): Promise<{ readonly code: number; readonly told: string }> {
  const { argv, stdout, stderr } = process;
  const writes = [stdout.write, stderr.write] as const;
  let told = "";
  const write = (chunk: string | Uint8Array) => {
    told += String(chunk);
    return true;
  };
  try {
    process.argv = [...argv.slice(0, 2), ...args];
    Object.assign(stdout, { write });
    Object.assign(stderr, { write });
    process.exitCode = 0;
    await import(`../../../src/main.ts?run=${++run}`);
    return { code: Number(process.exitCode ?? 0), told };
  } finally {
    process.argv = argv;
    process.exitCode = 0;
    Object.assign(stdout, { write: writes[0] });
    Object.assign(stderr, { write: writes[1] });
  }
}
