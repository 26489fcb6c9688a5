import { catchUp } from "../../incident/catchup.ts";
import type { Entry } from "../../incident/entry.ts";
import type { TimelineItem } from "../../incident/incident.ts";
import type { Chronicle } from "../chronicle.ts";
import { visible } from "../visible.ts";
import { moment } from "./clock.ts";
import type { PlaceInTranscript } from "./transcript.ts";
import { actorName, describe, type NameOf, nameOfActor } from "./words.ts";

/** What the draft of a post-mortem is made of. */
export interface PostmortemPlan {
  /** Without the words of messages that were removed. */
  readonly chronicle: Chronicle;
  readonly nameOf: NameOf;
  readonly placeInTranscript: PlaceInTranscript;
}

/** Something that happened, and what shows that it did. */
interface Line {
  readonly at: number;
  readonly words: string;
  readonly event: string | undefined;
  readonly seq: number;
}

const endings = ["over", "cancelled"];
const courses = [
  "reported",
  "declared",
  "activated",
  "severity-changed",
  "mitigated",
  "relapsed",
  "reopened",
];
const taskEnds = ["task-added", "task-given", "task-done", "task-dropped"];

/**
 * The draft of a post-mortem, in Markdown. It says nothing that no event and no entry of the journal shows:
 * every line links to its evidence, and a part without any is not there.
 */
export function postmortem(plan: PostmortemPlan): string {
  const { chronicle } = plan;
  const { incident } = chronicle;
  const { known, ruledOut, decided } = catchUp(incident);
  const parts: readonly (readonly [title: string, lines: readonly Line[]])[] = [
    ["How it ended", entries(plan, endings)],
    ["Impact", entries(plan, ["impact-stated"])],
    ["Course", entries(plan, [...courses, ...endings])],
    ["Who led", entries(plan, ["role-accepted", "role-taken-over", "role-vacant"])],
    ["What was known", items(known, plan)],
    ["What was ruled out", items(ruledOut, plan)],
    ["What was decided", items(decided, plan)],
    ["Tasks", entries(plan, taskEnds)],
    ["Timeline", entries(plan)],
  ];
  const written = parts
    .filter(([, lines]) => lines.length > 0)
    .map(([title, lines]) => `\n## ${title}\n\n${lines.map((line) => showLine(line, plan)).join("")}`);
  return `# ${markdown(incident.id)} ${markdown(incident.title)}\n${written.join("")}`;
}

/** The journal's entries of some types; without types those that somebody wanted to be remembered. */
function entries({ chronicle, nameOf }: PostmortemPlan, types?: readonly string[]): readonly Line[] {
  const isMeant = (entry: Entry) =>
    types === undefined ? describe(entry, nameOf).weight === "mark" : types.includes(entry.type);
  return chronicle.entries.filter(isMeant).map((entry) => {
    const { title, text } = describe(entry, nameOf);
    const words = [title, text].filter((part) => part !== undefined).join(": ");
    const by = `${words} (${actorName(entry, nameOf)})`;
    return { at: entry.eventAt, words: by, event: entry.cause, seq: entry.seq };
  });
}

function items(list: readonly TimelineItem[], { nameOf }: PostmortemPlan): readonly Line[] {
  return list.map(({ at, text, by, message, seq }) => ({
    at,
    words: `${text} (${nameOfActor(by, nameOf)})`,
    event: message,
    seq,
  }));
}

function showLine({ at, words, event, seq }: Line, { placeInTranscript: place }: PostmortemPlan): string {
  const shown = event === undefined ? undefined : place.ofEvent(event);
  const evidence = shown ?? place.ofEntry(seq) ?? `index.html#j${seq}`;
  return `- [${moment(at)}](${evidence}) ${markdown(words)}\n`;
}

/**
 * Characters that mean something to Markdown within a line, and what makes a program see an address. The
 * beginning of a line is always ours.
 */
const sign = /[\\`*_{}[\]<>#|~&!$@]|(?<=:)\/(?=\/)|(?<=www)\./gi;

/** Text as one line of Markdown that is nothing but text. */
function markdown(text: string): string {
  return visible(text.replaceAll(/\s+/g, " ").trim()).replaceAll(sign, "\\$&");
}
