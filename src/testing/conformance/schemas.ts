import { randomUUID } from "node:crypto";
import { createTables } from "../../migrate/create-tables.ts";
import type { Database } from "../../query/database.ts";
import { count, eq, exists, gt, inArray, scalar } from "../../query/expression.ts";
import { asc, desc } from "../../query/order.ts";
import { sql } from "../../query/sql.ts";
import { check, foreignKey, index, unique } from "../../schema/constraints.ts";
import { comment } from "../../schema/comment.ts";
import { databaseSchema } from "../../query/database-schema.ts";
import { defineSchema } from "../../schema/schema.ts";
import { alias, table } from "../../schema/table.ts";
import { integer, text, uuid, varchar } from "../../schema/types.ts";
import { failureOf, type Kit } from "./kit.ts";

/** Three tables of one name: two in schemas, whose names are new on servers that keep them beside the database. */
function declare() {
  const mark = randomUUID().slice(0, 8);
  const auth = databaseSchema(`au"th\`' ${mark}`);
  const shop = databaseSchema(`shop_${mark}`);
  const role = auth.enumType("role", ["user", "admin"]);
  const users = table("users", {
    id: integer().primaryKey().autoIncrement(),
    name: varchar({ length: 20 }).notNull(),
  });
  const authUsers = auth.table(
    "users",
    {
      id: integer().primaryKey().autoIncrement(),
      userId: integer(),
      email: varchar({ length: 40 }).notNull().unique(),
      role: role().notNull().default("user"),
      key: uuid().defaultRandom(),
      size: integer().comment("How large."),
    },
    (t) => [index().on(t.role, desc(t.id)), check(gt(t.size, 1)), comment("Who may log in.")],
  );
  const shopUsers = shop.table(
    "users",
    {
      id: integer().primaryKey(),
      authId: integer(),
      role: role(),
      note: text(),
      code: varchar({ length: 9 }),
    },
    (t) => [
      foreignKey("buyer")
        .on(t.authId)
        .references(() => authUsers.id),
      unique().on(t.authId, t.code),
    ],
  );
  const logins = table("logins", {
    id: integer().primaryKey(),
    authId: integer().references(() => authUsers.id, { onDelete: "cascade" }),
  });
  return { names: [shop.name, auth.name], users, authUsers, shopUsers, logins };
}

type Declared = ReturnType<typeof declare>;

/** Tables in schemas beside the connection's own. */
export function schemaCases({ alone, expect, group }: Kit): void {
  async function within(work: (db: Database, tables: Declared) => Promise<void>): Promise<void> {
    await alone(async (db) => {
      const declared = declare();
      const { names, ...tables } = declared;
      const { authUsers, shopUsers } = tables;
      const create = createTables(db, defineSchema(tables));
      if (!db.can.schemas) {
        expect(await failureOf(create)).toMatchObject({ code: "E_UNSUPPORTED" });
        expect(await failureOf(db.from(authUsers))).toMatchObject({ code: "E_UNSUPPORTED" });
        const write = db.insert(shopUsers).values({ id: 1 });
        expect(await failureOf(write)).toMatchObject({ code: "E_UNSUPPORTED" });
        return;
      }
      await create;
      try {
        await work(db, declared);
      } finally {
        // Where they are a part of the database, they go with it.
        await db.execute(sql`drop table ${tables.logins}`);
        for (const name of names)
          await db.execute(sql`drop schema ${sql.raw(quoted(db, name))}`).catch(() => {});
      }
    });
  }

  group("schemas", {}, (test) => {
    test("keep tables of one name apart, in reads and in writes", () =>
      within(async (db, { users, authUsers, shopUsers, logins }) => {
        await db.insert(users).values([{ name: "Ada" }, { name: "Bob" }]);
        const [ada] = await db
          .insert(authUsers)
          .values({ userId: 1, email: "ada", role: "admin" })
          .returning();
        expect({ ...ada, key: typeof ada?.key }).toEqual({
          id: 1,
          userId: 1,
          email: "ada",
          role: "admin",
          key: "string",
          size: null,
        });
        await db
          .insert(authUsers)
          .values({ email: "ada", size: 2 })
          .onConflict(authUsers.email)
          .update(["size"]);
        await db.insert(shopUsers).values({ id: 7, authId: 1, role: "admin", note: "x" });
        const [changed] = await db
          .update(shopUsers)
          .set({ note: "y" })
          .where(inArray(shopUsers.role, ["admin"]))
          .returning();
        expect(changed?.note).toBe("y");
        expect(await db.from(authUsers).find(1)).toMatchObject({ email: "ada", size: 2 });
        expect(await db.from(users).count()).toBe(2);
        expect(await db.from(authUsers).orderBy(desc(authUsers.role)).count()).toBe(1);
        await db.delete(shopUsers).where(eq(shopUsers.id, 7));
        expect(await db.from(shopUsers)).toEqual([]);
        await db.insert(logins).values({ id: 1, authId: 1 });
        await db.delete(authUsers).where(eq(authUsers.id, 1));
        expect(await db.from(logins)).toEqual([]);
      }));

    test("join tables of one name, also under aliases and the other way round", () =>
      within(async (db, { users, authUsers, shopUsers }) => {
        await db.insert(users).values([{ name: "Ada" }, { name: "Bob" }]);
        await db.insert(authUsers).values([{ userId: 2, email: "bob" }]);
        await db.insert(shopUsers).values({ id: 7, authId: 1 });
        const bob = { name: "Bob", email: "bob", shop: 7 };
        const selection = { name: users.name, email: authUsers.email, shop: shopUsers.id };
        expect(
          await db
            .select(selection)
            .from(users)
            .leftJoin(authUsers, eq(authUsers.userId, users.id))
            .leftJoin(shopUsers, eq(shopUsers.authId, authUsers.id))
            .orderBy(asc(users.id)),
        ).toEqual([{ name: "Ada", email: null, shop: null }, bob]);
        expect(
          await db
            .select(selection)
            .from(shopUsers)
            .innerJoin(authUsers, eq(authUsers.id, shopUsers.authId))
            .innerJoin(users, eq(users.id, authUsers.userId)),
        ).toEqual([bob]);
        const other = alias(authUsers, "users");
        expect(
          await db
            .select({ one: authUsers.email, other: other.email })
            .from(other)
            .innerJoin(authUsers, eq(authUsers.id, other.id)),
        ).toEqual([{ one: "bob", other: "bob" }]);
      }));

    test("read outer columns from within subqueries on tables of one name", () =>
      within(async (db, { users, authUsers, shopUsers }) => {
        await db.insert(users).values([{ name: "Ada" }, { name: "Bob" }]);
        await db.insert(authUsers).values([{ id: 9, userId: 2, email: "bob" }]);
        await db.insert(shopUsers).values({ id: 7, authId: 9 });
        const logins = db
          .select({ n: count() })
          .from(authUsers)
          .where(eq(authUsers.userId, users.id));
        expect(await db.select({ name: users.name, logins: scalar(logins) }).from(users)).toEqual([
          { name: "Ada", logins: 0 },
          { name: "Bob", logins: 1 },
        ]);
        const named = db.select({ id: users.id }).from(users).where(eq(users.id, authUsers.userId));
        expect(await db.from(authUsers).where(exists(named)).count()).toBe(1);
        const bought = db
          .select({ id: shopUsers.id })
          .from(shopUsers)
          .where(eq(shopUsers.authId, authUsers.id));
        expect(await db.from(authUsers).where(exists(bought)).count()).toBe(1);
        const byHand = sql`exists (select 1 from ${authUsers} where ${authUsers.userId} = ${users.id})`;
        expect(
          await db
            .select({ name: users.name })
            .from(users)
            .where(byHand as never),
        ).toEqual([{ name: "Bob" }]);
        const { rows } = await db.execute(
          sql`select ${users.name} as name from ${users} join ${authUsers} on ${users.id} = ${authUsers.userId}`,
        );
        expect(rows).toEqual([{ name: "Bob" }]);
        await db.update(authUsers).set({ size: 5 }).where(exists(named));
        expect((await db.from(authUsers).find(9))?.size).toBe(5);
      }));

    test("tell errors by the table that they are about", () =>
      within(async (db, { authUsers, shopUsers }) => {
        await db.insert(authUsers).values({ email: "a" });
        const taken = db.insert(authUsers).values({ email: "a" });
        expect(await failureOf(taken)).toMatchObject({
          code: "E_UNIQUE_VIOLATION",
          table: "users",
          columns: ["email"],
        });
        const orphan = db.insert(shopUsers).values({ id: 1, authId: 99 });
        expect(await failureOf(orphan)).toMatchObject({ code: "E_FOREIGN_KEY_VIOLATION" });
        const small = db.insert(authUsers).values({ email: "b", size: 1 });
        expect(await failureOf(small)).toMatchObject({ code: "E_CHECK_VIOLATION" });
      }));
  });
}

function quoted(db: Database, name: string): string {
  const { quote } = db["~engine"].dialect.spelling;
  return quote + name.replaceAll(quote, quote + quote) + quote;
}
