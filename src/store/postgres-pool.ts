import { Socket } from "node:net";
import { type Driver, PostgresDialect, PostgresDriver } from "kysely";
import pg from "pg";

/** Several connections to one PostgreSQL, of which all can be broken at once. */
export class Connections {
  readonly dialect: PostgresDialect;
  readonly pool: pg.Pool;
  readonly #sockets = new Set<Socket>();

  /** @param prepare is run on each connection before anything else */
  constructor(config: pg.PoolConfig, prepare?: string) {
    const pool = new pg.Pool({ max: 4, ...config, stream: () => this.#newSocket() });
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
   * Breaks all of them. What waits for an answer fails at once, which it otherwise does not where PostgreSQL
   * hangs, or the network to it is cut; and the next ones are new.
   */
  cut(): void {
    for (const socket of this.#sockets) socket.destroy();
  }

  #newSocket(): Socket {
    const socket = new Socket();
    this.#sockets.add(socket);
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
