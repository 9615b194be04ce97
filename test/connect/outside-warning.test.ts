import { once } from "node:events";
import { connect, createTables, defineSchema, integer, table, type Database } from "plinth";
import { expect, test } from "vitest";

const marks = table("marks", { id: integer().primaryKey() });

async function readBeside(db: Database): Promise<unknown> {
  const rows = await db.from(marks);
  return rows;
}

async function warningOf(work: () => Promise<unknown>): Promise<Error & { detail?: string }> {
  const warned = once(process, "warning");
  await work();
  const [warning] = (await warned) as [Error & { detail?: string }];
  return warning;
}

test("db inside a transaction's callback is warned of once, with the line", async () => {
  await using db = await connect("sqlite::memory:");
  await createTables(db, defineSchema({ marks }));
  const warnings: Error[] = [];
  const note = (warning: Error): void => void warnings.push(warning);
  process.on("warning", note);
  const warning = await warningOf(() =>
    db.transaction(async () => {
      await readBeside(db).catch(() => {});
      await readBeside(db).catch(() => {});
    }),
  );
  expect(warning).toMatchObject({ code: "PLINTH_OUTSIDE_TRANSACTION" });
  expect(warning.detail).toMatch(/readBeside \(.*outside-warning\.test\.ts:\d+/);
  await readBeside(db);
  await db.transaction((tx) => tx.from(marks));
  await new Promise((resolve) => setTimeout(resolve, 5));
  process.off("warning", note);
  expect(warnings).toHaveLength(1);
});

test("in production nobody is warned", async () => {
  const before = process.env["NODE_ENV"];
  process.env["NODE_ENV"] = "production";
  const warnings: Error[] = [];
  const note = (warning: Error): void => void warnings.push(warning);
  process.on("warning", note);
  try {
    await using db = await connect("sqlite::memory:");
    await createTables(db, defineSchema({ marks }));
    await db.transaction(async () => {
      await db.from(marks).catch(() => {});
    });
    await new Promise((resolve) => setTimeout(resolve, 5));
  } finally {
    process.off("warning", note);
    process.env["NODE_ENV"] = before;
  }
  expect(warnings).toEqual([]);
});
