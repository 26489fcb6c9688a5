import { readdirSync } from "node:fs";
import { join } from "node:path";
import { suite, test } from "node:test";
import { loadConfig } from "../../../src/config/load.ts";
import { ConfigError } from "../../../src/config/problem.ts";
import { loadRegistration } from "../../../src/config/registration.ts";

/*
 * What an operator reads who made this mistake: NAME.yaml is the mistake, NAME.txt every word of the answer.
 * `node --test --test-update-snapshots` writes the answers anew; each of them is then to be read.
 */

const broken = join(import.meta.dirname, "fixtures/broken");
const brokenRegistration = join(import.meta.dirname, "fixtures/broken-registration");

suite("a broken configuration is answered with", () => {
  for (const name of namesIn(broken)) {
    test(name, (t) => {
      const said = problemsOf(() => loadConfig(join(broken, `${name}.yaml`), {}));
      t.assert.fileSnapshot(`${withoutFolder(said, broken)}\n`, join(broken, `${name}.txt`), asItIs);
    });
  }
});

suite("a broken registration is answered with", () => {
  const config = loadConfig(join(import.meta.dirname, "fixtures/smallest.yaml"), {});
  for (const name of namesIn(brokenRegistration)) {
    test(name, (t) => {
      const registration = join(brokenRegistration, `${name}.yaml`);
      const said = problemsOf(() =>
        loadRegistration({ ...config, appservice: { ...config.appservice, registration } }, {}),
      );
      t.assert.fileSnapshot(
        `${withoutFolder(said, brokenRegistration)}\n`,
        join(brokenRegistration, `${name}.txt`),
        asItIs,
      );
    });
  }
});

const asItIs = { serializers: [(text: string) => text] };

function namesIn(folder: string): readonly string[] {
  const names = readdirSync(folder).filter((file) => file.endsWith(".yaml"));
  return names.map((file) => file.slice(0, -".yaml".length)).sort();
}

/** The lines of the refusal; that there is none, or another error, is a failure of the test. */
function problemsOf(load: () => unknown): string {
  try {
    load();
  } catch (error) {
    if (error instanceof ConfigError) return error.message;
    throw error;
  }
  throw new Error("nothing was wrong with it");
}

function withoutFolder(text: string, folder: string): string {
  return text.replaceAll(join(folder, "/"), "");
}
