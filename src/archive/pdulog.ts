import { type FileHandle, open } from "node:fs/promises";
import { join } from "node:path";
import { canonicalJson, type Written } from "../proof/canonical.ts";
import { isJson, type Json } from "../proof/redaction.ts";
import { linesOfFile, parsed } from "./lines.ts";
import { Output } from "./output.ts";

/** An event of the record: its id, and the event as it was hashed and signed. */
export interface Recorded {
  readonly id: `$${string}`;
  readonly pdu: Json;
}

/** When an event says it was sent, in milliseconds since the epoch. */
export function eventTime(pdu: Json): number {
  return typeof pdu.origin_server_ts === "number" ? pdu.origin_server_ts : 0;
}

const eventsPerFile = 10_000;

/** The name of a file of events inside the archive, counted from 1. */
function pduFileName(number: number): string {
  return `pdu-${String(number).padStart(4, "0")}.ndjson`;
}

/** The event of a line that is canonical JSON, as `readRecorded` gave it, with the text that it has there. */
export function asWritten(recorded: Recorded, line: string): Recorded & { readonly written: Written } {
  const before = `{"event_id":"${recorded.id}","pdu":`;
  return { ...recorded, written: new Map([[recorded.pdu, line.slice(before.length, -1)]]) };
}

/** A line of a file of events as a value, `undefined` where it is none. */
export function readRecorded(line: string): Recorded | undefined {
  const value: unknown = parsed(line);
  if (!isJson(value) || !isJson(value.pdu) || !isEventId(value.event_id)) return undefined;
  return { id: value.event_id, pdu: value.pdu };
}

/**
 * The events of the record on the disk, oldest first, with the place of each, so that any can be read again.
 * Of an event only its place stays in memory: twelve bytes and what `EventGraph` keeps of its id.
 */
export class PduLog {
  readonly #folder: string;
  #current: Output | undefined;
  readonly #offsets: number[] = [];
  readonly #lengths: number[] = [];
  /** By the file's number; its opening, since two may ask for the same file at once. */
  readonly #open = new Map<number, Promise<FileHandle>>();

  constructor(folder: string) {
    this.#folder = folder;
  }

  get count(): number {
    return this.#offsets.length;
  }

  /** Adds the next event and gives its place, counted from 0. */
  async append(event: Recorded & { readonly written?: Written }): Promise<number> {
    const place = this.count;
    if (place % eventsPerFile === 0) await this.#nextFile();
    const line = `${canonicalJson({ event_id: event.id, pdu: event.pdu }, event.written)}\n`;
    this.#offsets.push(this.#current?.bytes ?? 0);
    this.#lengths.push(Buffer.byteLength(line));
    await this.#current?.write(line);
    return place;
  }

  /** No event is added any more; from now on they can be read. */
  async finish(): Promise<void> {
    if (this.count === 0) await this.#nextFile();
    await this.#current?.close();
    this.#current = undefined;
  }

  /** The event at a place. */
  async at(place: number): Promise<Recorded> {
    const offset = this.#offsets[place];
    const length = this.#lengths[place];
    if (offset === undefined || length === undefined) throw new RangeError(`there is no event ${place}`);
    const file = await this.#file(Math.floor(place / eventsPerFile) + 1);
    const { buffer } = await file.read(Buffer.alloc(length), 0, length, offset);
    return recorded(buffer.toString("utf8"));
  }

  /** All events, oldest first. */
  async *all(): AsyncGenerator<Recorded> {
    for (let file = 1; file <= Math.ceil(this.count / eventsPerFile); file += 1) {
      for await (const line of linesOfFile(join(this.#folder, pduFileName(file)))) yield recorded(line);
    }
  }

  async close(): Promise<void> {
    await this.#current?.close();
    this.#current = undefined;
    for (const file of this.#open.values()) await (await file).close();
    this.#open.clear();
  }

  async #nextFile(): Promise<void> {
    await this.#current?.close();
    const number = Math.floor(this.count / eventsPerFile) + 1;
    this.#current = await Output.create(join(this.#folder, pduFileName(number)));
  }

  #file(number: number): Promise<FileHandle> {
    const known = this.#open.get(number);
    if (known !== undefined) return known;
    const file = open(join(this.#folder, pduFileName(number)), "r");
    this.#open.set(number, file);
    return file;
  }
}

function recorded(line: string): Recorded {
  const event = readRecorded(line);
  if (event === undefined) throw new Error("a file of events was changed while the archive was made");
  return event;
}

function isEventId(value: unknown): value is `$${string}` {
  return typeof value === "string" && value.startsWith("$");
}
