// oxlint-disable import/no-cycle -- two files that point at one another are what is tested.
import { integer, table, text, uuid } from "plinth";
import { users } from "./tables.ts";

/** In a file of its own, and yet in a circle with `users`. */
export const teams = table("teams", {
  id: integer().primaryKey(),
  name: text().notNull(),
  ownerId: uuid()
    .notNull()
    .references(() => users.id),
});
