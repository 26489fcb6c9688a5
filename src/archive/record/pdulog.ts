import { closeSync, openSync, readSync } from "node:fs";
import { join } from "node:path";
import { canonicalJson, type Member, objectOf } from "../../proof/canonical.ts";
import { isJson, type Json } from "../../proof/redaction.ts";
import { bunchesOfFile, parsed } from "../files/lines.ts";
import { Output } from "../files/output.ts";

/** An event of the record: its id, and the event as it was hashed and signed. */
export interface Recorded {
  readonly id: `$${string}`;
  readonly pdu: Json;
}

/** When an event says it was sent, in milliseconds since the epoch. */
export function eventTime(pdu: Json): number {
  return typeof pdu.origin_server_ts === "number" ? pdu.origin_server_ts : 0;
}

/** The line of a file of events that an event is written as. */
export function recordedLine(id: string, members: readonly Member[]): string {
  return `{"event_id":${canonicalJson(id)},"pdu":${objectOf(members)}}`;
}

/** A line of a file of events as a value, `undefined` where it is none. */
export function readRecorded(line: string): Recorded | undefined {
  const value: unknown = parsed(line);
  if (!isJson(value) || !isJson(value.pdu) || !isEventId(value.event_id)) return undefined;
  return { id: value.event_id, pdu: value.pdu };
}

/**
 * The events of the record where they lie on the disk, oldest first, so that any can be read again. Of an event only
 * its place stays in memory: sixteen bytes and what `EventGraph` keeps of its id.
 */
export class PduLog {
  readonly #files: { readonly path: string; readonly first: number; opened?: number }[] = [];
  readonly #offsets: number[] = [];
  readonly #lengths: number[] = [];
  #offset = 0;

  get count(): number {
    return this.#offsets.length;
  }

  /** The events that are noted from now on lie in this file. */
  begin(path: string): void {
    this.#files.push({ path, first: this.count });
    this.#offset = 0;
  }

  /** Takes note of the file's next line, which has so many bytes, and gives where it begins. */
  note(bytes: number): number {
    const offset = this.#offset;
    this.#offsets.push(offset);
    this.#lengths.push(bytes);
    this.#offset += bytes + 1;
    return offset;
  }

  /** The event at a place, counted from 0. It was written or read a moment ago: no disk has to be waited for. */
  at(place: number): Recorded {
    const offset = this.#offsets[place];
    const length = this.#lengths[place];
    const file = this.#files.findLast(({ first }) => first <= place);
    if (offset === undefined || length === undefined || file === undefined) {
      throw new RangeError(`there is no event ${place}`);
    }
    file.opened ??= openSync(file.path, "r");
    const line = Buffer.allocUnsafe(length);
    readSync(file.opened, line, 0, length, offset);
    return recorded(line.toString("utf8"));
  }

  /** All events, oldest first, in bunches as they are read. */
  async *all(): AsyncGenerator<Iterable<Recorded>> {
    for (const { path } of this.#files) {
      for await (const lines of bunchesOfFile(path)) yield lines.values().map(recorded);
    }
  }

  close(): void {
    for (const file of this.#files) {
      if (file.opened !== undefined) closeSync(file.opened);
      delete file.opened;
    }
  }
}

const eventsPerFile = 10_000;

/** The name of a file of events inside the archive, counted from 1. */
function pduFileName(number: number): string {
  return `pdu-${String(number).padStart(4, "0")}.ndjson`;
}

/** Writes the events of a record into files. */
export class PduWriter {
  readonly log = new PduLog();
  readonly #folder: string;
  #current: Output | undefined;

  constructor(folder: string) {
    this.#folder = folder;
  }

  /** Adds the next event as its line, without the line's end. */
  async append(line: string): Promise<void> {
    if (this.log.count % eventsPerFile === 0) await this.#nextFile();
    this.log.note(Buffer.byteLength(line));
    await this.#current?.write(`${line}\n`);
  }

  /** No event is added any more; from now on they can be read. A record without events has one file too. */
  async finish(): Promise<void> {
    if (this.log.count === 0) await this.#nextFile();
    await this.close();
  }

  async close(): Promise<void> {
    await this.#current?.close();
    this.#current = undefined;
  }

  async #nextFile(): Promise<void> {
    await this.#current?.close();
    const path = join(this.#folder, pduFileName(Math.floor(this.log.count / eventsPerFile) + 1));
    this.log.begin(path);
    this.#current = await Output.create(path);
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
