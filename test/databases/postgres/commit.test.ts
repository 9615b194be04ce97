import { connect, integer, table, createTables, defineSchema } from "plinth";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createTestDatabase, testServers, type TestDatabase } from "../../servers/databases.ts";

const marks = table("marks", { id: integer().primaryKey() });

for (const server of testServers().filter(({ name }) => name.startsWith("postgres"))) {
  describe(`a commit on ${server.name}`, () => {
    let database: TestDatabase;
    beforeAll(async () => {
      database = await createTestDatabase(server);
    });
    afterAll(() => database.drop());

    test("is not reported when the server rolled back, because a failed statement was swallowed", async () => {
      await using db = await connect(database.url);
      await createTables(db, defineSchema({ marks }));
      const outcome = db.transaction(async (tx) => {
        await tx.insert(marks).values({ id: 1 });
        await tx
          .insert(marks)
          .values({ id: 1 })
          .then(undefined, () => {});
        return "done";
      });

      await expect(outcome).rejects.toMatchObject({ code: "E_QUERY" });
      expect(await db.from(marks).count()).toBe(0);
    });

    test("keeps what came before a savepoint that failed", async () => {
      await using db = await connect(database.url);
      await db.transaction(async (tx) => {
        await tx.insert(marks).values({ id: 7 });
        await expect(
          tx.transaction(async (inner) => inner.insert(marks).values({ id: 7 })),
        ).rejects.toMatchObject({ code: "E_UNIQUE_VIOLATION" });
      });

      expect(await db.from(marks).find(7)).toEqual({ id: 7 });
    });
  });
}
