import { integer, softDelete, table, timestamps, varchar } from "plinth";
import { defineMigration } from "plinth/migrate";

export const columnsOfUsers = () => ({
  id: integer().primaryKey().autoIncrement(),
  email: varchar({ length: 254 }).notNull().unique(),
  ocid: varchar({ length: 64 }).notNull().unique(),
  passwd: varchar({ length: 255 }).notNull(),
  ...timestamps(),
  ...softDelete(),
});

const users = table("users", columnsOfUsers());

export default defineMigration({
  rebuild: true,
  up: (_tx, schema) => schema.createTable(users),
  down: (_tx, schema) => schema.dropTable(users),
});
