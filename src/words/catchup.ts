import { catchUp } from "../incident/catchup.ts";
import type { Incident, TimelineItem } from "../incident/incident.ts";
import { gist } from "../text/excerpt.ts";
import { impactTimes } from "./card.ts";
import { code, line, type Rich, strong } from "./rich.ts";
import { taskLine } from "./tasks.ts";
import { clock } from "./time.ts";
import { recordLine } from "./timeline.ts";
import { crowd, severityName, type View } from "./view.ts";

/** What fits on two screens of a phone: of what is more, the newest is told. */
const mostLines = 25;

/**
 * What somebody needs to know who was not there, in lines: what is known, ruled out, decided, being done by
 * whom, and what is waited for. Never the title: it is told outside the incident's room.
 */
export function catchUpWords(incident: Incident, since: number | undefined, view: View): Rich {
  const { known, ruledOut, decided, doing, waiting } = catchUp(incident, since);
  const tell = (item: TimelineItem) => recordLine(item, incident, view);
  const tasks = (all: typeof doing) => all.map((task) => taskLine(task, incident, view));
  const head = [
    [strong(`${incident.id} · ${severityName(incident.severity)} · ${incident.state.toUpperCase()}`)],
    ...leading(incident, view),
    ...impact(incident, view),
    ...lastUpdate(incident, view),
  ];
  const parts = [
    part("Known", known.map(tell)),
    part("Ruled out", ruledOut.map(tell)),
    part("Decided", decided.map(tell)),
    part("Being done", tasks(doing)),
    part("Waiting for somebody", tasks(waiting)),
  ].filter(({ lines }) => lines.length > 0);
  const foot =
    parts.length === 0
      ? [[`Nothing is recorded ${since === undefined ? "yet" : `since ${clock(since, view.timeZone)}`}.`]]
      : [line`All of it, in the room: ${code(`${view.prefix} timeline`)}`];
  const room = mostLines - head.length - foot.length;
  return [...head, ...fitted(parts, room), ...foot];
}

interface Part {
  readonly title: string;
  readonly lines: Rich;
}

function part(title: string, lines: Rich): Part {
  return { title, lines };
}

/** As much of each part as fits: every part is heard, and of each the newest lines. */
function fitted(parts: readonly Part[], room: number): Rich {
  const kept = parts.map(({ lines }) => lines.length);
  const used = () => kept.reduce((sum, count) => sum + count, 0) + parts.length;
  while (used() > room && Math.max(...kept) > 1) {
    const longest = kept.indexOf(Math.max(...kept));
    kept[longest] = (kept[longest] ?? 1) - 1;
  }
  return parts.flatMap(({ title, lines }, i): Rich => {
    const shown = lines.slice(-(kept[i] ?? lines.length));
    const left = lines.length - shown.length;
    return [[strong(left === 0 ? title : `${title} (${left} earlier not shown)`)], ...shown];
  });
}

function leading(incident: Incident, view: View): Rich {
  const commander = incident.roles.commander?.map((holding) => holding.user) ?? [];
  return [line`${strong("Commander")} ${commander.length === 0 ? ["vacant"] : crowd(commander, view)}`];
}

function lastUpdate({ lastUpdate: update }: Incident, view: View): Rich {
  if (update === undefined) return [];
  return [line`${strong("Last update")} ${clock(update.at, view.timeZone)}: ${gist(update.text)}`];
}

function impact({ impact: suffered }: Incident, view: View): Rich {
  if (suffered === undefined) return [];
  return [line`${strong("Impact")} ${gist(suffered.text)}${impactTimes(suffered, view)}`];
}
