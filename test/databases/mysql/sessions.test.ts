import { connect, createTables, defineSchema, eq, integer, sql, table } from "plinth";
import { describe, expect, test } from "vitest";
import { connected, disguised, mariadbServers } from "./connected.ts";

const counters = table("counters", { id: integer().primaryKey(), n: integer().notNull() });
const schema = defineSchema({ counters });

for (const server of mariadbServers) {
  describe("on MariaDB", () => {
    for (const driver of [undefined, disguised("8.4.3")]) {
      test(`rows are given back as they are stored, not as they were (${driver ? "MySQL in disguise" : "MariaDB"})`, async () => {
        await using own = await connected(server, "", { driver });
        const { db } = own;
        await createTables(db, schema);
        await db.insert(counters).values([1, 2].map((id) => ({ id, n: 0 })));
        await db.transaction(
          async (tx) => {
            expect(await tx.from(counters).count()).toBe(2);
            await own.aside("update counters set n = 5");
            const updated = tx
              .update(counters)
              .set({ n: sql`n` })
              .where(eq(counters.id, 1));
            expect(await updated.returning()).toEqual([{ id: 1, n: 5 }]);
            await own.aside("insert into counters values (3, 7)");
            const deleted = await tx
              .delete(counters)
              .where(sql`n > ${0}`)
              .returning();
            expect(deleted.map(({ n }) => n)).toEqual([5, 5, 7]);
          },
          { isolation: "repeatable read" },
        );
        expect(await db.from(counters).count()).toBe(0);
      });
    }

    test("a table that is missing is named", async () => {
      await using own = await connected(server);
      for (const text of ["select * from nowhere", "drop table nowhere"]) {
        const failed = own.db.execute(sql.raw(text));
        await expect(failed).rejects.toThrow(/^There is no table "nowhere"\./);
      }
    });

    test("a write is committed, whatever the server's sessions begin with", async () => {
      await using own = await connected(server);
      await createTables(own.db, schema);
      const [before] = await own.aside("select @@global.init_connect as text");
      const user = `plinth_${process.pid}`;
      // init_connect is not run for those who may do everything.
      await own.aside(`create or replace user ${user}@'%' identified by 'secret'`);
      await own.aside(`grant all on ${new URL(own.url).pathname.slice(1)}.* to ${user}@'%'`);
      await own.aside(`set global init_connect = 'set autocommit = 0, completion_type = 1'`);
      try {
        const url = new URL(own.url);
        url.username = user;
        url.password = "secret";
        await using db = await connect(url.href);
        await db.insert(counters).values({ id: 1, n: 1 });
        await db.transaction((tx) => tx.insert(counters).values({ id: 2, n: 1 }));
        await db.execute(sql`insert into ${counters} values (3, 1)`);
        expect(await own.db.from(counters).count()).toBe(3);
      } finally {
        await own.aside(`set global init_connect = '${String(before!["text"])}'`);
        await own.aside(`drop user ${user}@'%'`);
      }
    });
  });
}
