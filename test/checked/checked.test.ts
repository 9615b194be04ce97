import { expect, test } from "vitest";
import { connect, createTables, named } from "plinth";
import { queries } from "./plinth.queries.ts";
import { people, schema } from "./schema.ts";

test("works", async () => {
  await using db = await connect("sqlite::memory:", {
    schema,
    queries,
    encryption: { current: "a", keys: { a: "0".repeat(64) } },
  });
  await createTables(db, schema);
  await db.insert(people).values(
    [1, 2, 3].map((id) => ({
      id,
      key: "0190d3c4-0000-7000-8000-00000000000" + id,
      name: "n" + id,
      role: "user" as const,
      credit: "1.50",
      visits: 9007199254740993n,
      isActive: id > 1,
      settings: { dark: true, tags: [] },
      avatar: new Uint8Array([1]),
      home: { x: 1, y: 2 },
      secret: "s",
      createdAt: new Date(0),
    })),
  );
  expect(
    await db.query("select id from checked_people where id in (:ids) order by id", { ids: [1, 3] }),
  ).toEqual([{ id: 1 }, { id: 3 }]);
  expect(
    await db.query("select id from checked_people where id in (:ids) order by id", { ids: [] }),
  ).toEqual([]);
  const id = 2;
  const row = await db
    .query(named("personById")`select id, name from checked_people where id = ${id}`)
    .one();
  expect(row).toEqual({ id: 2, name: "n2" });
  expect(await db.query(queries.findPerson, { id }).first()).toEqual({
    id: 2,
    key: "0190d3c4-0000-7000-8000-000000000002",
    home: { x: 1, y: 2 },
    secret: "s",
    avatar: new Uint8Array([1]),
  });
  expect(await db.query(queries.renamePerson, { id, name: "x" })).toEqual({ affectedRows: 1 });
  expect(await db.query('select count(*) as "total: number" from checked_people')).toEqual([
    { total: 3 },
  ]);
});
