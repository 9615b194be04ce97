import {
  connect,
  createTables,
  databaseSchema,
  defineSchema,
  eq,
  exists,
  integer,
  table,
  varchar,
  type AnySchema,
} from "plinth";
import { expect, test } from "vitest";
import { connected, postgresServers } from "./connected.ts";

const auth = databaseSchema("auth");
const users = table("users", { id: integer().primaryKey(), name: varchar({ length: 9 }) });
const logins = auth.table("users", {
  id: integer().primaryKey(),
  userId: integer().references(() => users.id, { onDelete: "cascade" }),
});

test.each(postgresServers())(
  "a table in a schema points at one in none, on $name",
  async (server) => {
    await using own = await connected(server);
    const { db } = own;
    await createTables(db, defineSchema({ users, logins }));
    await db.insert(users).values({ id: 1, name: "Ada" });
    await db.insert(logins).values({ id: 1, userId: 1 });
    await expect(db.insert(logins).values({ id: 2, userId: 7 })).rejects.toMatchObject({
      code: "E_FOREIGN_KEY_VIOLATION",
      schema: "auth",
      table: "users",
      columns: ["user_id"],
      constraint: "users_user_id_fkey",
    });
    await db.delete(users).all();
    expect(await db.from(logins)).toEqual([]);
  },
);

test.each(postgresServers())(
  "only what would be taken for another gets an alias, on $name",
  async (server) => {
    await using own = await connected(server);
    const { db } = own;
    expect(db.from(logins).where(eq(logins.id, 1)).toSql().text).toBe(
      `select "id", "user_id" from "auth"."users" where "id" = $1`,
    );
    const both = db
      .select({ name: users.name })
      .from(logins)
      .innerJoin(users, eq(users.id, logins.userId));
    expect(both.toSql().text).toBe(
      `select "users"."name" from "auth"."users" as "auth.users" inner join "users" on "users"."id" = "auth.users"."user_id"`,
    );
    const inner = db.select({ id: users.id }).from(users).where(eq(users.id, logins.userId));
    expect(db.delete(logins).where(exists(inner)).toSql().text).toBe(
      `delete from "auth"."users" where exists (select "users"."id" from "users" where "users"."id" = "auth"."users"."user_id")`,
    );
  },
);

test.each(postgresServers())(
  "a table that is declared with and without the connection's own schema is refused, on $name",
  async (server) => {
    await using own = await connected(server);
    const open = async (schema: AnySchema, options = ""): Promise<void> =>
      (await connect(`${own.url}${options}`, { schema })).close();
    const named = databaseSchema("public").table("users", { id: integer().primaryKey() });
    await expect(open(defineSchema({ users, named }))).rejects.toMatchObject({
      code: "E_SCHEMA",
      message: expect.stringContaining(
        `"users" and "named" of the schema are one table in the database, "users" of the schema "public"`,
      ),
      hint: expect.stringContaining("Declare it once."),
    });
    await open(defineSchema({ users, logins }));
    await own.aside("create schema auth");
    const inAuth = "?options=-c%20search_path%3Dauth,public";
    await open(defineSchema({ users, named }), inAuth);
    await expect(open(defineSchema({ logins, users }), inAuth)).rejects.toMatchObject({
      code: "E_SCHEMA",
    });
  },
);
