/**
 * Loaded before every test file: where a test fails, what the programs said that ran for it is told on standard
 * error, while they still run. Where none fails nothing is told.
 */
import { afterEach } from "node:test";
import { whatTheySaid } from "./overheard.ts";

// The runner's own process loads this as well; only the files it starts carry this mark.
if (process.env.NODE_TEST_CONTEXT !== undefined) {
  let told = false;
  const tell = (what: string) => {
    const said = whatTheySaid();
    if (said === undefined) return;
    told = true;
    console.error(`\n=== ${what} failed. ===\n${said}\n=== End of what was said. ===\n`);
  };
  afterEach((context) => {
    if ("passed" in context && context.passed === false) tell(`"${context.name}"`);
  });
  // A file also fails by what it does outside its tests, in a hook for example, and by taking too long.
  process.on("exit", (code) => {
    if (code !== 0 && !told) tell(`${process.argv[1]}`);
  });
}
