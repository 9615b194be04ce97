import { index, integer, table, timestamps } from "plinth";
import { defineMigration } from "plinth/migrate";

/** Of tables that are there: what this one points at. */
const users = table("users", { id: integer().primaryKey().autoIncrement() });
const files = table("files", { id: integer().primaryKey().autoIncrement() });

const fileShares = table(
  "file_shares",
  {
    fileId: integer()
      .primaryKey()
      .references(() => files.id, { onDelete: "cascade" }),
    userId: integer()
      .primaryKey()
      .references(() => users.id, { onDelete: "cascade" }),
    ...timestamps({ updated: false }),
  },
  (t) => [index().on(t.userId)],
);

export default defineMigration({
  rebuild: true,
  up: (_tx, schema) => schema.createTable(fileShares),
  down: (_tx, schema) => schema.dropTable(fileShares),
});
