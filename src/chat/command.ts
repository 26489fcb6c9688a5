import type { RecordKind } from "../incident/facts/record.ts";
import type { IncidentId } from "../incident/ids.ts";
import type { Intent, IntentType } from "../incident/intent.ts";
import type { Parameter } from "./parameter.ts";

/** Where a command can be typed. */
export type Where = "room" | "direct" | "lobby";

/** Where most is typed that is about an incident. */
export const inside = ["room", "direct"] as const satisfies readonly Where[];

/** What can be asked to be shown, which changes nothing. */
export type View = "status" | "roles" | "who" | "tasks" | "timeline" | "catchup" | "list" | "help";

/** What of it is asked for. */
export interface Asked {
  /** The name of a command, or `all`. */
  readonly topic?: string;
  readonly kind?: RecordKind;
  readonly most?: number;
  /** Milliseconds since the epoch. */
  readonly since?: number;
}

/** What a command comes to. */
export type Act =
  | { readonly act: "want"; readonly intent: Intent }
  | ({ readonly act: "show"; readonly view: View } & Asked);

/**
 * Who may use a command: whom the table of permissions lets want it, everyone in the incident, these and the
 * administrators outside it, or everyone.
 */
export type Users = { readonly want: IntentType } | "members" | "readers" | "everyone";

/** The groups of the help page, in its order. */
export const groups = ["declare", "look", "people", "drive", "record", "tasks"] as const;
export type Group = (typeof groups)[number];

type Parameters = Readonly<Record<string, Parameter<unknown>>>;
type ValueOf<P> = P extends Parameter<infer T> ? T : never;
type Optional<P extends Parameters> = {
  [K in keyof P]: undefined extends ValueOf<P[K]> ? K : never;
}[keyof P];
/** What was typed for each parameter; what was left out is not there. */
type Values<P extends Parameters> = {
  readonly [K in Exclude<keyof P, Optional<P>>]: ValueOf<P[K]>;
} & {
  readonly [K in Optional<P>]?: Exclude<ValueOf<P[K]>, undefined>;
};

/** A room command, as a value: parser, help, permission test and `docs/commands.md` are derived from it. */
export interface Command {
  readonly name: string;
  readonly aliases: readonly string[];
  readonly group: Group;
  readonly parameters: Parameters;
  readonly who: Users;
  readonly where: readonly Where[];
  /** Whether it is about one incident: the room's, or the one named. */
  readonly aboutIncident: boolean;
  /** What it does, in one line. */
  readonly summary: string;
  /** What one types, behind the prefix. */
  readonly example: string;
  readonly act: (values: Readonly<Record<string, unknown>>) => Act;
}

interface Description {
  readonly name: string;
  readonly aliases?: readonly string[];
  readonly group: Group;
  readonly where: readonly Where[];
  readonly summary: string;
  readonly example: string;
}

/** A command that wants something of an incident; who may is what the table of permissions says. */
export function wanting<P extends Parameters>(
  type: IntentType,
  description: Description,
  parameters: P,
  intent: (values: Values<P>) => Intent,
): Command {
  return {
    aliases: [],
    ...description,
    parameters,
    who: { want: type },
    aboutIncident: type !== "declare" && type !== "report",
    // The parser fills `values` from `parameters`, so they have the types those give.
    act: (values) => ({ act: "want", intent: intent(values as Values<P>) }),
  };
}

/** A command that shows something and changes nothing. */
export function showing<P extends Parameters>(
  view: View,
  who: Exclude<Users, object>,
  description: Description,
  parameters: P,
  asked: (values: Values<P>) => Asked = () => ({}),
): Command {
  return {
    aliases: [],
    ...description,
    parameters,
    who,
    aboutIncident: who !== "everyone",
    act: (values) => ({ act: "show", view, ...asked(values as Values<P>) }),
  };
}

/**
 * What is typed behind the prefix: `invite @person… [as <role>] [reason]`.
 *
 * @param incident named first, as it has to be outside its room
 */
export function usageOf(command: Command, incident?: IncidentId): string {
  const named = incident ?? (command.where.includes("room") ? undefined : "INC-…");
  const parameters = Object.values(command.parameters).map((parameter) => parameter.usage);
  return [command.name, ...(command.aboutIncident && named !== undefined ? [named] : []), ...parameters].join(
    " ",
  );
}
