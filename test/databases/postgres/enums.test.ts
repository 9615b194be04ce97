import {
  connect,
  createTables,
  defineSchema,
  desc,
  enumType,
  eq,
  inArray,
  integer,
  sql,
  table,
} from "plinth";
import { expect, test } from "vitest";
import { createTestDatabase, testServers } from "../../servers/databases.ts";

const mood = enumType("mood", ["low", "it's high", "b"], { storage: { postgres: "text" } });
const days = table("days", { id: integer().primaryKey(), mood: mood().default("it's high") });

test.each(testServers().filter(({ name }) => name.startsWith("postgres")))(
  "an enum kept as text sorts as it is declared and takes no other text on $name",
  async (server) => {
    const database = await createTestDatabase(server);
    try {
      await using db = await connect(database.url);
      await createTables(db, defineSchema({ days }));
      await db.insert(days).values([{ id: 1, mood: "b" }, { id: 2 }, { id: 3, mood: "low" }]);
      await db.insert(days).values({ id: 4, mood: null });

      const moods = (await db.from(days).orderBy(desc(days.mood))).map((row) => row.mood);
      expect(moods).toEqual(["b", "it's high", "low", null]);
      expect(await db.from(days).where(eq(days.mood, "low")).count()).toBe(1);
      expect(
        await db
          .from(days)
          .where(inArray(days.mood, ["low", "b"]))
          .count(),
      ).toBe(2);
      const written = db.execute(sql`insert into ${days} (id, mood) values (5, 'high')`);
      await expect(written).rejects.toMatchObject({ code: "E_CHECK_VIOLATION" });
      const { rows } = await db.execute(sql`select typname from pg_type where typname = 'mood'`);
      expect(rows).toEqual([]);
    } finally {
      await database.drop();
    }
  },
);
