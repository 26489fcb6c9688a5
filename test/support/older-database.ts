import { migrations } from "../../src/store/migrations.ts";
import { type DatabaseAddress, openStore } from "../../src/store/store.ts";

/** The steps that Cordon 0.1.0 knew. */
export function stepsOfFirstRelease(address: Pick<DatabaseAddress, "engine">) {
  return Object.fromEntries(
    Object.entries(migrations(address.engine)).filter(([, { since }]) => since === "0.1.0"),
  );
}

/** The steps of this version, and one of tomorrow's. */
export function stepsOfTomorrow(address: Pick<DatabaseAddress, "engine">) {
  return { ...migrations(address.engine), "9999-tomorrow": { since: "9.0.0", up: async () => {} } };
}

/** Makes a database as Cordon 0.1.0 left it: an installation, and one event that has arrived. */
export async function makeOlder(address: DatabaseAddress): Promise<void> {
  const { db, close } = await openStore(address, stepsOfFirstRelease(address));
  await db
    .insertInto("installation")
    .values({ id: 1, alias_key: "ab".repeat(32), next_incident: 1, created_at: 1, heartbeats: 0 })
    .execute();
  await db
    .insertInto("inbox")
    .values({ event_id: "$one", room_id: "!room", received_at: 1, json: '{"body":"ä — 🔥"}' })
    .execute();
  await close();
}
