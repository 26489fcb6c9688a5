import { type Kysely, sql } from "kysely";
import type { Migration } from "kysely/migration";
import { archiveSetting } from "./archive-step.ts";
import { delivery } from "./delivery-step.ts";
import type { Engine } from "./engine.ts";
import { history } from "./history-step.ts";
import { indexes } from "./index-step.ts";
import { kept } from "./kept-step.ts";
import { roles } from "./roles-step.ts";
import { upgrade, upgradeStep } from "./upgrade-step.ts";
import { words } from "./words-step.ts";

/** A step from one form of the database to the next. */
export interface Step extends Migration {
  /** The version of Cordon that brought it: an older one cannot use a database that has it. */
  readonly since?: string;
}

/** Steps by name, applied in the order of their names. */
export type Migrations = Readonly<Record<string, Step>>;

/**
 * The steps from an empty database to the present one, by name in order. A step that has been released
 * is never changed: what has to change gets a new step.
 */
export function migrations(engine: Engine): Migrations {
  return {
    ...since("0.1.0", {
      "0001-spine": spine(engine),
      "0002-roles": roles,
      "0003-words": words,
      "0004-archive-setting": archiveSetting,
      "0005-delivery": delivery,
      "0006-history": history,
      "0007-indexes": indexes,
      "0008-kept": kept,
    }),
    ...since("0.2.0", {
      [upgradeStep]: upgrade,
    }),
  };
}

function since(version: string, steps: Readonly<Record<string, Migration>>): Migrations {
  return Object.fromEntries(Object.entries(steps).map(([name, step]) => [name, { ...step, since: version }]));
}

function spine(engine: Engine): Migration {
  const serial = engine === "postgres" ? "bigserial" : "integer";
  return {
    async up(db: Kysely<unknown>) {
      await db.schema
        .createTable("installation")
        .addColumn("id", "integer", (column) => column.primaryKey())
        .addColumn("alias_key", "text", (column) => column.notNull())
        .addColumn("next_incident", "integer", (column) => column.notNull())
        .addColumn("created_at", "bigint", (column) => column.notNull())
        .addColumn("heartbeat_room", "text")
        .addColumn("heartbeats", "integer", (column) => column.notNull().defaultTo(0))
        .execute();
      await db.schema
        .createTable("inbox")
        .addColumn("seq", serial, (column) => column.primaryKey())
        .addColumn("event_id", "text", (column) => column.notNull().unique())
        .addColumn("room_id", "text")
        .addColumn("received_at", "bigint", (column) => column.notNull())
        .addColumn("json", "text", (column) => column.notNull())
        .addColumn("handled_at", "bigint")
        .addColumn("failures", "integer", (column) => column.notNull().defaultTo(0))
        .addColumn("aside", "text")
        .execute();
      await db.schema
        .createIndex("inbox_waiting")
        .on("inbox")
        .columns(["room_id", "seq"])
        .where(sql.ref("handled_at"), "is", null)
        .execute();
      await db.schema.createIndex("inbox_room").on("inbox").columns(["room_id", "seq"]).execute();
      await db.schema
        .createTable("incident")
        .addColumn("id", "text", (column) => column.primaryKey())
        .addColumn("number", "integer", (column) => column.notNull().unique())
        .addColumn("state", "text", (column) => column.notNull())
        .addColumn("alias", "text", (column) => column.notNull().unique())
        .addColumn("room_id", "text", (column) => column.unique())
        .addColumn("folded", "text", (column) => column.notNull())
        .addColumn("head_seq", "integer", (column) => column.notNull())
        .addColumn("head_hash", "text", (column) => column.notNull())
        .addColumn("card_hash", "text")
        .execute();
      await db.schema
        .createTable("entry")
        .addColumn("incident", "text", (column) => column.notNull().references("incident.id"))
        .addColumn("seq", "integer", (column) => column.notNull())
        .addColumn("type", "text", (column) => column.notNull())
        .addColumn("data", "text", (column) => column.notNull())
        .addColumn("actor", "text", (column) => column.notNull())
        .addColumn("actor_roles", "text", (column) => column.notNull())
        .addColumn("event_at", "bigint", (column) => column.notNull())
        .addColumn("recorded_at", "bigint", (column) => column.notNull())
        .addColumn("cause", "text", (column) => column.notNull())
        .addColumn("part", "integer", (column) => column.notNull())
        .addColumn("prev_hash", "text", (column) => column.notNull())
        .addColumn("hash", "text", (column) => column.notNull())
        .addPrimaryKeyConstraint("entry_place", ["incident", "seq"])
        .addUniqueConstraint("entry_cause", ["incident", "cause", "part"])
        .execute();
      await db.schema
        .createTable("outbox")
        .addColumn("seq", serial, (column) => column.primaryKey())
        .addColumn("key", "text", (column) => column.notNull().unique())
        .addColumn("room_id", "text", (column) => column.notNull())
        .addColumn("incident", "text", (column) => column.references("incident.id"))
        .addColumn("type", "text", (column) => column.notNull())
        .addColumn("content", "text", (column) => column.notNull())
        .addColumn("about", "text")
        .addColumn("not_before", "bigint", (column) => column.notNull().defaultTo(0))
        .addColumn("failures", "integer", (column) => column.notNull().defaultTo(0))
        .addColumn("sent_at", "bigint")
        .addColumn("event_id", "text")
        .addColumn("refused", "text")
        .execute();
      await db.schema
        .createIndex("outbox_waiting")
        .on("outbox")
        .columns(["room_id", "seq"])
        .where(sql.ref("sent_at"), "is", null)
        .execute();
      await db.schema
        .createTable("timer")
        .addColumn("incident", "text", (column) => column.notNull().references("incident.id"))
        .addColumn("key", "text", (column) => column.notNull())
        .addColumn("due_at", "bigint", (column) => column.notNull())
        .addColumn("brings", "text", (column) => column.notNull())
        .addPrimaryKeyConstraint("timer_key", ["incident", "key"])
        .execute();
      await db.schema.createIndex("timer_due").on("timer").column("due_at").execute();
      await db.schema
        .createTable("room_state")
        .addColumn("room_id", "text", (column) => column.notNull())
        .addColumn("type", "text", (column) => column.notNull())
        .addColumn("state_key", "text", (column) => column.notNull())
        .addColumn("content", "text", (column) => column.notNull())
        .addColumn("sender", "text", (column) => column.notNull())
        .addPrimaryKeyConstraint("room_state_key", ["room_id", "type", "state_key"])
        .execute();
      await db.schema
        .createTable("own_write")
        .addColumn("seq", serial, (column) => column.primaryKey())
        .addColumn("room_id", "text", (column) => column.notNull())
        .addColumn("type", "text", (column) => column.notNull())
        .addColumn("state_key", "text", (column) => column.notNull())
        .addColumn("content", "text", (column) => column.notNull())
        .addColumn("event_id", "text")
        .execute();
      await db.schema
        .createIndex("own_write_state")
        .on("own_write")
        .columns(["room_id", "type", "state_key"])
        .execute();
      await db.schema
        .createTable("place")
        .addColumn("room_id", "text", (column) => column.primaryKey())
        .addColumn("kind", "text", (column) => column.notNull())
        .addColumn("user_id", "text")
        .execute();
      await db.schema
        .createTable("attachment")
        .addColumn("incident", "text", (column) => column.notNull().references("incident.id"))
        .addColumn("uri", "text", (column) => column.notNull())
        .addColumn("sha256", "text")
        .addColumn("bytes", "bigint")
        .addColumn("missing", "text")
        .addColumn("failures", "integer", (column) => column.notNull().defaultTo(0))
        .addColumn("not_before", "bigint", (column) => column.notNull().defaultTo(0))
        .addPrimaryKeyConstraint("attachment_key", ["incident", "uri"])
        .execute();
    },
  };
}
