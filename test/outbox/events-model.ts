// For the tests of events: rows, and what is told of them.
import { defineSchema, integer, table, text } from "../../src/entry/main.ts";
import { outboxTables } from "../../src/entry/outbox.ts";

export const notes = table("notes", { id: integer().primaryKey(), author: text().notNull() });
export const schema = defineSchema({ notes, ...outboxTables });

export interface Channels {
  "notes:{author}": { readonly id: number };
}
