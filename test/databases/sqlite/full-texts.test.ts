// What only SQLite's full-text indexes are: tables beside the table, which triggers keep for every program.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import {
  connect,
  createTables,
  defineSchema,
  fullTextIndex,
  integer,
  match,
  table,
  text,
  uuid,
  type Database,
} from "plinth";
import { afterEach, beforeEach, expect, test } from "vitest";

const pages = table("pages", { id: text().primaryKey(), body: text() }, (t) => [
  fullTextIndex().on(t.body),
]);

let folder: string;
let file: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "plinth-full-text-"));
  file = join(folder, "test.db");
});

afterEach(() => rmSync(folder, { recursive: true, force: true, maxRetries: 3 }));

async function found(db: Database, words: string): Promise<string[]> {
  return (await db.from(pages).where(match(pages.body, words))).map(({ id }) => id);
}

test("knows what other programs write, also by `replace`, and what VACUUM moves", async () => {
  await using db = await connect(`sqlite:${file}`);
  await createTables(db, defineSchema({ pages }));
  const other = new DatabaseSync(file);
  other.exec("insert into pages values ('a', 'green tea'), ('b', 'coffee'), ('c', 'milk')");
  other.exec("insert or replace into pages values ('b', 'cocoa')");
  other.exec("delete from pages where id = 'a'; vacuum");
  expect(await found(db, "coffee")).toEqual([]);
  expect(await found(db, "cocoa")).toEqual(["b"]);
  expect(await found(db, "milk")).toEqual(["c"]);
  other.exec("update pages set body = 'tea' where id = 'c'");
  other.exec("insert or ignore into pages values ('c', 'water'), ('d', 'wine')");
  expect(await found(db, "tea")).toEqual(["c"]);
  expect(await found(db, "wine")).toEqual(["d"]);
  other.exec("insert into pages_body_fulltext (pages_body_fulltext) values ('integrity-check')");
  other.close();
});

test("refuses a table whose rows have no lasting number", async () => {
  await using db = await connect("sqlite::memory:");
  const keyless = table("keyless", { body: text() }, (t) => [fullTextIndex().on(t.body)]);
  const taken = table(
    "taken",
    {
      id: uuid().primaryKey(),
      ROWID: text("ROWID"),
      second: text("_rowid_"),
      third: integer("OID"),
    },
    (t) => [fullTextIndex().on(t.ROWID)],
  );
  for (const one of [keyless, taken]) {
    await expect(createTables(db, defineSchema({ one }))).rejects.toMatchObject({
      code: "E_UNSUPPORTED",
    });
  }
});
