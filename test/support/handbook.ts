import type { Verdict } from "./answer.ts";
import { type Actor, actors, outsiders, type Stage } from "./cast.ts";
import type { Place } from "./walk.ts";

/**
 * The handbook, written out by hand: what comes of every command, whoever types it, whenever and wherever.
 *
 * Each line begins with what is typed: a command, which is typed as its example shows, or a whole line; ✅ and
 * ❌ are reactions to a volunteer's offer. (As its example shows, `invite` also asks somebody to take a role.)
 * The task that is spoken of is that of the ops.
 * Then where: r in the incident's room, d in a direct chat, l in a lobby. Then, for every person, in which
 * stages it is done: t triage, a active, m mitigated, o over, c cancelled, x being archived, z archived.
 * `-` is never. `=` is never, and the state has nothing to do with it.
 */
const ofInsiders = `
                     |     commander acting deputy scribe comms ops liaison porter usher responder clerk reporter observer asked invited entered overseer
new                  | dl  all       all    all    all    all   all all     all    all   all       =     all      all      all   all     all     all
report               | dl  all       all    all    all    all   all all     all    all   all       =     all      all      all   all     all     all
declare              | rd  t         t      t      t      t     t   t       t      t     t         -     t        t        t     t       t       t
cancel               | rd  ta        ta     -      -      -     -   -       -      -     -         -     t        -        -     -       -       -
status               | rd  all       all    all    all    all   all all     all    all   all       all   all      all      all   all     all     all
roles                | rd  all       all    all    all    all   all all     all    all   all       all   all      all      all   all     all     all
who                  | rd  all       all    all    all    all   all all     all    all   all       all   all      all      all   all     all     all
tasks                | rd  all       all    all    all    all   all all     all    all   all       all   all      all      all   all     all     all
timeline 20          | rd  all       all    all    all    all   all all     all    all   all       all   all      all      all   all     all     all
catchup since 1h ago | rd  all       all    all    all    all   all all     all    all   all       all   all      all      all   all     all     all
list                 | d   all       all    all    all    all   all all     all    all   all       all   all      all      all   all     all     all
help                 | rdl all       all    all    all    all   all all     all    all   all       all   all      all      all   all     all     all
role                 | rd  tam       tam    tam    -      -     -   -       -      tam   -         -     -        -        -     -       -       -
accept               | rd  -         tam    -      -      -     -   -       -      -     -         -     -        -        tam   -       -       -
decline              | rd  -         -      -      -      -     -   -       -      -     -         -     -        -        tam   -       -       -
volunteer            | rd  tam       tam    tam    -      tam   am  tam     tam    tam   tam       tam   tam      tam      tam   tam     tam     tam
✅                   | r   tam       tam    tam    -      -     -   -       -      tam   -         -     -        -        -     -       -        -
❌                   | r   tam       tam    tam    -      -     -   -       -      tam   -         -     -        -        -     -       -        -
handover             | rd  tam       tam    -      -      -     -   -       -      -     -         -     -        -        -     -       -       -
takeover             | rd  -         -      tam    tam    tam   tam tam     tam    tam   tam       -     -        -        -     tam     tam     tam
release              | rd  -         -      -      tam    -     -   -       -      -     -         -     -        -        -     -       -       -
invite @erin         | rd  tam       tam    tam    -      -     -   -       tam    -     -         -     -        -        -     -       -       -
invite               | rd  tam       tam    tam    -      -     -   -       -      -     -         -     -        -        -     -       -       -
remove               | rd  tamoc     tamoc  tamoc  -      -     -   -       -      -     -         -     -        -        -     -       -       -
enter                | d   =         =      =      =      =     =   =       =      =     =         =     =        =        =     =       =       =
sev                  | rd  tam       tam    tam    -      -     -   -       -      -     -         -     -        -        -     -       -       -
title                | rd  tam       tam    tam    -      -     -   -       -      -     -         -     -        -        -     -       -       -
impact no cards      | rd  tam       tam    tam    -      -     -   -       -      -     -         -     -        -        -     -       -       -
update               | rd  tam       tam    tam    -      -     -   -       -      -     -         -     -        -        -     -       -       -
mitigated            | rd  a         a      a      -      -     -   -       -      -     -         -     -        -        -     -       -       -
relapse              | rd  m         m      m      -      -     -   -       -      -     -         -     -        -        -     -       -       -
over anyway done     | rd  am        am     -      -      -     -   -       -      -     -         -     -        -        -     -       am      -
reopen               | rd  o         o      o      -      -     -   -       -      -     -         -     -        -        -     -       -       -
archive              | rd  oc        oc     -      -      -     -   -       -      -     -         -     -        -        -     -       -       -
note it began        | rd  tamoc     tamoc  tamoc  tam    tam   tam tam     tam    tam   tam       tam   tam      -        -     tam     tam     -
note 10m ago it      | rd  tamoc     tamoc  tamoc  tam    -     -   -       -      -     -         -     -        -        -     -       -       -
decision             | rd  tamoc     tamoc  tamoc  tam    tam   tam tam     tam    tam   tam       tam   tam      -        -     tam     tam     -
fact                 | rd  tamoc     tamoc  tamoc  tam    tam   tam tam     tam    tam   tam       tam   tam      -        -     tam     tam     -
ruledout             | rd  tamoc     tamoc  tamoc  tam    tam   tam tam     tam    tam   tam       tam   tam      -        -     tam     tam     -
correct 3 it is      | rd  tamoc     tamoc  tamoc  tamoc  -     -   -       -      -     -         -     -        -        -     -       -       -
redact               | rd  tamocz    tamocz z      tamocz -     -   -       -      -     -         -     -        -        -     -       z       z
task                 | rd  tam       tam    tam    tam    tam   tam tam     tam    tam   tam       tam   tam      -        -     tam     tam     -
done                 | rd  tam       tam    tam    tam    tam   tam tam     tam    tam   tam       tam   tam      -        -     tam     tam     -
give                 | rd  tam       tam    tam    -      -     tam -       -      tam   -         -     -        -        -     -       -       -
drop                 | rd  tam       tam    tam    -      -     tam -       -      tam   -         -     -        -        -     -       -       -
`;

/** The same for those who are not in the incident. What is not named here they never do. */
const ofOutsiders = `
                     |     warden removed never stranger
new                  | dl  all    all     all   =
report               | dl  all    all     all   =
list                 | d   all    all     all   all
help                 | rdl all    all     all   all
status               | rd  all    -       -     -
roles                | rd  all    -       -     -
who                  | rd  -      -       -     -
tasks                | rd  -      -       -     -
timeline 20          | rd  -      -       -     -
catchup since 1h ago | rd  -      -       -     -
enter                | d   tamoc  -       -     -
redact               | rd  z      -       -     -
`;

/** What only shows something, and what is about no one incident. */
const looks = ["status", "roles", "who", "tasks", "timeline", "catchup", "list", "help"];
const aboutNone = ["new", "report", "list", "help"];
const letters: Readonly<Record<Stage, string>> = {
  triage: "t",
  active: "a",
  mitigated: "m",
  over: "o",
  cancelled: "c",
  closing: "x",
  archived: "z",
};

/** A line of the handbook. */
export interface Row {
  /** What is typed: a command, a whole line, or the emoji of a reaction. */
  readonly typed: string;
  readonly command: string;
  readonly places: string;
  readonly cells: ReadonlyMap<string, string>;
}

/** Who does it, when and where. */
export interface Cell {
  readonly actor: Actor;
  readonly stage: Stage;
  readonly place: Place;
}

/** Every line, with everybody in it. Errors: where a line is not filled in. */
export function readHandbook(): readonly Row[] {
  const inside = linesOf(ofInsiders);
  const outside = linesOf(ofOutsiders);
  const alone = outside.find(({ typed }) => inside.every((row) => row.typed !== typed));
  if (alone !== undefined) throw new Error(`${alone.typed} says nothing of insiders`);
  return inside.map((row) => {
    const others = outside.find(({ typed }) => typed === row.typed)?.cells ?? [];
    return { ...row, cells: new Map([...row.cells, ...others]) };
  });
}

function linesOf(table: string): readonly Row[] {
  const [head = "", ...lines] = table.trim().split("\n");
  const names = head.replace("|", "").trim().split(/\s+/);
  return lines.map((line): Row => {
    const [typed = "", rest = ""] = line.split("|").map((part) => part.trim());
    const [where = "", ...cells] = rest.split(/\s+/);
    if (cells.length !== names.length) throw new Error(`${typed} is not said of everybody`);
    const [command = ""] = typed.split(" ");
    return { typed, command, places: where, cells: new Map(names.map((name, i) => [name, cells[i] ?? ""])) };
  });
}

/** What the handbook says to it. */
export function dueIn(row: Row, { actor, stage, place }: Cell): Verdict {
  if (actor === "bot") return "silence";
  if (place === "other" && row.places.includes("r") && isAboutOne(row)) return "other incident";
  if (!row.places.includes(sortOf(place))) return "elsewhere";
  const isLook = looks.includes(row.command);
  // Whoever is in the room can read the card there.
  if (isLook && place === "room") return "shown";
  if (isDone(row, actor, stage)) return isLook ? "shown" : "done";
  const refusal = refusalIn(row, actor, stage);
  // A reaction of somebody whom nobody asked is just a reaction, at any stage.
  const wasAsked = (row.cells.get(actor) ?? "-") !== "-";
  return isReaction(row) && !(wasAsked && refusal === "state") ? "silence" : refusal;
}

function refusalIn(row: Row, actor: Actor, stage: Stage): Verdict {
  const cell = row.cells.get(actor) ?? "-";
  if (cell === "=") return "role";
  if (actor === "warden" && row.command !== "enter") return "enter first";
  if (cell === "-" && isOutsider(actor)) return "unseen";
  // What nobody can do is for want of no role.
  return actors.some((other) => isDone(row, other, stage)) ? "role" : "state";
}

function isDone(row: Row, actor: Actor, stage: Stage): boolean {
  const cell = row.cells.get(actor) ?? "-";
  return cell === "all" || cell.includes(letters[stage]);
}

/** Whether it is answered as if there were no such incident, wherever the incident has to be named. */
export function isUnseen({ actor, place }: Cell): boolean {
  return isOutsider(actor) && actor !== "warden" && place !== "room";
}

function isOutsider(actor: Actor): boolean {
  return outsiders.some((each) => each === actor);
}

export function isReaction({ typed }: Row): boolean {
  return typed === "✅" || typed === "❌";
}

/** Whether it is about one incident, which is named where it is not typed in its room. */
export function isAboutOne({ command }: Row): boolean {
  return !aboutNone.includes(command);
}

function sortOf(place: Place): string {
  return place === "direct" ? "d" : place === "lobby" ? "l" : "r";
}
