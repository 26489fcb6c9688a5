import { type IncidentId, parseIncidentId } from "../incident/ids.ts";
import { nearest } from "../text/nearest.ts";
import type { Act, Command } from "./command.ts";
import { commands } from "./commands.ts";
import { isMisread, type Misread, type Parameter, type Reading } from "./parameter.ts";
import { afterPrefix, type Typed } from "./typed.ts";
import { Words } from "./words.ts";

/** A command as it was understood. */
export interface Parsed {
  readonly command: Command;
  /** The incident that was named, where one was. */
  readonly incident?: IncidentId;
  readonly act: Act;
}

/** What was typed as a command and is none, or not a whole one. */
export type Mistake =
  | { readonly mistake: "unknown-command"; readonly typed: string; readonly meant?: string }
  | { readonly mistake: "misread"; readonly command: Command; readonly misread: Misread }
  | { readonly mistake: "too-much"; readonly command: Command; readonly typed: string };

export function isMistake(outcome: Parsed | Mistake): outcome is Mistake {
  return "mistake" in outcome;
}

/** Whether a message is meant for the bot at all. */
export function isForUs(typed: Typed, prefixes: readonly string[]): boolean {
  return afterPrefix(typed.line, prefixes) !== undefined;
}

/**
 * Understands a line that begins with one of the prefixes. What is not understood exactly becomes a
 * mistake with what was probably meant, never an action.
 */
export function parseCommand(typed: Typed, prefixes: readonly string[], reading: Reading): Parsed | Mistake {
  const at = afterPrefix(typed.line, prefixes)?.at ?? 0;
  const words = new Words(typed.line.slice(at), typed.pills);
  const first = words.take()?.text.toLowerCase() ?? "help";
  const meant = commandsCalled(first);
  const incident = meant.length === 0 ? undefined : takeIncident(words);
  const atHand = incident !== undefined || reading.inIncident;
  const command = meant.find((each) => each.aboutIncident === atHand) ?? meant[0];
  if (command === undefined) return unknown(first);
  const values = readParameters(command, words, reading);
  if ("mistake" in values) return values;
  return { command, act: command.act(values.values), ...(incident === undefined ? {} : { incident }) };
}

/**
 * The commands of this name or alias. Where there are two, one is about an incident that is there and the
 * other is not: `declare` opens what was reported, and elsewhere it opens a new one.
 */
export function commandsCalled(name: string): readonly Command[] {
  const typed = name.toLowerCase();
  return commands.filter((command) => command.name === typed || command.aliases.includes(typed));
}

function unknown(typed: string): Mistake {
  const names = commands.flatMap((command) => [command.name, ...command.aliases]);
  const meant = nearest(typed, names);
  const [command] = meant === undefined ? [] : commandsCalled(meant);
  return { mistake: "unknown-command", typed, ...(command === undefined ? {} : { meant: command.name }) };
}

/** The incident may be named first in any command: `status INC-0042`. */
function takeIncident(words: Words): IncidentId | undefined {
  const incident = parseIncidentId(words.peek()?.text.replace(/[,:;]$/, "") ?? "");
  if (incident !== undefined) words.take();
  return incident;
}

function readParameters(
  command: Command,
  words: Words,
  reading: Reading,
): { readonly values: Readonly<Record<string, unknown>> } | Mistake {
  const values: Record<string, unknown> = {};
  for (const [name, parameter] of inReadingOrder(command)) {
    const value = parameter.read(words, reading);
    if (isMisread(value)) return { mistake: "misread", command, misread: value };
    if (value !== undefined) values[name] = value;
  }
  const surplus = words.rest();
  return surplus === "" ? { values } : { mistake: "too-much", command, typed: surplus };
}

/** What stands at the end is taken first, from the back, so that free text can be all that is left. */
function inReadingOrder(command: Command): readonly (readonly [string, Parameter<unknown>])[] {
  const parameters = Object.entries(command.parameters);
  const atEnd = parameters.filter(([, parameter]) => parameter.fromEnd === true).reverse();
  const others = parameters.filter(([, parameter]) => parameter.fromEnd !== true);
  return [...atEnd, ...others];
}
