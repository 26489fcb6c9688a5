import { Socket } from "node:net";
import { type Driver, PostgresDialect, PostgresDriver } from "kysely";
import pg from "pg";

/** A connection that nobody uses is closed after so long, in milliseconds. */
const idleMs = 5_000;
/** For how long PostgreSQL may be silent before what waits for it is given up, in milliseconds. */
const patienceMs = 10_000;

/** Several connections to one PostgreSQL, of which all can be broken at once. */
export class Connections {
  readonly dialect: PostgresDialect;
  readonly pool: pg.Pool;
  readonly #sockets = new Set<Socket>();
  #isImpatient = false;

  /** @param prepare is run on each connection before anything else */
  constructor(config: pg.PoolConfig, prepare?: string) {
    const pool = new pg.Pool({
      max: 4,
      idleTimeoutMillis: idleMs,
      ...config,
      stream: () => this.#newSocket(),
    });
    // A connection that breaks is replaced by the pool; without listeners, also on one that is in use and has
    // nothing asked at the moment, it would end the process.
    pool.on("error", () => {});
    pool.on("connect", (client) => {
      client.on("error", () => {});
      if (prepare !== undefined) client.query(prepare).catch(() => {});
    });
    this.pool = pool;
    this.dialect = new Dialect(pool);
  }

  /**
   * From now on nothing is asked that takes long: a connection on which PostgreSQL is silent is broken, and what
   * waits for an answer fails. Otherwise it would wait for ever where PostgreSQL, or the one of its processes
   * that serves this connection, hangs, or the network to it is cut.
   */
  beImpatient(): void {
    this.#isImpatient = true;
    for (const socket of this.#sockets) socket.setTimeout(patienceMs);
  }

  /** Breaks all of them. What waits for an answer fails at once, and the next ones are new. */
  cut(): void {
    for (const socket of this.#sockets) socket.destroy();
  }

  #newSocket(): Socket {
    const socket = new Socket();
    this.#sockets.add(socket);
    socket.on("timeout", () => socket.destroy());
    if (this.#isImpatient) socket.setTimeout(patienceMs);
    return socket.once("close", () => this.#sockets.delete(socket));
  }
}

class Dialect extends PostgresDialect {
  readonly #pool: pg.Pool;

  constructor(pool: pg.Pool) {
    super({ pool });
    this.#pool = pool;
  }

  override createDriver(): Driver {
    return new TruthfulDriver({ pool: this.#pool });
  }
}

/** Where a connection is gone the rollback fails too, which must not hide why. Kysely lets go of it all the same. */
class TruthfulDriver extends PostgresDriver {
  override async rollbackTransaction(
    ...begun: Parameters<PostgresDriver["rollbackTransaction"]>
  ): Promise<void> {
    await super.rollbackTransaction(...begun).catch(() => {});
  }
}
