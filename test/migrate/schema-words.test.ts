import {
  connect,
  enumType,
  index,
  integer,
  sql,
  table,
  varchar,
  type Database,
  type Transaction,
} from "plinth";
import { afterAll, describe, expect, test } from "vitest";
import { registered, type RegisteredMigration } from "../../src/migrate/migration.ts";
import {
  applyMigrations,
  readStatus,
  repairMigrations,
  revertMigrations,
} from "../../src/migrate/run/runner.ts";
import { createTestDatabase, testServers } from "../servers/databases.ts";

type Given = RegisteredMigration<Transaction>;

const role = enumType("role", ["user", "admin"]);
const users = table(
  "users",
  {
    id: integer().primaryKey(),
    nickName: varchar({ length: 20 }).notNull(),
    role: role().notNull().default("user"),
  },
  (t) => [index().on(t.nickName)],
);
const people = table(
  "people",
  {
    id: integer().primaryKey(),
    fullName: varchar({ length: 20 }).notNull().unique(),
    role: role().notNull().default("user"),
    points: integer().notNull().default(7),
  },
  (t) => [index().on(t.points)],
);
const posts = table("posts", {
  id: integer().primaryKey(),
  userId: integer()
    .notNull()
    .references(() => users.id, { onDelete: "cascade" }),
  by: role(),
});

const create: Given = {
  name: "001_create",
  async up(tx, schema) {
    await schema.createTable(users);
    await schema.createTable(posts, { beside: [users] });
    await tx.execute(sql`insert into users (id, nick_name) values (1, 'Ann')`);
    await tx.execute(sql`insert into posts (id, user_id) values (1, 1)`);
  },
  async down(_tx, schema) {
    await schema.dropTable(posts, { beside: [users] });
    await schema.dropTable(users);
  },
};
const alter: Given = {
  name: "002_alter",
  rebuild: true,
  up: (_tx, schema) =>
    schema.alterTable(users, people, { renames: { nickName: "fullName" }, beside: [posts] }),
  down: (_tx, schema) =>
    schema.alterTable(people, users, { renames: { fullName: "nickName" }, beside: [posts] }),
};

for (const server of testServers()) {
  describe(server.name, () => {
    const closers: (() => Promise<void>)[] = [];
    afterAll(async () => {
      for (const close of closers) await close();
    });

    async function open(): Promise<Database> {
      const database = await createTestDatabase(server);
      const db = await connect(database.url);
      closers.push(async () => {
        await db.close();
        await database.drop();
      });
      return db;
    }

    test("creates, changes and drops tables by their declarations, and keeps the rows", async () => {
      const db = await open();
      const all = registered([create, alter]);
      expect(await applyMigrations(db, all)).toHaveLength(2);
      expect(await db.from(people)).toEqual([{ id: 1, fullName: "Ann", role: "user", points: 7 }]);
      expect(await db.from(posts)).toHaveLength(1);
      await expect(db.insert(posts).values({ id: 2, userId: 9 })).rejects.toMatchObject({
        code: "E_FOREIGN_KEY_VIOLATION",
      });
      await revertMigrations(db, all, 1);
      expect(await db.from(users)).toEqual([{ id: 1, nickName: "Ann", role: "user" }]);
      expect(await db.from(posts)).toHaveLength(1);
      await revertMigrations(db, all, 1);
      await expect(db.from(users)).rejects.toMatchObject({ code: "E_MISSING_TABLE" });
      expect(await applyMigrations(db, all)).toHaveLength(2);
      expect(await revertMigrations(db, all, 9)).toHaveLength(2);
    });

    test.each(["createTable", "dropTable"] as const)(
      "%s() says what it takes where it was given a name",
      async (word) => {
        const migration: Given = {
          name: "001_by_name",
          up: (_tx, schema) => schema[word]("tags" as never),
          down: async () => {},
        };
        await expect(applyMigrations(await open(), registered([migration]))).rejects.toMatchObject({
          code: "E_MIGRATION_FAILED",
          message: expect.stringContaining(`${word}() takes tables as table() declares them`),
        });
      },
    );

    test("asks what became of a column, and refuses a key that there is not", async () => {
      const db = await open();
      await applyMigrations(db, registered([create]));
      const after = table("users", {
        id: integer().primaryKey(),
        screenName: varchar({ length: 20 }).notNull(),
        role: role().notNull().default("user"),
      });
      const attempt = (options: object): Given => ({
        name: "002_attempt",
        rebuild: true,
        up: (_tx, schema) => schema.alterTable(users, after, options),
      });
      const run = (options: object): Promise<unknown> =>
        applyMigrations(db, registered([create, attempt(options)]));
      await expect(run({})).rejects.toThrow(/users\.nick_name is gone, and may be screen_name now/);
      if (!db.can.transactionalDdl)
        await repairMigrations(db, registered([create, { ...attempt({}), down: "" }]), {
          kind: "roll-back",
        });
      await expect(run({ renames: { nickname: "screenName" } })).rejects.toThrow(
        /Table "users" has no column "nickname"/,
      );
      if (!db.can.transactionalDdl)
        await repairMigrations(db, registered([create, { ...attempt({}), down: "" }]), {
          kind: "roll-back",
        });
      await run({ renames: { nickName: "screenName" } });
      expect(await db.from(after)).toEqual([{ id: 1, screenName: "Ann", role: "user" }]);
    });

    test("makes no table anew while foreign keys are kept", async () => {
      const db = await open();
      const { rebuild: _, ...bare } = alter;
      const all = registered([create, bare]);
      if (!db.can.isEmbedded) {
        expect(await applyMigrations(db, all)).toHaveLength(2);
        return;
      }
      await expect(applyMigrations(db, all)).rejects.toMatchObject({
        code: "E_MIGRATION_FAILED",
        message: expect.stringMatching(/make a table anew/),
        hint: expect.stringMatching(/rebuild: true/),
      });
      const drop: Given = { name: "002_drop", up: (_tx, schema) => schema.dropTable(users) };
      await expect(applyMigrations(db, registered([create, drop]))).rejects.toThrow(
        /others point at/,
      );
      expect(await db.from(posts)).toHaveLength(1);
    });

    test("goes on, or goes back, behind a word that failed", async () => {
      const db = await open();
      let isBroken = true;
      const pets = table("pets", { id: integer().primaryKey() });
      const broken: Given = {
        name: "001_broken",
        async up(tx, schema) {
          await schema.createTable(pets);
          await tx.execute(sql`insert into pets (id) values (1)`);
          if (isBroken) throw new Error("no power");
        },
        down: (_tx, schema) => schema.dropTable(pets),
      };
      const all = registered([broken]);
      await expect(applyMigrations(db, all)).rejects.toThrow(/in its code for up: no power/);
      if (!db.can.transactionalDdl) {
        expect(await readStatus(db, all)).toMatchObject([{ state: "dirty" }]);
        await repairMigrations(db, all, { kind: "roll-back" });
        await expect(applyMigrations(db, all)).rejects.toThrow(/no power/);
        isBroken = false;
        await repairMigrations(db, all, { kind: "resume" });
      } else {
        isBroken = false;
        await applyMigrations(db, all);
      }
      expect(await db.from(pets)).toEqual([{ id: 1 }]);
      expect(await revertMigrations(db, all)).toHaveLength(1);
    });
  });
}
