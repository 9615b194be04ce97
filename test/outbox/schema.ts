import { defineSchema, integer, table, uuid } from "plinth";
import { outboxTables } from "plinth/outbox";

/** What was committed, with the entry of the same transaction. */
export const made = table("made", { eventId: uuid("event_id").primaryKey() });
/** What came of the entries: more than one row for an event is one effect too many. */
export const effects = table("effects", {
  id: integer().primaryKey().autoIncrement(),
  eventId: uuid("event_id").notNull(),
});

export const schema = defineSchema({ made, effects, ...outboxTables });
