import {
  asc,
  between,
  connect,
  createTables,
  defineSchema,
  eq,
  gt,
  inArray,
  integer,
  max,
  min,
  sql,
  table,
  text,
  timestamp,
  timestamps,
  uuid,
  uuidv7,
  type Condition,
} from "plinth";
import { afterAll, describe, expect, test } from "vitest";
import { createKit, failureOf, type Kit } from "../../src/testing/conformance/kit.ts";
import { createTestDatabase, testServers } from "../servers/databases.ts";

const IN_SECONDS = { sqlite: "seconds", postgres: "seconds", mysql: "seconds" } as const;
const IN_MILLISECONDS = {
  sqlite: "milliseconds",
  postgres: "milliseconds",
  mysql: "milliseconds",
} as const;

const TEXT = { storage: { postgres: "text", mysql: "text" } } as const;
const BINARY = { storage: { sqlite: "blob", mysql: "binary" } } as const;

const owners = table("owners", {
  id: uuid(TEXT).primaryKey().defaultRandom(),
  bytes: uuid(BINARY).notNull().unique().defaultRandom(),
  fixed: uuid(BINARY).notNull().default("01890a5d-ac96-774b-bcce-b302099a8057"),
});

const things = table("things", {
  id: integer().primaryKey(),
  ownerId: uuid(TEXT).references(() => owners.id),
  bytes: uuid(BINARY).references(() => owners.bytes),
  second: timestamp({ precision: 0, storage: IN_SECONDS }).notNull().defaultNow(),
  milli: timestamp({ storage: IN_MILLISECONDS })
    .notNull()
    .default(new Date("2001-02-03T04:05:06.789Z")),
  text: timestamp({ mode: "string", precision: 3, storage: IN_MILLISECONDS }).defaultNow(),
  short: text({ storage: { mysql: "tinytext" } }).default("it's short"),
  middle: text("mid", { storage: { mysql: "mediumtext", postgres: "varchar" } }),
  ...timestamps({ storage: IN_MILLISECONDS }),
});

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;

/** Values in the forms that databases have which were made by others. */
function storageCases({ alone, group }: Kit): void {
  group("storage settings", { owners, things }, (testCase) => {
    testCase(
      "keep UUIDs as text and as bytes, with everything that a UUID can do",
      async ({ db }) => {
        const [made] = await db.insert(owners).values({}).returning();
        expect([UUID.test(made!.id), UUID.test(made!.bytes)]).toEqual([true, true]);
        expect(made!.fixed).toBe("01890a5d-ac96-774b-bcce-b302099a8057");
        expect(await db.from(owners).find(made!.id)).toEqual(made);
        expect(await db.from(owners).where(eq(owners.bytes, made!.bytes.toUpperCase()))).toEqual([
          made,
        ]);
        await db.insert(things).values({ id: 1, ownerId: made!.id, bytes: made!.bytes });
        expect(
          await db
            .select({ id: things.id, owner: owners.id, bytes: things.bytes })
            .from(things)
            .innerJoin(owners, eq(owners.bytes, things.bytes)),
        ).toEqual([{ id: 1, owner: made!.id, bytes: made!.bytes }]);
        const orphan = db.insert(things).values({ id: 2, bytes: uuidv7() });
        expect(await failureOf(orphan)).toMatchObject({ code: "E_FOREIGN_KEY_VIOLATION" });

        const ids = Array.from({ length: 3 }, () => uuidv7()).toSorted();
        await db.insert(owners).values(ids.map((id) => ({ id, bytes: id })));
        const found = db.from(owners).where(inArray(owners.bytes, ids)).orderBy(asc(owners.bytes));
        expect((await found).map(({ bytes }) => bytes)).toEqual(ids);
        const many = [...ids, ...Array.from({ length: 1500 }, () => uuidv7())];
        expect(await db.from(owners).where(inArray(owners.bytes, many)).count()).toBe(3);
        expect(await db.from(owners).where(inArray(owners.id, many)).count()).toBe(3);
        const edges = { low: min(owners.id), high: max(owners.id) };
        const where = inArray(owners.id, ids);
        expect(await db.select(edges).from(owners).where(where)).toEqual([
          { low: ids[0], high: ids[2] },
        ]);
      },
    );

    testCase("keep instants as what has passed since 1970, also before it", async ({ db }) => {
      const early = new Date("1969-12-31T23:59:58.250Z");
      const late = new Date("9999-12-31T23:59:59.999Z");
      const before = Date.now();
      await db
        .insert(things)
        .values([
          { id: 1, second: early, milli: early, text: "1969-12-31T23:59:58.250Z" },
          { id: 2, second: late, milli: late, text: null },
          { id: 3 },
        ]);
      const [first, second, third] = await db.from(things).orderBy(things.id);
      expect(first).toMatchObject({
        second: new Date("1969-12-31T23:59:58.000Z"),
        milli: early,
        text: "1969-12-31T23:59:58.250Z",
      });
      expect(second).toMatchObject({ second: new Date("9999-12-31T23:59:59Z"), milli: late });
      expect(third!.milli).toEqual(new Date("2001-02-03T04:05:06.789Z"));
      for (const at of [third!.second, third!.createdAt, new Date(third!.text!)])
        expect(Math.abs(at.getTime() - before) < 5_000).toBe(true);
      const idsWhere = async (condition: Condition): Promise<number[]> =>
        (await db.from(things).where(condition).orderBy(things.id)).map(({ id }) => id);
      expect(await idsWhere(eq(things.milli, early))).toEqual([1]);
      expect(await idsWhere(eq(things.second, early))).toEqual([1]);
      expect(await idsWhere(gt(things.milli, new Date(0)))).toEqual([2, 3]);
      expect(await idsWhere(between(things.milli, early, new Date(0)))).toEqual([1]);
      expect(await idsWhere(inArray(things.second, [early, late]))).toEqual([1, 2]);
      expect(await idsWhere(eq(things.text, "1969-12-31T23:59:58.250Z"))).toEqual([1]);
      expect(await db.select({ last: max(things.milli) }).from(things)).toEqual([{ last: late }]);

      const longAgo = new Date(0);
      await db.update(things).set({ updatedAt: longAgo }).where(eq(things.id, 3));
      await db.update(things).set({ milli: early }).where(eq(things.id, 3));
      const kept = (await db.from(things).find(3))!.updatedAt.getTime();
      expect(Math.abs(kept - before) < 5_000).toBe(true);
    });

    testCase("keep texts in shorter types, which read and compare alike", async ({ db }) => {
      await db.insert(things).values({ id: 1, middle: "é 😀".repeat(5000) });
      const where = eq(things.short, "it's short");
      expect((await db.from(things).where(where).first())?.middle).toBe("é 😀".repeat(5000));
    });

    testCase("are whole numbers to others", async ({ db }) => {
      await db.insert(things).values({ id: 1, second: new Date(7_000), milli: new Date(7_250) });
      const { rows } = await db.execute<{ a: unknown; b: unknown }>(
        sql`select ${things.second} as a, ${things.milli} as b from ${things}`,
      );
      expect([Number(rows[0]!.a), Number(rows[0]!.b)]).toEqual([7, 7250]);
    });

    testCase("aren't compared with other forms of the same", async ({ db }) => {
      const seconds = db.from(things).where(eq(things.second, things.milli));
      expect(await failureOf(seconds)).toMatchObject({ code: "E_UNSUPPORTED" });
      const between_ = db.from(things).where(between(things.milli, things.second, new Date()));
      expect(await failureOf(between_)).toMatchObject({ code: "E_UNSUPPORTED" });
    });
  });

  group("storage settings that can't be", {}, (testCase) => {
    testCase("are refused where they are declared", () =>
      alone(async (db) => {
        expect(
          await failureOf(() => uuid({ storage: { sqlite: "bytes" as never } })),
        ).toMatchObject({ code: "E_SCHEMA" });
        expect(
          await failureOf(() => timestamp({ storage: { postgres: "iso" as never } })),
        ).toMatchObject({ code: "E_SCHEMA" });
        const pointing = table("pointing", {
          id: integer().primaryKey(),
          ownerId: uuid().references(() => owners.id),
        });
        const create = (): unknown => createTables(db, defineSchema({ owners, pointing }));
        expect(await failureOf(create)).toMatchObject({ code: "E_SCHEMA" });
      }),
    );
  });
}

for (const server of testServers()) {
  describe(server.name, () => {
    const open = () => createTestDatabase(server);
    storageCases(createKit({ test, describe, expect, after: afterAll, connect, open }));
  });
}
