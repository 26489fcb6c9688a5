import { Kysely } from "kysely";
import pg from "pg";
import { arrivalsChannel, beginTerm } from "./postgres-fence.ts";
import { Connections } from "./postgres-pool.ts";
import type { Schema } from "./schema.ts";
import { type Term, TermOver } from "./term.ts";

/** The advisory lock that whoever leads holds: "CORD" as a number. */
const leaderKey = 0x43_4f_52_44;

/**
 * For how long PostgreSQL lets the leader be silent before it ends its session and with it its lock, in
 * milliseconds: so long does a process that was stopped, or cut off, keep the others waiting.
 */
const silenceMs = 4_000;
/** A transaction that nobody goes on with is ended sooner: a new leader has to wait for it. */
const idleTransactionMs = 3_000;
const beatMs = 1_000;
/** Sure of leading is who was heard by the database so recently, in milliseconds: with room for slow clocks. */
const sureMs = silenceMs - 1_000;

/**
 * Begins to lead, where nobody does. The lock is PostgreSQL's own and ends with the session, however the
 * process ends; a process that is only paused is thrown out by PostgreSQL when it has been silent too long.
 *
 * @returns `undefined` where somebody leads
 * @throws what the connection throws
 */
export async function tryToLead(connection: pg.PoolConfig): Promise<Term | undefined> {
  const session = new pg.Client({ ...connection, query_timeout: silenceMs });
  const over = Promise.withResolvers<void>();
  session.on("error", () => over.resolve());
  session.on("end", () => over.resolve());
  await session.connect();
  try {
    await session.query(`set idle_session_timeout = ${silenceMs}`);
    const { rows } = await session.query("select pg_try_advisory_lock($1) as taken", [leaderKey]);
    if (rows[0]?.taken !== true) {
      await session.end();
      return undefined;
    }
    return new Leading(session, await nextTerm(session), connection, over);
  } catch (error) {
    await session.end().catch(() => {});
    throw error;
  }
}

async function nextTerm(session: pg.Client): Promise<number> {
  // Several statements have several results.
  const results: unknown = await session.query(beginTerm);
  const rows = Array.isArray(results) ? results.flatMap((result: pg.QueryResult) => result.rows) : [];
  const term = rows.find((row) => "term" in row)?.term;
  if (term === undefined) throw new Error("PostgreSQL gave no number for the term");
  return Number(term);
}

class Leading implements Term {
  readonly number: number;
  readonly db: Kysely<Schema>;
  readonly over: Promise<void>;
  readonly #session: pg.Client;
  readonly #lost: PromiseWithResolvers<void>;
  readonly #connections: Connections;
  readonly #beat: NodeJS.Timeout;
  #heard = moment();
  #asking: Promise<void> | undefined;
  #isOver = false;

  constructor(
    session: pg.Client,
    number: number,
    connection: pg.PoolConfig,
    lost: PromiseWithResolvers<void>,
  ) {
    this.number = number;
    this.#session = session;
    this.#lost = lost;
    // Goes before whatever a connection was opened for; without it nothing could be written.
    this.#connections = new Connections(
      { ...connection, idle_in_transaction_session_timeout: idleTransactionMs },
      `set cordon.term = ${number}`,
    );
    this.over = lost.promise.then(() => {
      this.#isOver = true;
      clearInterval(this.#beat);
      this.#connections.cut();
    });
    this.#beat = setInterval(() => void this.#ask(), beatMs);
    this.db = new Kysely<Schema>({ dialect: this.#connections.dialect });
  }

  async confirm(): Promise<void> {
    if (this.#isSure()) return;
    await this.#ask();
    if (!this.#isSure()) throw new TermOver();
  }

  beImpatient(): void {
    this.#connections.beImpatient();
  }

  async onArrival(tell: (room: string) => void): Promise<void> {
    this.#session.on("notification", ({ payload }) => {
      if (payload !== undefined) tell(payload);
    });
    await this.#session.query(`listen ${arrivalsChannel}`).catch(() => this.#lost.resolve());
  }

  async end(): Promise<void> {
    clearInterval(this.#beat);
    await this.db.destroy();
    await this.#session.end().catch(() => {});
  }

  #isSure(): boolean {
    const { running, civil } = moment();
    const silent = Math.max(running - this.#heard.running, civil - this.#heard.civil);
    return !this.#isOver && silent < sureMs;
  }

  /** Asks PostgreSQL for a sign of life. What counts is when it was asked, since it may have heard that late. */
  #ask(): Promise<void> {
    if (this.#isOver) return Promise.resolve();
    const asked = moment();
    this.#asking ??= this.#session
      .query("select 1")
      .then(
        () => {
          this.#heard = asked;
        },
        () => this.#lost.resolve(),
      )
      .finally(() => {
        this.#asking = undefined;
      });
    return this.#asking;
  }
}

/** Two clocks, since one stands still while a machine sleeps and the other can be set. In milliseconds. */
function moment(): { readonly running: number; readonly civil: number } {
  return { running: performance.now(), civil: Date.now() };
}
