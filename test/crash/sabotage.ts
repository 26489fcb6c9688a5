/** A line of the program, and what a test puts in its place. */
interface Change {
  readonly file: string;
  readonly from: string;
  readonly to: string;
}

/**
 * What each of the means is for, seen by what happens without it: a storm over a service that is broken in
 * one of these ways has to find that something was lost or done twice.
 */
export const sabotages: Readonly<Record<string, readonly Change[]>> = {
  /**
   * The homeserver is told that a transaction is kept before it is; and since what is lost by that would be found
   * in the rooms, nothing is looked for there.
   */
  "acknowledge-first": [
    {
      file: "/src/app.ts",
      from: "const rooms = await keep(db, arrivals, clock.now());",
      to: `const rooms = new Set();
    setTimeout(() => keep(db, arrivals, Date.now()).then((late) => {
      for (const room of late) leadership.ring(room);
    }), 300);`,
    },
    {
      file: "/src/service/gap-repair.ts",
      from: "await keep(db, arrivals, service.now());",
      to: "",
    },
  ],
  /** A message that is sent again has another name each time. */
  "random-names": [
    {
      file: "/src/service/outbox-sender.ts",
      from: "homeserver.sendMessage(room, type, key, {",
      to: 'homeserver.sendMessage(room, type, key + "/" + Math.random(), {',
    },
  ],
  /** An event that comes twice is two events. */
  "no-dedupe": [
    {
      file: "/src/journal/inbox.ts",
      from: "event_id: eventId ?? ",
      to: 'event_id: eventId !== undefined ? eventId + "#" + Math.random() : ',
    },
    {
      file: "/src/service/inbox-worker.ts",
      from: "const event = decodeEvent(JSON.parse(row.json));",
      to: `const json = JSON.parse(row.json);
  const handled = (globalThis.handledEvents ??= new Map());
  if ((handled.get(json.event_id) ?? row.seq) !== row.seq) json.event_id += "again" + row.seq;
  else handled.set(json.event_id, row.seq);
  const event = decodeEvent(json);`,
    },
  ],
  /** Whoever led goes on as if nobody else did. */
  "no-fence": [
    {
      file: "/src/store/postgres-fence.ts",
      from: "raise exception 'another Cordon leads'",
      to: "raise debug 'another Cordon leads'",
    },
    {
      file: "/src/store/postgres-term.ts",
      from: "if (!this.#isSure()) throw new TermOver();",
      to: "",
    },
    {
      file: "/src/store/postgres-term.ts",
      from: 'session.on("end", () => over.resolve());',
      to: "",
    },
    {
      file: "/src/store/postgres-term.ts",
      from: 'session.on("error", () => over.resolve());',
      to: 'session.on("error", () => {});',
    },
    {
      file: "/src/store/postgres-term.ts",
      from: "() => this.#lost.resolve(),",
      to: "() => {},",
    },
  ],
};
