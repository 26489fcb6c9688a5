import type { Queries } from "../store/store.ts";
import { secretOf } from "./installation.ts";

/** What a database holds, in figures. */
export interface Contents {
  readonly incidents: number;
  /** Those that are not archived. */
  readonly open: number;
  /** Of all journals together. */
  readonly entries: number;
  /** When the newest thing in it was written, in milliseconds since the epoch; `undefined` where it is empty. */
  readonly newestAt: number | undefined;
}

/** Counts what a database holds. */
export async function contentsOf(db: Queries): Promise<Contents> {
  const { incidents } = await db
    .selectFrom("incident")
    .select((e) => e.fn.countAll<number>().as("incidents"))
    .executeTakeFirstOrThrow();
  const { open } = await db
    .selectFrom("incident")
    .select((e) => e.fn.countAll<number>().as("open"))
    .where("state", "!=", "archived")
    .executeTakeFirstOrThrow();
  const { entries, written } = await db
    .selectFrom("entry")
    .select((e) => [e.fn.countAll<number>().as("entries"), e.fn.max("recorded_at").as("written")])
    .executeTakeFirstOrThrow();
  const { arrived } = await db
    .selectFrom("inbox")
    .select((e) => e.fn.max("received_at").as("arrived"))
    .executeTakeFirstOrThrow();
  const newestAt = Math.max(written ?? 0, arrived ?? 0);
  return {
    incidents: Number(incidents),
    open: Number(open),
    entries: Number(entries),
    newestAt: newestAt === 0 ? undefined : newestAt,
  };
}

/** By what an installation is told from every other: the secret that its aliases come from, `undefined` before its first start. */
export async function identityOf(db: Queries): Promise<string | undefined> {
  return (await secretOf(db))?.toString("hex");
}
