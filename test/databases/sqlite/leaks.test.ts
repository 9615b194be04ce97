import { once } from "node:events";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { connect, createTables, defineSchema, integer, table, type Database } from "plinth";
import { expect, test } from "vitest";

const marks = table("marks", { id: integer().primaryKey() });

async function leak(db: Database): Promise<void> {
  const tx = await db.begin();
  await tx.insert(marks).values({ id: 1 });
}

test("a transaction whose handle is lost is rolled back, and a warning leads to who began it", async () => {
  setFlagsFromString("--expose-gc");
  const collect = runInNewContext("gc") as () => void;
  await using db = await connect("sqlite::memory:");
  await createTables(db, defineSchema({ marks }));
  const warned = once(process, "warning") as Promise<[Error & { code: string; detail: string }]>;
  await leak(db);
  expect(db.stats().leased).toBe(1);
  const collecting = setInterval(collect, 10);
  const [warning] = await warned;
  clearInterval(collecting);

  expect(warning).toMatchObject({ name: "PlinthWarning", code: "PLINTH_LEAKED_TRANSACTION" });
  expect(warning.detail).toMatch(/leak \(.*leaks\.test\.ts/);
  expect(await db.from(marks).count()).toBe(0);
  expect(db.stats().leased).toBe(0);
});
