// A program with the module that `plinth check` writes, as its author has it.
import { setTimeout as sleep } from "node:timers/promises";
import { expect, test } from "vitest";
import { connect, createTables, named, withQueryTags, type Database, type LogEntry } from "plinth";
import { databaseTest } from "plinth/testing";
import { queries } from "./plinth.queries.ts";
import { people, schema } from "./schema.ts";

const encryption = { current: "a", keys: { a: Buffer.alloc(32, 1).toString("base64") } };

const rows = [1, 2, 3].map((id) => ({
  id,
  key: `0190d3c4-0000-7000-8000-00000000000${id}`,
  name: `n${id}`,
  role: "user" as const,
  credit: "1.50",
  visits: 9_007_199_254_740_993n,
  isActive: id > 1,
  settings: { dark: true, tags: ["x"] },
  avatar: new Uint8Array([1]),
  home: { x: 1, y: 2 },
  secret: "s",
  createdAt: new Date("2026-01-31T12:00:00Z"),
}));

const own = databaseTest.extend({ url: "sqlite::memory:", schema, queries, encryption });

own("reads what builders wrote, each column by its type", async ({ db }) => {
  await db.insert(people).values(rows);
  const [first] = await db.query(
    'select id, name, role, credit, visits, is_active as "isActive", settings, created_at as "createdAt" from checked_people where id = :id',
    { id: 2 },
  );
  const { id, name, role, credit, visits, isActive, settings, createdAt } = rows[1]!;
  expect(first).toEqual({ id, name, role, credit, visits, isActive, settings, createdAt });
  const { key, home, secret, avatar } = rows[1]!;
  expect(await db.query(queries.findPerson, { id: 2 }).one()).toEqual({
    id,
    key,
    home,
    secret,
    avatar,
  });
});

own("runs what is named in a tag, in a file, and in parts", async ({ db }) => {
  await db.insert(people).values(rows);
  const find = (id: number) =>
    db.query(named("personById")`select id, name from checked_people where id = ${id}`).first();
  expect(await find(2)).toEqual({ id: 2, name: "n2" });
  expect(await find(9)).toBeUndefined();
  expect(await db.query(queries.renamePerson, { id: 1, name: "x" })).toEqual({ affectedRows: 1 });
  const search = (params: { name?: string; active?: boolean }) =>
    db.query(
      "select id from checked_people\nwhere 1 = 1\n  /*if name*/ and name = :name /*end*/\n  /*if active*/ and is_active /*end*/\norder by id",
      params,
    );
  expect(await search({})).toEqual([{ id: 1 }, { id: 2 }, { id: 3 }]);
  expect(await search({ active: true })).toEqual([{ id: 2 }, { id: 3 }]);
  expect(await search({ active: true, name: "n3" })).toEqual([{ id: 3 }]);
});

async function opened(options: { log?: (entry: LogEntry) => void }): Promise<Database> {
  const db = await connect("sqlite::memory:", {
    schema,
    queries,
    encryption,
    warnOfRepeats: true,
    ...(options.log && { log: options.log }),
  });
  await createTables(db, schema);
  return db;
}

const BY_ID = 'select count(*) as "total: number" from checked_people';

test("tells the log its text with placeholders, its tags and its line", async () => {
  const entries: LogEntry[] = [];
  await using db = await opened({ log: (entry) => entries.push(entry) });
  await withQueryTags({ route: "/people" }, () => db.query(BY_ID).one());
  await db.query(queries.renamePerson, { id: 1, name: "secret" });
  const [counted, renamed] = entries.slice(-2);
  expect(counted).toMatchObject({ sql: `${BY_ID} /*route='%2Fpeople'*/`, rowCount: 1 });
  expect(counted?.place).toMatch(/program\.test\.ts:\d+:\d+$/);
  expect(renamed).toMatchObject({
    sql: "update checked_people set name = ? where id = ?",
    rowCount: 0,
  });
});

test("warns of a query that runs for one key after the other, with its line", async () => {
  const warnings: string[] = [];
  const listen = ({ message, detail }: Error & { detail?: string }): void =>
    void warnings.push(`${message} ${detail}`);
  process.on("warning", listen);
  await using db = await opened({});
  for (let id = 1; id <= 6; id++)
    await db.query(named("personById")`select id, name from checked_people where id = ${id}`);
  await sleep(20);
  process.off("warning", listen);
  expect(warnings.join("\n")).toMatch(
    /The query "select id, name from checked_people where id = \$1" ran 5 times[^]*program\.test\.ts:\d+/,
  );
});

test("plans what it is told to, and shows what it sends", async () => {
  await using db = await opened({});
  const find = db.query("select id from checked_people where id in (:ids) order by id", {
    ids: [1, 2],
  });
  expect(find.toSql()).toEqual({
    text: "select id from checked_people where id in (?, ?) order by id",
    values: [1, 2],
  });
  expect(String(await find.explain())).toContain("checked_people");
});

test("keeps a keyed text apart from every other one", async () => {
  await using db = await opened({});
  const ask = db.query.bind(db) as unknown as (text: string) => PromiseLike<unknown>;
  for (const text of ["named:personById", "file:findPerson", "__proto__", "toString", ""])
    await expect(ask(text)).rejects.toMatchObject({ code: "E_UNCHECKED" });
});

test("refuses a module of another version", async () => {
  const { checkedQueries } = await import("plinth");
  const data = { ...queries["~checked"], format: 99 as unknown as 1 };
  expect(() => checkedQueries(data)).toThrow(expect.objectContaining({ code: "E_CONFIG" }));
});
