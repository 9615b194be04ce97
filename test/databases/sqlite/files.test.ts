import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import {
  boolean,
  connect,
  createTables,
  decimal,
  defineSchema,
  double,
  inArray,
  integer,
  json,
  sql,
  table,
  text,
  timestamp,
  varchar,
  type Database,
} from "plinth";
import { afterEach, beforeEach, describe, expect, test } from "vitest";

const items = table("items", {
  id: integer().primaryKey(),
  name: varchar({ length: 5 }),
  open: boolean(),
  data: json(),
  price: decimal({ precision: 4, scale: 2 }),
  parentId: integer().references(() => items.id),
});

let folder: string;
let file: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "plinth-sqlite-"));
  file = join(folder, "test.db");
});

afterEach(() => rmSync(folder, { recursive: true, force: true, maxRetries: 3 }));

async function pragma(db: Database, name: string): Promise<unknown> {
  const { rows } = await db.execute<Record<string, unknown>>(sql.raw(`pragma ${name}`) as never);
  return Object.values(rows[0] ?? {})[0];
}

describe("a file", () => {
  test("is in WAL mode, durable at every commit, and keeps foreign keys", async () => {
    await using db = await connect(`sqlite:${file}`);

    expect(await pragma(db, "journal_mode")).toBe("wal");
    expect(await pragma(db, "synchronous")).toBe(2);
    expect(await pragma(db, "foreign_keys")).toBe(1);
  });

  test("may give up durability in a power cut, where the URL says so", async () => {
    await using db = await connect(`sqlite:${file}?durability=normal`);

    expect(await pragma(db, "synchronous")).toBe(1);
    expect(await pragma(db, "journal_mode")).toBe("wal");
  });

  test("is opened by a path with spaces, a percent sign, a question mark or a hash, encoded", async () => {
    const odd = join(folder, "a b%c?d#e.db");
    await using db = await connect(`sqlite:${encodeURIComponent(odd)}`);
    await db.execute(sql`create table t (id integer)`);

    expect(existsSync(odd)).toBe(true);
  });

  test("can be given in parts", async () => {
    await using db = await connect({
      scheme: "sqlite",
      database: file,
      options: { durability: "normal" },
    });

    expect(await pragma(db, "synchronous")).toBe(1);
    expect(existsSync(file)).toBe(true);
  });

  test("gets the page cache that the URL gives", async () => {
    await using db = await connect(`sqlite:${file}?cache_kib=5000`);

    expect(await pragma(db, "cache_size")).toBe(-5000);
  });

  test("refuses options that SQLite doesn't know, and wrong ones, and makes no file", async () => {
    const urls = [
      "mod=ro",
      "mode=rx",
      "durability=off",
      "cache_kib=-1",
      "acquire_timeout=x",
      "__proto__=1",
    ];
    for (const option of urls) {
      await expect(connect(`sqlite:${file}?${option}`), option).rejects.toMatchObject({
        code: "E_CONFIG",
      });
    }
    await expect(connect("sqlite:")).rejects.toMatchObject({ code: "E_CONFIG" });
    expect(existsSync(file)).toBe(false);
  });

  test("that can't be opened, or is no database, is told without its path's values", async () => {
    await expect(connect(`sqlite:${join(folder, "none", "x.db")}`)).rejects.toMatchObject({
      code: "E_QUERY",
    });
    await using db = await connect(`sqlite:${join(import.meta.dirname, "files.test.ts")}?mode=ro`);
    await expect(db.execute(sql`select * from sqlite_master`)).rejects.toMatchObject({
      code: "E_QUERY",
    });
  });

  test("is closed with everything that belongs to it", async () => {
    const db = await connect(`sqlite:${file}`);
    await createTables(db, defineSchema({ items }));
    await db.transaction(async () => db.from(items).count());
    await db.transaction(async (tx) => tx.from(items).count(), { readOnly: true });
    await db.close();

    // The last connection to close folds the log into the file.
    expect(existsSync(`${file}-wal`)).toBe(false);
  });
});

describe("a read-only file", () => {
  test("is read, and every write is E_READ_ONLY", async () => {
    const writable = await connect(`sqlite:${file}`);
    await createTables(writable, defineSchema({ items }));
    await writable.insert(items).values({ id: 1, name: "one" });
    await writable.close();

    await using db = await connect(`sqlite:${file}?mode=ro`);
    expect(await db.from(items).count()).toBe(1);
    for (const write of [
      () => db.insert(items).values({ id: 2 }),
      () => db.update(items).set({ name: "x" }).all().returning(),
      () => db.delete(items).all(),
      () => db.execute(sql`drop table items`),
      () => db.transaction(async (tx) => tx.delete(items).all()),
    ])
      await expect(async () => await write()).rejects.toMatchObject({ code: "E_READ_ONLY" });
    expect(await db.from(items).count()).toBe(1);
  });

  test("must exist", async () => {
    await expect(connect(`sqlite:${file}?mode=ro`)).rejects.toMatchObject({ code: "E_QUERY" });
    expect(existsSync(file)).toBe(false);
  });
});

describe("tables", () => {
  test("refuse what isn't of a column's type, from every program that writes to them", async () => {
    await using db = await connect(`sqlite:${file}`);
    await createTables(db, defineSchema({ items }));
    const other = new DatabaseSync(file);
    try {
      other.exec("insert into items (id, name, open, data) values (1, 'abcde', 1, '[1]')");
      for (const values of [
        "2, 'abcdef', 1, '[1]'",
        "2, 'a', 2, '[1]'",
        "2, 'a', 'yes', '[1]'",
        "2, 'a', 1, '{'",
        "'x', 'a', 1, '[1]'",
        "2.5, 'a', 1, '[1]'",
        "2147483648, 'a', 1, '[1]'",
        "2, x'00', 1, '[1]'",
      ])
        expect(
          () => other.exec(`insert into items (id, name, open, data) values (${values})`),
          values,
        ).toThrow();
      // 9999 is 99.99, the largest of four digits.
      expect(() => other.exec("insert into items (id, price) values (2, 10000)")).toThrow(/CHECK/);
    } finally {
      other.close();
    }
    expect(await db.from(items)).toEqual([
      { id: 1, name: "abcde", open: true, data: [1], price: null, parentId: null },
    ]);
    await expect(db.execute(sql`insert into items (id, open) values (2, 7)`)).rejects.toMatchObject(
      {
        code: "E_CHECK_VIOLATION",
      },
    );
    await expect(db.execute(sql`insert into items (id) values ('x')`)).rejects.toMatchObject({
      code: "E_INVALID_VALUE",
    });
  });

  test("of databases that exist are read and written as they store their values", async () => {
    const legacy = table("legacy", {
      id: integer().primaryKey(),
      seconds: timestamp({ storage: { sqlite: "seconds" } }),
      iso: timestamp({ storage: { sqlite: "iso" } }),
      plain: timestamp({ storage: { sqlite: "sql" }, precision: 0 }),
      text: timestamp({ mode: "string", storage: { sqlite: "iso" }, precision: 6 }),
      price: decimal({ precision: 10, scale: 2, storage: { sqlite: "real" } }),
      note: text(),
    });
    await using db = await connect(`sqlite:${file}`);
    await db.execute(
      sql`create table legacy (id integer primary key, seconds, iso, plain, text, price, note)`,
    );
    await db.execute(
      sql`insert into legacy values (1, 1769860800, '2026-01-31T12:00:00Z', '2026-01-31 12:00:00', '2026-01-31 12:00:00.5', 9.9, 'n')`,
    );
    const noon = new Date("2026-01-31T12:00:00.000Z");

    expect(await db.from(legacy)).toEqual([
      {
        id: 1,
        seconds: noon,
        iso: noon,
        plain: noon,
        text: "2026-01-31T12:00:00.500000Z",
        price: "9.90",
        note: "n",
      },
    ]);
    const row = {
      id: 2,
      seconds: noon,
      iso: noon,
      plain: noon,
      text: "2026-01-31T12:00:00.500000Z",
      price: "0.10",
    };
    await db.insert(legacy).values(row);
    const { rows } = await db.execute(
      sql`select seconds, iso, plain, text, price from legacy where id = 2`,
    );
    expect(rows).toEqual([
      {
        seconds: 1_769_860_800,
        iso: "2026-01-31T12:00:00.000Z",
        plain: "2026-01-31 12:00:00",
        text: "2026-01-31T12:00:00.500000Z",
        price: 0.1,
      },
    ]);
    expect(await db.from(legacy).find(2)).toEqual({ ...row, note: null });
  });
});

describe("memory", () => {
  test("is a database of its own for each connect, and is gone with it", async () => {
    await using one = await connect("sqlite::memory:");
    await using two = await connect("sqlite::memory:");
    await createTables(one, defineSchema({ items }));
    await one.insert(items).values({ id: 1 });

    await expect(async () => await two.from(items)).rejects.toMatchObject({
      code: "E_MISSING_TABLE",
    });
    expect(await pragma(one, "foreign_keys")).toBe(1);
    const orphan = one.insert(items).values({ id: 2, parentId: 9 });
    await expect(async () => await orphan).rejects.toMatchObject({
      code: "E_FOREIGN_KEY_VIOLATION",
    });
  });
});

test("a decimal with more digits than its type is refused, not garbled", async () => {
  await using db = await connect("sqlite::memory:");
  await createTables(db, defineSchema({ items }));
  await db.insert(items).values({ id: 1 });
  const odd = sql`1234.5`.as(decimal({ precision: 10, scale: 2 }));
  const failed = db.select({ odd }).from(items);
  await expect(async () => await failed).rejects.toMatchObject({ code: "E_INVALID_VALUE" });
});

test("a long list of numbers finds each of them", async () => {
  await using db = await connect("sqlite::memory:");
  const numbers = table("numbers", { id: integer().primaryKey(), n: double() });
  await createTables(db, defineSchema({ numbers }));
  // Powers of an odd number have digits that only an exact reading keeps.
  const values = Array.from(
    { length: 3_000 },
    (_, at) => 1.000_7 ** (at - 1_500) * 10 ** (at % 40),
  );
  await db.insert(numbers).values(values.map((n, id) => ({ id, n })));
  expect(await db.from(numbers).where(inArray(numbers.n, values)).count()).toBe(3_000);
  expect(
    await db
      .from(numbers)
      .where(inArray(sql`${numbers.n}`, values))
      .count(),
  ).toBe(3_000);
});
