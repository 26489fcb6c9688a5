import { join } from "node:path";
import type { IncidentId } from "../incident/ids.ts";
import { type JsonObject, text } from "../matrix/event.ts";
import { runCordon } from "./cordon.ts";
import { StoryBroken } from "./play.ts";
import type { Telling } from "./telling.ts";

/** What is left of the incident, and what `cordon verify` said of it. */
interface Result {
  /** The archive's folder; its zip lies beside it. */
  readonly archive: string;
  readonly report: string;
  readonly events: number;
  readonly verify: JsonObject;
}

/** Takes the archive out as an operator does, into the folder `to`, and verifies folder and zip there. */
export async function takeOut(
  incident: IncidentId,
  config: string,
  to: string,
  telling: Telling,
): Promise<Result> {
  telling.scene("The archive is taken out, and verified without the homeserver");
  telling.does("Operator", `cordon export ${incident}`);
  const exported = await runCordon("export", [incident, "--config", config, "--to", to]);
  const folder = text(exported, "folder");
  const zip = text(exported, "zip");
  if (folder === undefined || zip === undefined) throw new StoryBroken("cordon export named no files");
  telling.does("Operator", "cordon verify, once for the folder and once for the zip");
  const [verify, zipped] = await Promise.all([folder, zip].map((path) => runCordon("verify", [path])));
  if (verify?.ok !== true || zipped?.ok !== true) throw new StoryBroken("The archive does not verify");
  if (verify.digest !== zipped.digest || verify.digest !== exported.digest) {
    throw new StoryBroken("Folder, zip and room do not name the same digest");
  }
  const events = Number(verify.events);
  telling.holds(`${events} events, ${text(verify, "verdict")}; SHA-256 ${text(verify, "digest")}`);
  return { archive: folder, report: join(folder, "data", "report.html"), events, verify };
}
