import { type Command, inside, wanting } from "../command.ts";
import { momentAtEnd, nextAtEnd } from "../parameters/moment.ts";
import { severity } from "../parameters/severity.ts";
import { keyword, text, title } from "../parameters/text.ts";

/** The commands that say how an incident stands, and take it from one state to the next. */
export const driveCommands: readonly Command[] = [
  wanting(
    "change-severity",
    {
      name: "sev",
      aliases: ["severity"],
      group: "drive",
      where: inside,
      summary: "changes the severity, with the reason",
      example: "sev 1 the whole region is affected",
    },
    { to: severity(), reason: text("reason") },
    (given) => ({ type: "change-severity", ...given }),
  ),
  wanting(
    "change-title",
    {
      name: "title",
      aliases: ["rename"],
      group: "drive",
      where: inside,
      summary: "changes the title",
      example: "title Card payments fail in all shops",
    },
    { title: title("title") },
    (given) => ({ type: "change-title", ...given }),
  ),
  wanting(
    "state-impact",
    {
      name: "impact",
      group: "drive",
      where: inside,
      summary: "says on the card who is affected, and how",
      example: "impact all card payments from 13:40",
    },
    { text: text("impact"), from: momentAtEnd("from", "since"), until: momentAtEnd("until") },
    (given) => ({ type: "state-impact", ...given }),
  ),
  wanting(
    "update",
    {
      name: "update",
      aliases: ["up"],
      group: "drive",
      where: inside,
      summary: "puts an update on the card and restarts the clock for the next one",
      example: "update rolled back release 214, watching next 45m",
    },
    { text: text("text"), nextMs: nextAtEnd() },
    (given) => ({ type: "update", ...given }),
  ),
  wanting(
    "mitigate",
    {
      name: "mitigated",
      aliases: ["mitigate"],
      group: "drive",
      where: inside,
      summary: "says that the harm has stopped, and how",
      example: "mitigated rolled back release 214",
    },
    { how: text("how") },
    (given) => ({ type: "mitigate", ...given }),
  ),
  wanting(
    "relapse",
    {
      name: "relapse",
      group: "drive",
      where: inside,
      summary: "says that it is back after it had been mitigated",
      example: "relapse the queue grows again",
    },
    { reason: text("reason") },
    (given) => ({ type: "relapse", ...given }),
  ),
  wanting(
    "close",
    {
      name: "over",
      aliases: ["close", "end"],
      group: "drive",
      where: inside,
      summary: "ends the incident; its room falls silent and is archived later",
      example: "over fixed by rolling back release 214",
    },
    { anyway: keyword("anyway"), summary: text("summary") },
    ({ anyway, summary }) => ({ type: "close", summary, ...(anyway ? { anyway: summary } : {}) }),
  ),
  wanting(
    "reopen",
    {
      name: "reopen",
      group: "drive",
      where: inside,
      summary: "goes on with an incident that was over, with the reason",
      example: "reopen the same payments fail again",
    },
    { reason: text("reason") },
    (given) => ({ type: "reopen", ...given }),
  ),
  wanting(
    "archive",
    {
      name: "archive",
      group: "drive",
      where: inside,
      summary: "archives at once what is over, without waiting for the grace period",
      example: "archive",
    },
    {},
    () => ({ type: "archive" }),
  ),
];
