import { readFileSync } from "node:fs";
import { text } from "../matrix/event.ts";

const manifest: unknown = JSON.parse(readFileSync(new URL("../../package.json", import.meta.url), "utf8"));

/** What made an archive, as it is written into it. */
export const toolName = "cordon";
export const toolVersion = text(manifest, "version") ?? "0.0.0";
