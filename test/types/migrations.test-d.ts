import { integer, table, varchar } from "plinth";
import { defineMigration } from "plinth/migrate";

const users = table("users", { id: integer().primaryKey(), name: varchar({ length: 20 }) });
const people = table("people", { id: integer().primaryKey(), fullName: varchar({ length: 20 }) });

defineMigration({
  rebuild: true,
  async up(_tx, schema) {
    await schema.createTable(users);
    await schema.alterTable(users, people, { renames: { name: "fullName" } });
    await schema.alterTable(users, people, { drops: ["name", "user_role.admin"] });
    await schema.alterTable(users, people, { renames: { "user_role.admin": "owner" } });
    // @ts-expect-error -- the table before has no such column
    await schema.alterTable(users, people, { renames: { nickname: "fullName" } });
    // @ts-expect-error -- the table after has no such column
    await schema.alterTable(users, people, { renames: { name: "nickname" } });
    // @ts-expect-error -- the table before has no such column
    await schema.alterTable(users, people, { drops: ["fullName"] });
    // @ts-expect-error -- a table, not its name
    await schema.dropTable("users");
  },
});
