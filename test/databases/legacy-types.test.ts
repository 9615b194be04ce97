// Types of tables that were there before, declared by their storage: made, written, compared and read back alike.
import {
  bigint,
  createTables,
  dateAdd,
  datePart,
  dateTrunc,
  defineSchema,
  desc,
  enumType,
  eq,
  gt,
  integer,
  lt,
  smallint,
  table,
  text,
  timestamp,
  varchar,
} from "plinth";
import { describe, expect, test } from "vitest";
import { canonicalModel } from "../../src/migrate/diff/canonical.ts";
import { declaredModel, onDatabase, read } from "../inspect/kit.ts";
import { testServers, type TestServer } from "../servers/databases.ts";

const servers = testServers();
const of = (name: string): TestServer[] => servers.filter((server) => server.name.startsWith(name));

const WITHOUT_ZONE = { postgres: "timestamp", mysql: "timestamp" } as const;

const counters = table("counters", {
  id: bigint({ mode: "number", storage: { mysql: "int unsigned" } })
    .primaryKey()
    .autoIncrement(),
  tiny: smallint({ storage: { mysql: "tinyint" } }),
  byte: smallint({ storage: { mysql: "tinyint unsigned" } }).default(255),
  word: integer({ storage: { mysql: "smallint unsigned" } }).default(65_535),
  medium: integer({ storage: { mysql: "mediumint" } }),
  large: integer("large_one", { storage: { mysql: "mediumint unsigned" } }),
  big: bigint({ storage: { mysql: "bigint unsigned" } }).default(9_007_199_254_740_993n),
  latin: varchar({ length: 20 }).collate({ mysql: "latin1_swedish_ci" }),
});

const events = table("events", {
  id: integer().primaryKey(),
  at: timestamp({ storage: WITHOUT_ZONE }).defaultNow(),
  exact: timestamp({ mode: "string", storage: WITHOUT_ZONE }),
  short: timestamp({ precision: 0, storage: WITHOUT_ZONE }).defaultNow(),
  zoned: timestamp(),
});

const schema = defineSchema({ counters, events });

describe.each([...of("postgres"), ...of("mariadb"), ...of("sqlite memory")])(
  "on $name",
  { timeout: 60_000 },
  (server) => {
    test("numbers and instants are what they are on every database", async () => {
      await onDatabase(server, async (db) => {
        await createTables(db, schema);
        const [row] = await db
          .insert(counters)
          .values({ tiny: -128, medium: -8_388_608, large: 16_777_215, latin: "grün" })
          .returning();
        expect(row).toEqual({
          id: 1,
          tiny: -128,
          byte: 255,
          word: 65_535,
          medium: -8_388_608,
          large: 16_777_215,
          big: 9_007_199_254_740_993n,
          latin: "grün",
        });
        expect(
          await db.from(counters).where(gt(counters.big, 9_007_199_254_740_992n)).count(),
        ).toBe(1);
        expect(await db.from(counters).where(eq(counters.latin, "grün")).count()).toBe(1);

        const at = new Date("2024-02-29T12:34:56.789Z");
        await db.insert(events).values([
          {
            id: 1,
            at,
            exact: "2024-02-29T12:34:56.789012Z",
            short: new Date("2024-02-29T12:34:56Z"),
            zoned: at,
          },
          { id: 2 },
        ]);
        const [first, second] = await db.from(events).orderBy(events.id);
        expect(first).toEqual({
          id: 1,
          at,
          exact: "2024-02-29T12:34:56.789012Z",
          short: new Date("2024-02-29T12:34:56Z"),
          zoned: at,
        });
        for (const now of [second!.at!, second!.short!])
          expect(Math.abs(now.getTime() - Date.now())).toBeLessThan(30_000);
        expect(await db.from(events).where(eq(events.at, at)).count()).toBe(1);
        expect(
          (await db.from(events).where(lt(events.at, new Date("2024-03-01T00:00:00Z")))).map(
            ({ id }) => id,
          ),
        ).toEqual([1]);
        expect((await db.from(events).orderBy(desc(events.at))).map(({ id }) => id)).toEqual([
          2, 1,
        ]);
        const [parts] = await db
          .select({
            hour: datePart("hour", events.at),
            day: dateTrunc("day", events.at),
            later: dateAdd(events.at, 1, "day"),
          })
          .from(events)
          .where(eq(events.id, 1));
        expect(parts).toEqual({
          hour: 12,
          day: new Date("2024-02-29T00:00:00Z"),
          later: new Date("2024-03-01T12:34:56.789Z"),
        });
      });
    });

    test("a label of an enum may be empty, and sorts in its place", async () => {
      const level = enumType("level", ["low", "", "high"]);
      const marks = table("marks", {
        id: integer().primaryKey(),
        level: level().notNull().default(""),
      });
      await onDatabase(server, async (db) => {
        await createTables(db, defineSchema({ marks }));
        await db
          .insert(marks)
          .values([{ id: 1, level: "high" }, { id: 2 }, { id: 3, level: "low" }]);
        expect((await db.from(marks).orderBy(marks.level)).map(({ level: own }) => own)).toEqual([
          "low",
          "",
          "high",
        ]);
        expect(await db.from(marks).where(eq(marks.level, "")).count()).toBe(1);
      });
    });

    test("a column beside the key is counted up where the server can, and refused elsewhere", async () => {
      const loose = table("loose", { id: text().primaryKey(), n: integer().autoIncrement() });
      const keyed = table("keyed", {
        id: varchar({ length: 9 }).primaryKey(),
        n: integer().autoIncrement().unique(),
      });
      await onDatabase(server, async (db) => {
        const refused = expect.objectContaining({ code: "E_UNSUPPORTED" });
        const isPostgres = server.name.startsWith("postgres");
        const isSqlite = server.name.startsWith("sqlite");
        if (isPostgres) await createTables(db, defineSchema({ loose }));
        else
          await expect(
            createTables(
              db,
              defineSchema({
                loose: table("loose", {
                  id: varchar({ length: 9 }).primaryKey(),
                  n: integer().autoIncrement(),
                }),
              }),
            ),
          ).rejects.toEqual(refused);
        if (isSqlite)
          return expect(createTables(db, defineSchema({ keyed }))).rejects.toEqual(refused);
        await createTables(db, defineSchema({ keyed }));
        await db.insert(keyed).values([{ id: "a" }, { id: "b" }]);
        expect((await db.from(keyed).orderBy(keyed.id)).map(({ n }) => n)).toEqual([1, 2]);
      });
    });
  },
);

describe.each([...of("postgres"), ...of("mariadb")])("on $name", { timeout: 60_000 }, (server) => {
  test("types by storage are read as they were declared", async () => {
    await onDatabase(server, async (db) => {
      await createTables(db, schema);
      const { model, others } = await read(db);
      const family = server.name.startsWith("mariadb") ? "mysql" : "postgres";
      const typesOf = (tables: typeof model.tables): object =>
        Object.fromEntries(
          tables.flatMap(({ columns, name }) =>
            columns.map(({ default: value, name: own, type }) => {
              const { storage, ...rest } = type;
              return [
                `${name}.${own}`,
                { ...rest, collation: undefined, storage: storage?.[family], value },
              ];
            }),
          ),
        );
      expect(others).toEqual([]);
      expect(typesOf(canonicalModel(model).tables)).toEqual(
        typesOf(canonicalModel(declaredModel(schema, db)).tables),
      );
    });
  });
});
