import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  asc,
  connect,
  createScratch,
  createTables,
  defineSchema,
  gt,
  integer,
  sql,
  table,
  text,
  type Database,
} from "plinth";
import { afterAll, beforeAll, describe, expect, test } from "vitest";

const notes = table("note", { id: integer().primaryKey(), text: text() });
const schema = defineSchema({ notes });

const codeOf = (work: PromiseLike<unknown>): Promise<unknown> =>
  Promise.resolve(work).then(
    () => "done",
    (error: unknown) => Reflect.get(Object(error), "code") as unknown,
  );

describe("in memory", () => {
  let db: Database;
  beforeAll(async () => {
    db = await connect("pglite:?extensions=citext");
    await createTables(db, schema);
    const rows = Array.from({ length: 1_000 }, (_, id) => ({ id, text: `note ${id}` }));
    await db.insert(notes).values(rows);
  });
  afterAll(() => db.close());

  test("is PostgreSQL 18 in this process", () => {
    expect(db.server).toMatchObject({ product: "pglite", version: [18, 6, 0] });
    expect(db.can).toMatchObject({
      isEmbedded: true,
      concurrentWriters: false,
      transactionalDdl: true,
    });
  });

  test("has the extensions that its URL names, and says which it lacks", async () => {
    await db.execute(sql`create extension citext`);
    expect((await db.execute(sql`select 'A'::citext = 'a' as same`)).rows).toEqual([
      { same: true },
    ]);
    for (const name of ["postgis", "../x", "pg-trgm; x"]) {
      const refused = connect(`pglite:?extensions=${encodeURIComponent(name)}`);
      expect(await codeOf(refused), name).toBe("E_UNSUPPORTED");
    }
  });

  test("refuses COPY, which has nobody to wait for", async () => {
    for (const copy of [sql`copy ${notes} from stdin`, sql`copy ${notes} to stdout`])
      expect(await codeOf(db.execute(copy))).toBe("E_UNSUPPORTED");
    const script = Promise.resolve(db["~runner"].script("select 1; copy note from stdin"));
    expect(await codeOf(script)).toBe("E_UNSUPPORTED");
    expect(await db.from(notes).count()).toBe(1_000);
  });

  test("hands its session on from streams that are being read, whose rows stay as they were", async () => {
    const read = async (from: number): Promise<number[]> => {
      const ids: number[] = [];
      const query = db.from(notes).where(gt(notes.id, from)).orderBy(asc(notes.id));
      for await (const { id } of query.stream({ batch: 10 })) {
        ids.push(id);
        if (id % 100 === 0) await db.update(notes).set({ text: "late" }).where(gt(notes.id, id));
      }
      return ids;
    };
    const [all, some, few] = await Promise.all([read(-1), read(499), read(997)]);
    expect([all?.length, some?.length, few]).toEqual([1_000, 500, [998, 999]]);
    // An error in the rest of the rows is for whoever reads on.
    const failing = db
      .select({ n: sql<number>`1 / (50 - ${notes.id})` })
      .from(notes)
      .orderBy(asc(notes.id))
      .stream({ batch: 1 })
      [Symbol.asyncIterator]();
    expect(await failing.next()).toEqual({ done: false, value: { n: 0 } });
    expect(await db.from(notes).count()).toBe(1_000);
    expect(await codeOf(failing.next())).toBe("E_QUERY");
    expect(db.stats()).toMatchObject({ leased: 0, waiting: 0 });
    expect(await db.from(notes).count()).toBe(1_000);
  });

  test("tells of statements that the server alone refuses, with its code", async () => {
    const error: unknown = await db
      .execute(sql`select * from note, note`)
      .catch((reason: unknown) => reason);
    expect(error).toMatchObject({ code: "E_QUERY", serverCode: "42712" });
  });
});

describe("in a folder", () => {
  const folder = mkdtempSync(join(tmpdir(), "plinth-pglite-"));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  test("keeps what it holds, is opened once at a time, and can be copied", async () => {
    const url = `pglite:${join(folder, "a b/app")}`;
    expect(await codeOf(connect(url))).toBe("E_QUERY");
    const db = await connect(url, { createDatabase: true });
    await createTables(db, schema);
    await db.insert(notes).values({ id: 1, text: "kept" });
    expect(await codeOf(connect(url))).toBe("E_DATABASE_IN_USE");
    expect(await codeOf(createScratch(url, { hasData: true }))).toBe("E_DATABASE_IN_USE");
    await db.close();
    const scratch = await createScratch(url, { hasData: true });
    const copy = await connect(scratch.url);
    expect(await copy.from(notes)).toEqual([{ id: 1, text: "kept" }]);
    await copy.insert(notes).values({ id: 2 });
    await copy.close();
    await scratch.drop();
    const [, path = ""] = scratch.url.split(":");
    expect(existsSync(decodeURI(path))).toBe(false);
    const again = await connect(url);
    expect(await again.from(notes)).toEqual([{ id: 1, text: "kept" }]);
    await again.close();
    const empty = await createScratch(`${url}?acquire_timeout=2`);
    expect(empty.url).toBe("pglite:?acquire_timeout=2");
  });
});

test("a package that isn't PGlite is refused", async () => {
  expect(await codeOf(connect("pglite:", { driver: {} }))).toBe("E_CONFIG");
  const db = await connect("pglite:", { driver: await import("@electric-sql/pglite") });
  expect((await db.execute(sql`select 1 as n`)).rows).toEqual([{ n: 1 }]);
  await db.close();
});
