// The table that the shop gets in the course of the tour.
import { integer, table, timestamp, varchar } from "plinth";

// #region cards
export const cards = table("loyalty_card", {
  cardId: integer().primaryKey().autoIncrement(),
  code: varchar({ length: 20 }).notNull().unique(),
  owner: varchar({ length: 60 }).notNull(),
  points: integer().notNull().default(0),
  createdAt: timestamp().notNull().defaultNow(),
});
// #endregion
