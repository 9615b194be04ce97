import { defineSchema, integer, table, uuid } from "../../../src/entry/main.ts";
import { queueTables } from "../../../src/outbox/queue/tables.ts";

/** How many milliseconds a run takes beside writing it down. */
export interface Jobs {
  once: number;
  run: number;
  tick: null;
}

/** Who ran which job, each time. */
export const runs = table("runs", {
  id: integer().primaryKey().autoIncrement(),
  job: uuid().notNull(),
  worker: integer().notNull(),
});

export const schema: ReturnType<typeof defineSchema<{ runs: typeof runs } & typeof queueTables>> =
  defineSchema({ runs, ...queueTables });
