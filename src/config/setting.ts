import * as v from "valibot";
import { nearest } from "../text/nearest.ts";
import { httpUrlForm, listenForm, readHttpUrl, readListen } from "./address.ts";
import { botForm, readBot } from "./bot.ts";
import { databaseUrlForm, readDatabaseUrl } from "./database-url.ts";
import { durationForm, readDuration, writeDuration } from "./duration.ts";
import { eligibleForm, readEligible } from "./eligible.ts";
import { readLine } from "./line.ts";
import { mediaTypeForm, readMediaType } from "./media-type.ts";
import { readRoom, readServerName, readTimeZone, roomForm, serverNameForm, timeZoneForm } from "./names.ts";
import { patternForm, readPattern } from "./pattern.ts";
import { type Reading, sentence, shown } from "./reading.ts";
import { inSeveritiesForm, readInSeverities } from "./severity.ts";
import { readSize, sizeForm, writeSize } from "./size.ts";

/** What the documentation and the messages say about a setting. */
export interface Description {
  /** What the setting is, in one sentence or two. */
  readonly about?: string;
  /** What may be written, as an instruction: it is what a problem says next. */
  readonly allowed?: string;
  /** What holds without it, where that is not one written value. */
  readonly otherwise?: string;
}

/** A group of settings. */
export function section<const Entries extends v.ObjectEntries>(about: string, entries: Entries) {
  return v.pipe(v.object(entries), v.metadata({ about }));
}

/** A value that `read` understands; what it does not understand becomes a problem with `allowed` in it. */
export function setting<Value>(about: string, allowed: string, read: (written: unknown) => Reading<Value>) {
  return v.pipe(
    v.unknown(),
    v.rawTransform<unknown, Value>(({ dataset, addIssue, NEVER }) => {
      const reading: Reading<Value> =
        dataset.value === null ? { wrong: "has no value" } : read(dataset.value);
      if ("value" in reading) return reading.value;
      addIssue({ message: sentence(reading, allowed) });
      return NEVER;
    }),
    v.metadata({ about, allowed }),
  );
}

/** A list of values, each of which may be wrong in its own place. */
export function list<Item extends v.GenericSchema<unknown, unknown>>(about: string, item: Item) {
  const { allowed = "" } = describe(item);
  const wrong = (issue: v.BaseIssue<unknown>) =>
    sentence({ wrong: `is ${shown(issue.input)}, not a list` }, `${allowed}, one a line after -`);
  return v.pipe(v.array(item, wrong), v.metadata({ about, allowed: `a list; ${allowed}` }));
}

/** A setting that may be left out, with the words for what holds then. */
export function orElse<Schema extends v.GenericSchema<unknown, unknown>>(schema: Schema, otherwise: string) {
  return v.optional(v.pipe(schema, v.metadata({ otherwise })));
}

/** Everything that is said about a setting. */
export function describe(schema: v.GenericSchema<unknown, unknown>): Description {
  const said: Record<string, unknown> = v.getMetadata(schema);
  const words = (key: string) => (typeof said[key] === "string" ? { [key]: said[key] } : {});
  return { ...words("about"), ...words("allowed"), ...words("otherwise") };
}

export function flag(about: string) {
  return setting(about, "write true or false", (written) =>
    typeof written === "boolean"
      ? { value: written }
      : { wrong: `is ${shown(written)}, neither true nor false`, meant: meantFlag(written) },
  );
}

const alternatives = new Intl.ListFormat("en-GB", { type: "disjunction" });

/** One of a few words. Numbers count as the words they look like: `version: 12` is `version: "12"`. */
export function choice<const Word extends string>(about: string, words: readonly Word[]) {
  return setting(about, `write ${alternatives.format(words)}`, (written): Reading<Word> => {
    const text = typeof written === "number" ? String(written) : written;
    const value = words.find((word) => word === text);
    if (value !== undefined) return { value };
    const meant = typeof text === "string" ? nearest(text, words) : undefined;
    return { wrong: `is ${shown(written)}`, meant };
  });
}

/** A duration between two others; all in milliseconds. */
export function duration(about: string, leastMs: number, mostMs: number) {
  const allowed = `${durationForm}, from ${writeDuration(leastMs)} to ${writeDuration(mostMs)}`;
  return setting(about, allowed, (written) => within(readDuration(written), leastMs, mostMs, written));
}

/** As `duration`, or `none`. */
export function durationOrNone(about: string, leastMs: number, mostMs: number) {
  const allowed = `${durationForm}, from ${writeDuration(leastMs)} to ${writeDuration(mostMs)}, or none`;
  return setting(
    about,
    allowed,
    orNone((written) => within(readDuration(written), leastMs, mostMs, written)),
  );
}

/** A room, or `none`. */
export function roomOrNone(about: string) {
  return setting(about, `${roomForm}, or none`, orNone(readRoom));
}

/** A size between two others; all in bytes. */
export function size(about: string, leastBytes: number, mostBytes: number) {
  const allowed = `${sizeForm}, from ${writeSize(leastBytes)} to ${writeSize(mostBytes)}`;
  return setting(about, allowed, (written) => within(readSize(written), leastBytes, mostBytes, written));
}

/** A whole number between two others. */
export function whole(about: string, least: number, most: number, why: string) {
  return setting(
    about,
    `write a whole number from ${least} to ${most}${why}`,
    (written): Reading<number> =>
      typeof written === "number" && Number.isInteger(written)
        ? within({ value: written }, least, most, written)
        : { wrong: `is ${shown(written)}, not a whole number` },
  );
}

/** The name of `what`, where operators choose the keys of a group: `a role`. */
export function chosenName(what: string) {
  return v.pipe(
    v.string(),
    v.regex(
      /^[a-z][a-z0-9-]{0,31}$/,
      `is no name for ${what}; write 1 to 32 small letters, digits and dashes that begin with a letter`,
    ),
  );
}

export const file = (about: string) =>
  setting(about, "write a path, relative to the folder of this file or absolute", (written) =>
    readLine(written),
  );
export const fileOrNone = (about: string) =>
  setting(
    about,
    "write `none` or a path, relative to the folder of this file or absolute",
    orNone((written) => readLine(written)),
  );
export const bot = (about: string) => setting(about, botForm, readBot);
export const httpUrl = (about: string) => setting(about, httpUrlForm, readHttpUrl);
export const listen = (about: string) => setting(about, listenForm, readListen);
export const databaseUrl = (about: string) => setting(about, databaseUrlForm, readDatabaseUrl);
export const serverName = (about: string) => setting(about, serverNameForm, readServerName);
export const timeZone = (about: string) => setting(about, timeZoneForm, readTimeZone);
export const rooms = (about: string) => list(about, setting("", roomForm, readRoom));
export const patterns = (about: string) => list(about, setting("", patternForm, readPattern));
export const mediaTypes = (about: string) => list(about, setting("", mediaTypeForm, readMediaType));
export const inSeverities = (about: string) => setting(about, inSeveritiesForm, readInSeverities);
export const eligible = (about: string) => list(about, setting("", eligibleForm, readEligible));

/** The word `none`, which reads as `undefined`, beside what `read` understands. */
function orNone<Value>(read: (written: unknown) => Reading<Value>) {
  return (written: unknown): Reading<Value | undefined> =>
    written === "none" ? { value: undefined } : read(written);
}

function within(reading: Reading<number>, least: number, most: number, written: unknown): Reading<number> {
  if (!("value" in reading)) return reading;
  if (reading.value < least) return { wrong: `is ${shown(written)}, which is too little` };
  return reading.value > most ? { wrong: `is ${shown(written)}, which is too much` } : reading;
}

/** YAML 1.2 knows only `true` and `false`; many hands still write what YAML 1.1 knew. */
function meantFlag(written: unknown): string | undefined {
  const text = String(written).toLowerCase();
  if (["yes", "on", "1", "true"].includes(text)) return "true";
  return ["no", "off", "0", "false"].includes(text) ? "false" : undefined;
}
