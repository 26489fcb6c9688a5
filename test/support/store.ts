import type { DatabaseAddress, Queries, Store } from "../../src/store/store.ts";
import { openStore } from "../../src/store/store.ts";
import type { Engine } from "./engines.ts";

/** A new, empty database, as the store knows addresses. */
export async function newAddress(engine: Engine): Promise<DatabaseAddress> {
  const url = await engine.newDatabase();
  return url.startsWith("sqlite:")
    ? { engine: "sqlite", file: url.slice("sqlite:".length) }
    : { engine: "postgres", url };
}

/** Does something with a database made for it, and closes that however it ends. */
export async function withStore(
  engine: Engine,
  work: (db: Queries, store: Store, address: DatabaseAddress) => Promise<void>,
): Promise<void> {
  const address = await newAddress(engine);
  const store = await openStore(address);
  try {
    await work(store.db, store, address);
  } finally {
    await store.close();
  }
}
