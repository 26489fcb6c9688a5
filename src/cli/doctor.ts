import { styleText } from "node:util";
import type { Command } from "commander";
import { checkUp } from "../service/checkup/checkup.ts";
import type { Finding } from "../service/checkup/finding.ts";
import { exitCodes } from "./failure.ts";

const shown = {
  ok: { word: "ok  ", colour: "green" },
  warn: { word: "warn", colour: "yellow" },
  fail: { word: "FAIL", colour: "red" },
} as const;

export function addDoctor(program: Command): void {
  program
    .command("doctor")
    .description("look at everything an installation needs, and name the cure for what is wrong")
    .requiredOption("--config <file>", "the configuration, cordon.yaml")
    .option("--json", "print one JSON object")
    .addHelpText(
      "after",
      "\nExit codes: 0 where nothing fails (there may be warnings), 1 where something does.",
    )
    .action(doctor);
}

async function doctor({ config, json }: { config: string; json?: true }): Promise<void> {
  const checks: Finding[] = [];
  for await (const finding of checkUp(config)) {
    checks.push(finding);
    if (json !== true) process.stdout.write(asLines(finding));
  }
  const ok = checks.every(({ verdict }) => verdict !== "fail");
  if (json === true) process.stdout.write(`${JSON.stringify({ ok, checks })}\n`);
  if (!ok) process.exitCode = exitCodes.unwell;
}

/** The verdict as a word, in colour where somebody sees colours; what was found; and the cure under it. */
function asLines({ check, verdict, says, cure }: Finding): string {
  const { word, colour } = shown[verdict];
  const first = `${styleText(colour, word, { stream: process.stdout })}  ${check.padEnd(17)}  ${says}`;
  return [first, ...cure.map((line) => `      ${line}`)].map((line) => `${line}\n`).join("");
}
