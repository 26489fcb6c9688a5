import { type Reading, shown } from "./reading.ts";

/** Which types of files are meant: `video/mp4`, or `video/*` for all of a kind. In small letters. */
export type MediaTypePattern = `${string}/${string}`;

/** How types of files are written, for messages and for the documentation. */
export const mediaTypeForm =
  'write a type of files in quotes, such as "application/x-msdownload" or "video/*"';

// A name of a type or a subtype (RFC 6838, section 4.2).
const name = "[a-z0-9][a-z0-9!#$&^_.+-]{0,126}";
const kinds = ["application", "audio", "font", "image", "model", "text", "video"];
const form = new RegExp(`^${name}/(?:\\*|${name})$`);

/** A pattern of media types, or what is wrong with what stands in its place. */
export function readMediaType(written: unknown): Reading<MediaTypePattern> {
  if (typeof written !== "string") return { wrong: `is ${shown(written)}, not a type of files` };
  const lower = written.toLowerCase();
  if (isMediaType(lower)) return { value: lower };
  return {
    wrong: `is ${shown(written)}, which is no type of files`,
    meant: kinds.includes(lower) ? `"${lower}/*"` : undefined,
  };
}

/** Whether `type`, as a sender claims it and perhaps with parameters, is one of those that a pattern means. */
export function matchesMediaType(type: string, pattern: MediaTypePattern): boolean {
  const [essence = ""] = type.split(";");
  const given = essence.trim().toLowerCase();
  return pattern.endsWith("/*") ? given.startsWith(pattern.slice(0, -1)) : given === pattern;
}

function isMediaType(text: string): text is MediaTypePattern {
  return form.test(text);
}
