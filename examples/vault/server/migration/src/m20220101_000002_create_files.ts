import { bigint, index, integer, softDelete, table, timestamps, varchar } from "plinth";
import { defineMigration } from "plinth/migrate";

/** Of a table that is there: what this one points at. */
const users = table("users", { id: integer().primaryKey().autoIncrement() });

const files = table(
  "files",
  {
    id: integer().primaryKey().autoIncrement(),
    ownerId: integer()
      .notNull()
      .references(() => users.id, { onDelete: "cascade" }),
    name: varchar({ length: 255 }).notNull(),
    mediaType: varchar({ length: 127 }).notNull(),
    size: bigint({ mode: "number" }).notNull(),
    path: varchar({ length: 255 }).notNull().unique(),
    ...timestamps(),
    ...softDelete(),
  },
  (t) => [index().on(t.ownerId)],
);

export default defineMigration({
  rebuild: true,
  up: (_tx, schema) => schema.createTable(files),
  down: (_tx, schema) => schema.dropTable(files),
});
