import { connect, createTables, defineSchema, integer, table, type Database } from "plinth";
import { expect, test } from "vitest";

const marks = table("marks", { id: integer().primaryKey() });

async function readBeside(db: Database): Promise<unknown> {
  const rows = await db.from(marks);
  return rows;
}

type Warning = Error & { readonly code?: string; readonly detail?: string };

/** What is warned of while `work` runs: of this kind, as other work of this process may warn of something else. */
async function warningsOf(work: () => Promise<unknown>): Promise<Warning[]> {
  const warnings: Warning[] = [];
  const note = (warning: Warning): void => {
    if (warning.code === "PLINTH_OUTSIDE_TRANSACTION") warnings.push(warning);
  };
  process.on("warning", note);
  try {
    await work();
    await new Promise((resolve) => setTimeout(resolve, 5));
  } finally {
    process.off("warning", note);
  }
  return warnings;
}

test("db inside a transaction's callback is warned of once, with the line", async () => {
  await using db = await connect("sqlite::memory:");
  await createTables(db, defineSchema({ marks }));
  const warnings = await warningsOf(async () => {
    await db.transaction(async () => {
      await readBeside(db).catch(() => {});
      await readBeside(db).catch(() => {});
    });
    await readBeside(db);
    await db.transaction((tx) => tx.from(marks));
  });
  expect(warnings).toHaveLength(1);
  expect(warnings[0]!.detail).toMatch(/readBeside \(.*outside-warning\.test\.ts:\d+/);
});

test("in production nobody is warned", async () => {
  const before = process.env["NODE_ENV"];
  process.env["NODE_ENV"] = "production";
  try {
    await using db = await connect("sqlite::memory:");
    await createTables(db, defineSchema({ marks }));
    const warnings = await warningsOf(() =>
      db.transaction(async () => {
        await db.from(marks).catch(() => {});
      }),
    );
    expect(warnings).toEqual([]);
  } finally {
    process.env["NODE_ENV"] = before;
  }
});
