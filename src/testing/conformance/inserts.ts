import { uuidv7 } from "../../core/uuid.ts";
import { eq } from "../../query/expression.ts";
import { asc } from "../../query/order.ts";
import { sql } from "../../query/sql.ts";
import { table } from "../../schema/table.ts";
import { bigint, boolean, integer, text, uuid, varchar } from "../../schema/types.ts";
import { failureOf, type Kit } from "./kit.ts";

const users = table("users", {
  id: integer().primaryKey(),
  email: varchar({ length: 50 }).notNull().unique(),
  name: varchar({ length: 50 }).unique(),
  credits: integer().notNull().default(10),
  active: boolean().notNull().default(true),
  bio: text(),
});

const counted = table("counted", {
  id: integer().primaryKey().autoIncrement(),
  note: varchar({ length: 20 }).default("none"),
});

const countedWide = table("counted_wide", {
  id: bigint().primaryKey().autoIncrement(),
  note: text(),
});

let made = 0;
const keyed = table("keyed", {
  id: uuid().primaryKey().$default(uuidv7),
  serial: integer()
    .notNull()
    .$default(() => ++made),
  note: text(),
});

const ada = { id: 1, email: "ada@example.org", name: "Ada" };
const full = { credits: 10, active: true, bio: null };

/** Rows that come in, their defaults, and rows that are there already. */
export function insertCases({ expect, group }: Kit): void {
  group("inserts", { users, counted, countedWide, keyed }, (test) => {
    test("tell how many rows they wrote", async ({ db }) => {
      expect(await db.insert(users).values(ada)).toEqual({ affectedRows: 1 });
      expect(await db.insert(users).values([{ ...ada, id: 2, email: "b", name: null }])).toEqual({
        affectedRows: 1,
      });
      expect(await db.insert(users).values([])).toEqual({ affectedRows: 0 });
      expect(await db.insert(users).values([]).returning()).toEqual([]);
    });

    test("use the database's defaults for what a row leaves out", async ({ db }) => {
      expect(await db.insert(users).values(ada).returning()).toEqual([{ ...ada, ...full }]);
      expect(await db.from(users)).toEqual([{ ...ada, ...full }]);
    });

    test("take rows with different keys", async ({ db }) => {
      await db
        .insert(users)
        .values([
          ada,
          { id: 2, email: "b", credits: 5 },
          { id: 3, email: "c", active: false, bio: "x" },
          { bio: null, email: "d", id: 4, name: "D" },
        ]);
      expect(await db.from(users).orderBy(users.id)).toEqual([
        { ...ada, ...full },
        { ...full, id: 2, email: "b", name: null, credits: 5 },
        { ...full, id: 3, email: "c", name: null, active: false, bio: "x" },
        { ...full, id: 4, email: "d", name: "D" },
      ]);
    });

    test("give back the keys that the database counted up", async ({ db }) => {
      const [one] = await db.insert(counted).values({ note: "a" }).returning();
      const more = await db
        .insert(counted)
        .values([{ note: "b" }, { note: "c" }, { note: "d" }])
        .returning({ id: counted.id, note: counted.note });
      expect(more.map((row) => row.note)).toEqual(["b", "c", "d"]);
      expect(more.every((row) => Number.isInteger(row.id) && row.id > one!.id)).toBe(true);
      expect(new Set(more.map((row) => row.id)).size).toBe(3);
      for (const row of more) expect((await db.from(counted).find(row.id))?.note).toBe(row.note);

      const [wide] = await db.insert(countedWide).values({ note: "w" }).returning();
      expect(typeof wide?.id).toBe("bigint");
      expect(await db.from(countedWide).find(wide!.id)).toEqual(wide);
    });

    test("don't count a key up to one that a deleted row had", async ({ db }) => {
      const [first] = await db.insert(counted).values({ note: "a" }).returning();
      await db.delete(counted).all();
      const [second] = await db.insert(counted).values({ note: "b" }).returning();
      expect(second!.id > first!.id).toBe(true);
    });

    test("of nothing but defaults write a row each", async ({ db }) => {
      expect(await db.insert(counted).values({})).toEqual({ affectedRows: 1 });
      const rows = await db.insert(counted).values([{}, {}]).returning();
      expect(rows.map((row) => row.note)).toEqual(["none", "none"]);
      expect(await db.from(counted).count()).toBe(3);
      expect(await db.insert(counted).values([{}, { note: "x" }])).toEqual({ affectedRows: 2 });
      expect(await db.insert(counted).values([{}, {}, {}])).toEqual({ affectedRows: 3 });
      expect(await db.from(counted).count()).toBe(8);
    });

    test("call a column's own default for each row that leaves it out", async ({ db }) => {
      const before = made;
      const rows = await db
        .insert(keyed)
        .values([{ note: "a" }, { serial: 1000 }, {}])
        .returning();
      expect(rows.map((row) => row.serial)).toEqual([before + 1, 1000, before + 2]);
      expect(rows[0]!.id < rows[2]!.id).toBe(true);
      expect(new Set(rows.map((row) => row.id)).size).toBe(3);
      expect(await db.from(keyed).find(rows[1]!.id)).toEqual(rows[1]);
    });

    test("write ten thousand rows, in order and all or none", async ({ db }) => {
      const rows = Array.from({ length: 10_000 }, (_, id) => ({
        id,
        email: `u${id}@example.org`,
        credits: id % 7,
      }));
      expect(await db.insert(users).values(rows)).toEqual({ affectedRows: 10_000 });
      expect(await db.from(users).count()).toBe(10_000);
      const sample = await db
        .select({ id: users.id, email: users.email })
        .from(users)
        .orderBy(asc(users.id))
        .limit(2)
        .offset(5_000);
      expect(sample).toEqual([
        { id: 5_000, email: "u5000@example.org" },
        { id: 5_001, email: "u5001@example.org" },
      ]);

      await db.delete(users).all();
      const broken = [...rows, { ...rows[0]!, email: "other" }];
      expect(await failureOf(db.insert(users).values(broken))).toMatchObject({
        code: "E_UNIQUE_VIOLATION",
      });
      expect(await db.from(users).count()).toBe(0);
    });

    test("give back their rows in the order in which they were given", async ({ db }) => {
      const ids = [5, 3, 9, 1, 7, 2, 8, 20, 19, 18, 17, 16];
      const rows = await db
        .insert(users)
        .values(ids.map((id) => ({ id, email: `e${id}` })))
        .returning({ id: users.id });
      expect(rows).toEqual(ids.map((id) => ({ id })));
    });

    test("take expressions as values", async ({ db }) => {
      const [row] = await db
        .insert(users)
        .values({ ...ada, credits: sql<number>`40 + ${2}` })
        .returning();
      expect(row?.credits).toBe(42);
    });

    test("refuse undefined as a value, and send nothing", async ({ db }) => {
      const rows = [
        { ...ada, bio: undefined },
        { ...ada, email: undefined },
      ] as never[];
      for (const row of rows) {
        expect(await failureOf(() => db.insert(users).values(row))).toMatchObject({
          code: "E_INVALID_VALUE",
        });
        expect(await failureOf(() => db.insert(users).values([ada, row]))).toMatchObject({
          code: "E_INVALID_VALUE",
        });
      }
      expect(await db.from(users).count()).toBe(0);
    });

    test("run when they are awaited, once", async ({ db }) => {
      const write = db.insert(users).values(ada);
      expect(await db.from(users).count()).toBe(0);
      await write;
      expect(await failureOf(write)).toMatchObject({ code: "E_WRITE_TWICE" });
      expect(await db.from(users).count()).toBe(1);
    });
  });

  group("inserts of rows that exist", { users }, (test) => {
    test("update the columns that they name", async ({ db }) => {
      await db.insert(users).values({ ...ada, credits: 1, bio: "old" });
      await db
        .insert(users)
        .values({ id: 2, email: ada.email, credits: 2, bio: "new" })
        .onConflict(users.email)
        .update(["credits"]);
      expect(await db.from(users)).toEqual([{ ...ada, ...full, credits: 2, bio: "old" }]);
      await db
        .insert(users)
        .values([
          { id: 1, email: "other", bio: "x" },
          { id: 3, email: "three", bio: "y" },
        ])
        .onConflict(users.id)
        .update(["bio", "email"]);
      expect(await db.from(users).orderBy(users.id)).toEqual([
        { ...ada, ...full, email: "other", credits: 2, bio: "x" },
        { ...full, id: 3, email: "three", name: null, bio: "y" },
      ]);
    });

    test("leave the row as it is where they say so", async ({ db }) => {
      await db.insert(users).values({ ...ada, bio: "old" });
      await db
        .insert(users)
        .values([
          { id: 1, email: "x", bio: "new" },
          { id: 2, email: "two" },
        ])
        .onConflict(users.id)
        .ignore();
      expect(
        await db.select({ id: users.id, bio: users.bio }).from(users).orderBy(users.id),
      ).toEqual([
        { id: 1, bio: "old" },
        { id: 2, bio: null },
      ]);
    });

    test("ignore a collision on any key where none is named", async ({ db }) => {
      await db.insert(users).values(ada);
      await db
        .insert(users)
        .values({ ...ada, id: 2 })
        .onConflict()
        .ignore();
      await db
        .insert(users)
        .values({ ...ada, email: "b", name: "B" })
        .onConflict()
        .ignore();
      expect(await db.from(users)).toEqual([{ ...ada, ...full }]);
      await db.insert(users).values({ id: 3, email: "c" }).onConflict().ignore();
      expect(await db.from(users).count()).toBe(2);
    });

    test("still fail when an ignored key is not the one that collides, or another rule is broken", async ({
      db,
    }) => {
      await db.insert(users).values(ada);
      const attempts = [
        () =>
          db
            .insert(users)
            .values({ id: 2, email: "b", name: "Ada" })
            .onConflict(users.email)
            .ignore(),
        () => db.insert(users).values({ id: 2, email: ada.email }).onConflict(users.id).ignore(),
      ];
      for (const attempt of attempts)
        expect(await failureOf(attempt)).toMatchObject({ code: "E_UNIQUE_VIOLATION" });
      const missing = () =>
        db
          .insert(users)
          .values({ id: 2, email: null as never })
          .onConflict(users.id)
          .ignore();
      expect(await failureOf(missing)).toMatchObject({ code: "E_NOT_NULL_VIOLATION" });
      expect(await db.from(users)).toEqual([{ ...ada, ...full }]);
    });

    test("still fail when the key to update by is not the one that collides", async ({ db }) => {
      await db.insert(users).values([ada, { id: 2, email: "b", name: "B" }]);
      const before = await db.from(users).orderBy(users.id);
      const attempts = [
        () =>
          db
            .insert(users)
            .values({ id: 3, email: "c", name: "Ada", bio: "stolen" })
            .onConflict(users.email)
            .update(["bio"]),
        () =>
          db
            .insert(users)
            .values({ id: 1, email: "b", bio: "stolen" })
            .onConflict(users.email)
            .update(["bio", "id"]),
      ];
      for (const attempt of attempts)
        expect(await failureOf(attempt)).toMatchObject({ code: "E_UNIQUE_VIOLATION" });
      expect(await db.from(users).orderBy(users.id)).toEqual(before);
    });

    test("refuse a column of another table as the key", async ({ db }) => {
      const build = (): unknown =>
        db
          .insert(users)
          .values(ada)
          .onConflict(counted.id as never);
      expect(await failureOf(build)).toMatchObject({ code: "E_UNKNOWN_COLUMN" });
    });

    test("refuse columns that are no key, by which no row would ever collide", async ({ db }) => {
      await db.insert(users).values(ada);
      for (const build of [
        () => db.insert(users).values({ id: 2, email: "b" }).onConflict(users.bio).ignore(),
        () =>
          db.insert(users).values({ id: 2, email: "b" }).onConflict(users.bio).update(["email"]),
        () => db.insert(users).values(ada).onConflict(users.id, users.email).ignore(),
      ])
        expect(await failureOf(build)).toMatchObject({ code: "E_UNKNOWN_COLUMN" });
      expect(await db.from(users).count()).toBe(1);
    });

    test.needing(
      (can) => can.insertReturning,
      "give back the rows that they wrote",
      async ({ db }) => {
        await db.insert(users).values(ada);
        const rows = await db
          .insert(users)
          .values([
            { id: 1, email: "x", bio: "new" },
            { id: 2, email: "two" },
          ])
          .onConflict(users.id)
          .update(["bio"])
          .returning({ id: users.id, bio: users.bio, email: users.email });
        expect(rows).toEqual([
          { id: 1, bio: "new", email: ada.email },
          { id: 2, bio: null, email: "two" },
        ]);
        const ignored = await db
          .insert(users)
          .values({ id: 1, email: "z" })
          .onConflict(users.id)
          .ignore()
          .returning();
        expect(ignored).toEqual([]);
        expect((await db.from(users).where(eq(users.id, 1)).one()).bio).toBe("new");
      },
    );
  });
}
