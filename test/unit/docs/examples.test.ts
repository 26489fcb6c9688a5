import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, test } from "node:test";
import { parseDocument } from "yaml";
import type { Where } from "../../../src/chat/command.ts";
import { commandsCalled, isForUs, isMistake, type Parsed, parseCommand } from "../../../src/chat/parse.ts";
import type { Config } from "../../../src/config/config.ts";
import { view } from "../../support/incident.ts";
import { reading } from "../chat/reading.ts";
import { load, smallest } from "../config/written.ts";
import { Page } from "./page.ts";

/*
 * The examples of the pages that are written by hand, by what stands behind their fence:
 *
 * text room, text direct       what is typed and said there. A line begins with who says it; indented lines go
 *                              on with it. What people type is understood there. What Cordon says stands so, as
 *                              a client shows it, on the golden pages of its words.
 * text administrators          the same where the administrators read, who type nothing
 * text refused                 what Cordon says of broken configurations, those of the tests
 * yaml cordon.yaml             loads, without a warning, below the section `homeserver`
 * yaml cordon.yaml defaults    and says nothing but what holds without it
 * yaml homeserver.yaml         is YAML
 */

const pages = [new Page("responders.md"), new Page("roles.md")];
const tests = join(import.meta.dirname, "..");
const prefixes = ["!inc"];

/** Everything Cordon says, as a client shows it: without links and the marks of emphasis, pills and what can be typed. */
const golden = filesIn(join(tests, "words"), ".golden.txt")
  .join("\n")
  .replaceAll(/ → https:\S+/g, "")
  .replaceAll(/`([^`\n]*)`|\*([^*\n]+)\*|\[([^\]\n]+)\]/g, (_, code, strong, pill) => code ?? strong ?? pill);

/** Every line about the broken configurations, which have names of their own there. */
const refusals = filesIn(join(tests, "config/fixtures/broken"), ".txt")
  .flatMap((text) => text.split("\n"))
  .map((line) => line.replace(/^[\w-]+\.yaml/, "cordon.yaml"));

function filesIn(folder: string, ending: string): readonly string[] {
  const names = readdirSync(folder).filter((name) => name.endsWith(ending));
  return names.map((name) => readFileSync(join(folder, name), "utf8"));
}

/** What one says before somebody else does. */
interface Turn {
  readonly who: string;
  readonly lines: string[];
}

function turnsOf(transcript: string): readonly Turn[] {
  const turns: Turn[] = [];
  for (const line of transcript.split("\n")) {
    const [, who = "", said = ""] = /^(\w*) +(.+)$/.exec(line) ?? assert.fail(`nobody says: ${line}`);
    if (who !== "") turns.push({ who, lines: [] });
    turns.at(-1)?.lines.push(said);
  }
  return turns;
}

function understood(line: string, where: Where, roles: readonly string[]): Parsed {
  assert.ok(isForUs({ line, pills: [] }, prefixes), `is no command: ${line}`);
  const parsed = parseCommand({ line, pills: [] }, prefixes, {
    ...reading,
    roles,
    inIncident: where === "room",
  });
  return isMistake(parsed) ? assert.fail(`is not understood (${parsed.mistake}): ${line}`) : parsed;
}

function assertPlayed(transcript: string, where: Where | undefined, roles: readonly string[]): void {
  for (const { who, lines } of turnsOf(transcript)) {
    const said = lines.join("\n");
    if (who === "Cordon") assert.ok(`\n${golden}\n`.includes(`\n${said}\n`), `is nowhere said: ${said}`);
    else if (where === undefined) assert.fail(`nothing is typed here: ${said}`);
    else assert.ok(understood(said, where, roles).command.where.includes(where), `not typed here: ${said}`);
  }
}

/** The durations that a page gives. */
function durationsIn({ roles, archive }: Config) {
  const { definitions: _, ...durations } = roles;
  return { ...durations, graceMs: archive.graceMs };
}

/** Checks an example. What is typed may name the roles of the page's own configurations. */
async function assertHolds(kind: string, text: string, roles: readonly string[]): Promise<void> {
  switch (kind) {
    case "text room":
      return assertPlayed(text, "room", roles);
    case "text direct":
      return assertPlayed(text, "direct", roles);
    case "text administrators":
      return assertPlayed(text, undefined, roles);
    case "text refused":
      for (const line of text.split("\n")) assert.ok(refusals.includes(line), `is no refusal: ${line}`);
      return;
    case "yaml cordon.yaml":
      return assert.deepEqual((await load(smallest + text)).warnings, []);
    case "yaml cordon.yaml defaults":
      return assert.deepEqual(durationsIn(await load(smallest + text)), durationsIn(await load(smallest)));
    case "yaml homeserver.yaml":
      return assert.deepEqual(parseDocument(text).errors, []);
    default:
      assert.fail(`nobody checks examples of the kind "${kind}"`);
  }
}

async function rolesOn({ examples }: Page): Promise<readonly string[]> {
  const written = examples.filter(({ kind }) => kind === "yaml cordon.yaml");
  const configs = await Promise.all(written.map(({ text }) => load(smallest + text)));
  return [...view.roles, ...configs.flatMap(({ roles }) => [...roles.definitions.keys()])];
}

for (const page of pages) {
  describe(`docs/${page.name}`, async () => {
    const roles = await rolesOn(page);
    for (const { kind, text } of page.examples) {
      test(`${kind}: ${text.split("\n", 1)}`, () => assertHolds(kind, text, roles));
    }

    test("quotes what is said", () => {
      const prose = page.text.replaceAll(/^```[\s\S]*?\n```$/gm, "").replaceAll(/\s+/g, " ");
      for (const [, quoted = ""] of prose.matchAll(/"([^"]+)"/g)) {
        assert.ok(golden.includes(quoted), `is nowhere said: ${quoted}`);
      }
    });

    test("names commands that there are", () => {
      const named = [...page.text.matchAll(/`!inc ([^`]+)`/g)].map(([, typed = ""]) => typed);
      assert.ok(named.length > 0);
      for (const typed of named) {
        if (typed.includes(" ")) understood(`!inc ${typed}`, "room", roles);
        else assert.notDeepEqual(commandsCalled(typed), [], `no command ${typed}`);
      }
    });
  });
}
