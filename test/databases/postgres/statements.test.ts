import pg from "pg";
import { connect, count, eq, integer, sql, table, text } from "plinth";
import { describe, expect, test } from "vitest";
import { connected, postgresServers } from "./connected.ts";

const items = table("items", { id: integer().primaryKey(), name: text() });
/** The same table before and after `name` is changed. */
const untyped = sql`name`;

describe.each(postgresServers())("kept statements on $name", (server) => {
  async function withItems() {
    const own = await connected(server, "shared_connections=1&max_connections=1");
    await own.aside(`create table items (id integer primary key, name text collate "C")`);
    await own.db.insert(items).values([
      { id: 1, name: "1" },
      { id: 2, name: "2" },
    ]);
    return own;
  }

  test("a column whose type changes doesn't fail the queries that are kept", async () => {
    await using own = await withItems();
    const { db, aside } = own;
    const read = () => db.select({ id: items.id, name: untyped }).from(items).orderBy(items.id);
    for (let turn = 0; turn < 3; turn++) await read();
    await aside("alter table items alter column name type integer using name::integer");
    // Many at once, all of which go by the name that has become stale.
    const rows = await Promise.all([read(), read(), read()]);
    for (const found of rows)
      expect(found).toEqual([
        { id: 1, name: 1 },
        { id: 2, name: 2 },
      ]);
    for (let turn = 0; turn < 3; turn++) expect((await read())[0]).toEqual({ id: 1, name: 1 });
  });

  test("a parameter whose type was changed or made anew doesn't fail the queries that are kept", async () => {
    await using own = await withItems();
    const { db, aside } = own;
    await aside("create type mood as enum ('calm', 'wild'); alter table items add mood mood");
    const byName = () => db.from(items).where(sql`name = ${"1"}`);
    const byMood = () => db.from(items).where(sql`mood = ${"calm"}`);
    const reads = () => Promise.all([byName(), byMood(), byName(), byMood()]);
    await aside("update items set mood = 'calm' where id = 1");
    const rows = [{ id: 1, name: "1" }];
    for (let turn = 0; turn < 3; turn++) expect(await reads()).toEqual([rows, rows, rows, rows]);
    await aside("alter table items drop column mood; drop type mood");
    await aside("create type mood as enum ('calm'); alter table items add mood mood");
    await aside("update items set mood = 'calm' where id = 1");
    for (let turn = 0; turn < 3; turn++) expect(await reads()).toEqual([rows, rows, rows, rows]);
    await aside("alter table items alter column name type integer using name::integer");
    for (let turn = 0; turn < 3; turn++) expect((await reads()).flat()).toHaveLength(4);
    await aside("alter table items drop column mood; drop type mood");
    await aside("create type mood as enum ('calm'); alter table items add mood mood");
    await db.transaction(async (tx) => tx.from(items).where(sql`mood = ${"calm"}`));
  });

  test("inside a transaction a changed table is an error that may be tried again", async () => {
    await using own = await withItems();
    const { db, aside } = own;
    const run = (retries = 0) =>
      db.transaction(
        async (tx) => {
          await tx.from(items).where(eq(items.id, 2)).count();
          return tx.select({ name: untyped }).from(items).where(eq(items.id, 1));
        },
        { retries },
      );
    for (let turn = 0; turn < 3; turn++) await run();
    await aside("alter table items alter column name type integer using name::integer");
    await expect(run()).rejects.toMatchObject({
      code: "E_SERIALIZATION",
      hint: expect.stringContaining("whole transaction"),
    });
    for (let turn = 0; turn < 3; turn++) await run();
    await aside("alter table items alter column name type bigint");
    expect(await run(1)).toEqual([{ name: 1 }]);
    expect(await run()).toEqual([{ name: 1 }]);
    expect(await run()).toEqual([{ name: 1 }]);
  });

  test("statements that somebody dropped on the server are made again", async () => {
    await using own = await withItems();
    const { db } = own;
    for (let turn = 0; turn < 3; turn++) await db.from(items).find(1);
    await db.transaction(async (tx) => tx.execute(sql`select 1`));
    // On the shared connection, where the statement is kept: as a fragment that has an effect.
    await db.execute(sql`create function forget() returns int language plpgsql as
      $$ begin deallocate all; return 1; end $$`);
    await db
      .select({ n: sql`forget()` })
      .from(items)
      .limit(1);
    const rows = await Promise.all([1, 2, 1, 2].map((id) => db.from(items).find(id)));
    expect(rows.map((row) => row?.name)).toEqual(["1", "2", "1", "2"]);
    for (let turn = 0; turn < 3; turn++) {
      expect(await db.from(items).find(1)).toEqual({ id: 1, name: "1" });
    }
  });

  test("a statement is kept when it comes again, and no more than 500 are", async () => {
    await using own = await withItems();
    const { db } = own;
    const count = async () =>
      (
        await db
          .select({
            n: sql<number>`(select count(*) from pg_prepared_statements where name like 'plinth%')`,
          })
          .from(items)
          .first()
      )?.n;
    expect(await count()).toBe(0);
    const shape = (index: number) => db.select({ [`k${index}`]: items.id }).from(items);
    for (let index = 0; index < 20; index++) await shape(index);
    // Only the count itself has come a second time.
    expect(await count()).toBe(1);
    for (let index = 0; index < 700; index++) {
      await shape(index);
      await shape(index);
    }
    const kept = await count();
    expect(kept).toBeGreaterThan(200);
    expect(kept).toBeLessThanOrEqual(500);
    // Those let go of work as before.
    for (let index = 0; index < 700; index += 50) {
      expect(await shape(index)).toEqual([{ [`k${index}`]: 1 }, { [`k${index}`]: 2 }]);
    }
  });

  test("a query that asks for a custom plan is planned for its values each time", async () => {
    await using own = await withItems();
    await own.db.transaction(async (tx) => {
      const keptCount = async (): Promise<number> => {
        const { rows } = await tx.execute(
          sql<{ n: number }>`select count(*) as n from pg_prepared_statements
            where statement like ${'%from "items"%'} and name like 'plinth%'`,
        );
        return rows[0]!.n;
      };
      const query = tx.from(items).where(eq(items.id, 1));
      for (let turn = 0; turn < 8; turn++)
        expect(await query.plan("custom")).toEqual([{ id: 1, name: "1" }]);
      expect(await keptCount()).toBe(0);
      for (let turn = 0; turn < 8; turn++) await query.plan("custom").plan("auto");
      expect(await keptCount()).toBe(1);
    });
    expect(() => own.db.from(items).plan("generic" as "auto")).toThrow(/"auto" or "custom"/);
  });

  test("a value that fits no more leaves the statement usable", async () => {
    await using own = await withItems();
    const { db } = own;
    const find = (id: string | number) =>
      db.from(items).where(sql`${items.id} = ${id}::text::integer`);
    for (const [id, count] of [
      ["1", 1],
      ["no number", undefined],
      ["2", 1],
      ["no", undefined],
      ["1", 1],
    ] as const) {
      if (count === undefined)
        await expect(find(id)).rejects.toMatchObject({ code: "E_INVALID_VALUE" });
      else expect(await find(id)).toHaveLength(count);
    }
  });

  test("copying through the connection is refused, and the connection goes on", async () => {
    await using own = await withItems();
    const { db } = own;
    for (const way of ["from stdin", "to stdout"]) {
      const copying = sql.raw(`copy items ${way}`);
      for (let turn = 0; turn < 3; turn++) {
        await expect(db.execute(copying)).rejects.toMatchObject({ code: "E_UNSUPPORTED" });
      }
      await db.transaction((tx) => tx.from(items).count());
    }
    expect(await db.transaction(async (tx) => tx.from(items).count())).toBe(2);
  });

  test("the package may be handed over", async () => {
    await using own = await withItems();
    await using db = await connect(own.url, { driver: await import("pg") });
    expect(await db.from(items).count()).toBe(2);
    await expect(connect(own.url, { driver: { Pool: class {} } })).rejects.toMatchObject({
      code: "E_CONFIG",
    });
    // As before 8.23: the option is not known.
    class OldClient extends pg.Client {
      constructor(config: pg.ClientConfig) {
        super(config);
        Reflect.deleteProperty(this, "pipeline");
      }
    }
    await expect(
      connect(own.url, { driver: { Client: OldClient, Query: pg.Query } }),
    ).rejects.toMatchObject({ code: "E_CONFIG", hint: expect.stringContaining("npm install") });
  });
});

describe.each(postgresServers())("errors of $name", (server) => {
  test("constraints name the table, the columns and themselves", async () => {
    await using own = await connected(server);
    const { db, aside } = own;
    await aside(`create table parents (id int primary key, code text unique, n int not null default 1 check (n > 0));
      create table children (a int, b int, parent_id int references parents on delete restrict, primary key (a, b));
      create unique index parents_lower on parents (lower(code));
      insert into parents values (1, 'secret'); insert into children values (1, 1, 1)`);
    const fails = async (text: string) => {
      try {
        await db.execute(sql.raw(text));
      } catch (error) {
        const {
          code,
          table: name,
          columns,
          constraint,
          message,
        } = error as Error & Record<string, unknown>;
        expect(message).not.toContain("secret");
        return { code, table: name, columns, constraint };
      }
      throw new Error("It did not fail.");
    };
    expect(await fails("insert into children values (1, 1, 1)")).toEqual({
      code: "E_UNIQUE_VIOLATION",
      table: "children",
      columns: ["a", "b"],
      constraint: "children_pkey",
    });
    expect(await fails("insert into parents values (2, 'SECRET')")).toEqual({
      code: "E_UNIQUE_VIOLATION",
      table: "parents",
      columns: undefined,
      constraint: "parents_lower",
    });
    expect(await fails("insert into children values (1, 2, 5)")).toEqual({
      code: "E_FOREIGN_KEY_VIOLATION",
      table: "children",
      columns: ["parent_id"],
      constraint: "children_parent_id_fkey",
    });
    expect(await fails("delete from parents")).toEqual({
      code: "E_FOREIGN_KEY_VIOLATION",
      table: "children",
      columns: undefined,
      constraint: "children_parent_id_fkey",
    });
    expect(await fails("insert into parents values (3, 'x', null)")).toEqual({
      code: "E_NOT_NULL_VIOLATION",
      table: "parents",
      columns: ["n"],
      constraint: undefined,
    });
    expect(await fails("insert into parents values (3, 'x', 0)")).toEqual({
      code: "E_CHECK_VIOLATION",
      table: "parents",
      columns: undefined,
      constraint: "parents_n_check",
    });
  });

  test("a grouped expression that holds a value is told what to do", async () => {
    await using own = await connected(server);
    await own.db.execute(sql`create table items (id int primary key, name text)`);
    await own.db.insert(items).values([{ id: 1 }, { id: 2 }, { id: 12 }]);
    const last = sql<number>`${items.id} % ${10}`;
    const query = own.db.select({ last, n: count() }).from(items);
    const again = sql<number>`${items.id} % ${10}`;
    await expect(query.groupBy(again)).rejects.toMatchObject({
      hint: expect.stringContaining("same object"),
    });
    expect((await query.groupBy(last)).length).toBe(2);
    const byPlace = await query.groupBy(sql`1`).orderBy(sql`1`);
    expect(byPlace).toEqual([
      { last: 1, n: 1 },
      { last: 2, n: 2 },
    ]);
  });

  test("a refused statement has the code of what is wrong with it", async () => {
    await using own = await connected(server);
    const { db } = own;
    const codes: Record<string, string> = {
      "select * from nowhere": "E_MISSING_TABLE",
      "select nothing": "E_MISSING_COLUMN",
      "selec 1": "E_SYNTAX",
      "select 1; select 2": "E_SYNTAX",
      "select 2147483647::int4 + 1::int4": "E_OUT_OF_RANGE",
      "select 'x'::int": "E_INVALID_VALUE",
      "select '2026-02-30'::date": "E_INVALID_VALUE",
      "select 1 / 0": "E_QUERY",
      "select 1; create table t (a int)": "E_SYNTAX",
    };
    for (const [text, code] of Object.entries(codes)) {
      await expect(db.execute(sql.raw(text)), text).rejects.toMatchObject({ code });
    }
    const readOnly = db.transaction((tx) => tx.execute(sql`create table t (a int)`), {
      readOnly: true,
    });
    await expect(readOnly).rejects.toMatchObject({ code: "E_READ_ONLY" });
    await expect(
      db.transaction(async (tx) => {
        await tx.execute(sql`select 1 / 0`).catch(() => {});
        await tx.execute(sql`select 1`);
      }),
    ).rejects.toMatchObject({ hint: expect.stringContaining("tx.transaction()") });
    await expect(
      db.transaction(async (tx) => {
        await tx.execute(sql`set local statement_timeout = 50`);
        await tx.execute(sql`select pg_sleep(5)`);
      }),
    ).rejects.toMatchObject({ code: "E_TIMEOUT" });
  });

  test("of two writers under serializable one is told to try again", async () => {
    await using own = await connected(server);
    const { db } = own;
    await db.execute(sql`create table counters (id int primary key, n int not null)`);
    await db.execute(sql`insert into counters values (1, 0)`);
    const haveBothRead = Promise.withResolvers<void>();
    let readCount = 0;
    const increment = () =>
      db.transaction(
        async (tx) => {
          const { rows } = await tx.execute(sql<{ n: number }>`select n from counters`);
          if (++readCount === 2) haveBothRead.resolve();
          await haveBothRead.promise;
          await tx.execute(sql`update counters set n = ${rows[0]!.n + 1}`);
        },
        { isolation: "serializable", retries: 0 },
      );
    const results = await Promise.allSettled([increment(), increment()]);
    expect(results.map((result) => result.status).toSorted()).toEqual(["fulfilled", "rejected"]);
    const lost = results.find((result) => result.status === "rejected");
    expect(lost?.reason).toMatchObject({ code: "E_SERIALIZATION" });
  });
});
