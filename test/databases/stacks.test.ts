import {
  connect,
  createTables,
  defineSchema,
  eq,
  integer,
  table,
  text,
  type Database,
} from "plinth";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createTestDatabase, testServers, type TestDatabase } from "../servers/databases.ts";

const notes = table("note", { id: integer().primaryKey(), text: text().notNull() });

describe.each(testServers())("an error's stack on $name", (server) => {
  let place: TestDatabase;
  let db: Database;

  beforeAll(async () => {
    place = await createTestDatabase(server);
    db = await connect(place.url);
    await createTables(db, defineSchema({ notes }));
    await db.insert(notes).values({ id: 1, text: "there" });
  });
  afterAll(async () => {
    await db?.close();
    await place?.drop();
  });

  async function stackOf(work: () => Promise<unknown>): Promise<string> {
    const error = await work().catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(Error);
    return String((error as Error).stack);
  }

  test("leads to who awaited a write that the database refused", async () => {
    const stack = await stackOf(async function insertsTwice() {
      await db.insert(notes).values({ id: 1, text: "again" });
    });

    expect(stack).toMatch(/^UniqueViolationError: .*\n\s+at /);
    expect(stack).toMatch(/at (?:async )?insertsTwice .*stacks\.test\.ts/);
  });

  test("leads to who awaited a query that was never sent", async () => {
    const stack = await stackOf(async function asksForText() {
      await db.from(notes).where(eq(notes.id, "one" as unknown as number));
    });

    expect(stack).toMatch(/at (?:async )?asksForText .*stacks\.test\.ts/);
  });

  test("leads to who looked for a row by a key that is none", async () => {
    const find = db.from(notes).find(null as unknown as number);

    await expect(find).rejects.toMatchObject({ code: "E_INVALID_VALUE" });
  });
});

test("says that a table is there already", async () => {
  const db = await connect("sqlite::memory:");
  const schema = defineSchema({ notes });
  await createTables(db, schema);

  await expect(createTables(db, schema)).rejects.toThrow(/"note" exists already/);
  await db.close();
});
