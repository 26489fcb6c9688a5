import { readFileSync, writeFileSync } from "node:fs";
import type { Command } from "commander";
import { renderConfigurationDocs } from "../config/docs.ts";
import { renderCommandDocs } from "../words/command-docs.ts";
import { exitCodes } from "./failure.ts";
import { renderRendererName } from "./renderer.ts";

/** The generated files, each derived from what the program itself uses. */
const pages = {
  "docs/configuration.md": renderConfigurationDocs,
  "docs/commands.md": renderCommandDocs,
  "src/archive/renderer.ts": renderRendererName,
};

/** For those who work on Cordon: writes the generated files, or tells which are out of date. */
export function addDocs(program: Command): void {
  program
    .command("docs", { hidden: true })
    .description("write the generated pages of docs/, and the name of what makes the pages of archives")
    .option("--check", "write nothing; fail where a page is out of date")
    .action((options: { check?: true }) => {
      for (const [path, render] of Object.entries(pages)) {
        const url = new URL(`../../${path}`, import.meta.url);
        if (options.check !== true) writeFileSync(url, render());
        else if (readFileSync(url, "utf8") !== render()) {
          process.stderr.write(`${path} is out of date. Write it anew: npm run docs\n`);
          process.exitCode = exitCodes.unwell;
        }
      }
    });
}
