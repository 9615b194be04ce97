import { createTables } from "../../migrate/create-tables.ts";
import { and, eq, gt, inArray, like, or } from "../../query/expression.ts";
import { asc } from "../../query/order.ts";
import { sql } from "../../query/sql.ts";
import { defineSchema } from "../../schema/schema.ts";
import { index } from "../../schema/constraints.ts";
import { alias, table } from "../../schema/table.ts";
import { integer, text, varchar } from "../../schema/types.ts";
import { failureOf, type Kit } from "./kit.ts";

const things = table("things", { id: integer().primaryKey(), name: text(), size: integer() });

/** Names, plans, and the life of a connected database. */
export function connectionCases({ alone, expect, group }: Kit): void {
  group("a connected database", { things }, (test) => {
    test("spells the names of tables and columns as its naming says", () =>
      alone(
        async (db) => {
          const artists = table("music_artist", {
            artistId: integer().primaryKey(),
            fullName: text(),
          });
          const albums = table(
            "album",
            {
              albumId: integer().primaryKey(),
              artistId: integer().references(() => artists.artistId),
              title: varchar("given_name", { length: 20 }).unique(),
            },
            (t) => [index().on(t.artistId)],
          );
          await createTables(db, defineSchema({ albums, artists }));
          await db.insert(artists).values({ artistId: 1, fullName: "Ada" });
          await db.insert(albums).values({ albumId: 1, artistId: 1, title: "T" });

          const joined = db
            .select({ title: albums.title, by: artists.fullName })
            .from(albums)
            .innerJoin(artists, eq(artists.artistId, albums.artistId));
          expect(await joined).toEqual([{ title: "T", by: "Ada" }]);
          const { text: statement } = joined.toSql();
          for (const name of ["MusicArtist", "FullName", "Album", "given_name"])
            expect(statement.includes(name), name).toBe(true);
          const { rows } = await db.execute(sql`select ${albums.title} from ${albums}`);
          expect(rows).toEqual([{ given_name: "T" }]);
          expect(
            await failureOf(db.insert(albums).values({ albumId: 2, title: "T" })),
          ).toMatchObject({
            code: "E_UNIQUE_VIOLATION",
            table: "Album",
            columns: ["given_name"],
          });
        },
        { naming: { tables: "PascalCase", columns: "PascalCase" } },
      ));

    test("refuses two tables that its naming makes one", async () => {
      const songs = table("album_song", { id: integer().primaryKey() });
      const tracks = table("AlbumSong", { id: integer().primaryKey() });
      const opening = alone(async () => {}, {
        schema: defineSchema({ songs, tracks }),
        naming: { tables: "snake_case" },
      });
      const failure = await failureOf(opening);
      expect(failure).toMatchObject({ code: "E_SCHEMA" });
      const told =
        '"songs" and "tracks" of the schema are one table in the database, "album_song".';
      expect(String(failure).includes(told), String(failure)).toBe(true);
    });

    test("reads a table under another name", async ({ db }) => {
      await db.insert(things).values([
        { id: 1, name: "a" },
        { id: 2, name: "b" },
      ]);
      const other = alias(things, "other things");
      expect(await db.from(other).where(gt(other.id, 1)).orderBy(asc(other.id))).toEqual([
        { id: 2, name: "b", size: null },
      ]);
      expect(await db.select({ id: other.id }).from(other).where(eq(other.name, "a"))).toEqual([
        { id: 1 },
      ]);
      expect(await db.from(other).find(2)).toEqual({ id: 2, name: "b", size: null });
      expect(await db.from(other).count()).toBe(2);
      expect(alias(things, "other things") === other).toBe(true);
    });

    test("makes one plan for queries that differ in their values only", async ({ db }) => {
      const makers: ((n: number) => PromiseLike<unknown>)[] = [
        (n) => db.from(things).find(n),
        (n) =>
          db
            .from(things)
            .where(and(eq(things.name, `n${n}`), or(gt(things.size, n), eq(things.id, n)))),
        (n) =>
          db
            .from(things)
            .where(gt(things.id, n))
            .orderBy(things.id)
            .limit(n + 1)
            .offset(n),
        (n) => db.insert(things).values({ id: n, name: `n${n}` }),
        (n) =>
          db
            .update(things)
            .set({ name: `m${n}`, size: n })
            .where(eq(things.id, n)),
        (n) =>
          db
            .from(things)
            .where(like(things.name, `m${n}%`))
            .first(),
        (n) =>
          db
            .select({ id: things.id, sum: sql<number>`${things.size} + ${n}`.as(integer()) })
            .from(things)
            .where(eq(things.id, n)),
        (n) => db.execute(sql`select ${things.id} from ${things} where ${things.id} = ${n}`),
        (n) => db.delete(things).where(eq(things.id, n)),
      ];
      for (const [at, make] of makers.entries()) {
        await make(2_000);
        const before = db.stats().plans;
        for (let n = 0; n < 1_000; n++) await make(n);
        expect(db.stats().plans, `query ${at}`).toBe(before);
      }
    });

    test("shares a plan among lists of about one length", async ({ db }) => {
      await db.insert(things).values(Array.from({ length: 20 }, (_, id) => ({ id })));
      const list = (length: number): number[] => Array.from({ length }, (_, at) => at);
      const plansFor = async (lengths: readonly number[]): Promise<number> => {
        const before = db.stats().plans;
        for (const length of lengths)
          expect(
            await db
              .from(things)
              .where(inArray(things.id, list(length)))
              .count(),
          ).toBe(length);
        return db.stats().plans - before;
      };
      expect(await plansFor([5, 6, 7, 8])).toBe(1);
      expect(await plansFor([9, 12, 16])).toBe(1);
      expect(await plansFor([5, 16])).toBe(0);
      const before = db.stats().plans;
      for (let length = 100; length < 1_000; length += 7)
        await db
          .from(things)
          .where(inArray(things.id, list(length)))
          .count();
      expect(db.stats().plans - before <= 4).toBe(true);
    });

    test("answers queries that differ in more than values by plans of their own", async ({
      db,
    }) => {
      await db.insert(things).values([
        { id: 1, name: "a", size: 5 },
        { id: 2, name: null, size: 6 },
      ]);
      const queries = [
        () => db.from(things).where(eq(things.id, 1)),
        () => db.from(things).where(eq(things.size, 6)),
        () => db.from(things).where(gt(things.id, 1)),
        () => db.from(things).where(and(eq(things.id, 1), eq(things.size, 6))),
        () => db.from(things).where(or(eq(things.id, 1), eq(things.size, 6))),
        () => db.from(things).where(inArray(things.id, [1])),
        () => db.from(things).where(inArray(things.id, [1, 2])),
      ];
      const ids = async (): Promise<number[][]> => {
        const found: number[][] = [];
        for (const query of queries)
          found.push((await query()).map((row) => row.id).toSorted((one, other) => one - other));
        return found;
      };
      const expected = [[1], [2], [2], [], [1, 2], [1], [1, 2]];
      expect(await ids()).toEqual(expected);
      expect(await ids()).toEqual(expected);
    });

    test("starts anew when shapes never end, and goes on answering", async ({ db }) => {
      await db.insert(things).values({ id: 1, name: "a", size: 3 });
      for (let n = 0; n < 2_500; n++) {
        const [row] = await db.select({ n: sql.raw(`${n}`).as(integer()) }).from(things);
        expect(row?.n).toBe(n);
      }
      expect(db.stats().plans <= 2_000).toBe(true);
      expect((await db.from(things).find(1))?.size).toBe(3);
    });

    test("gives each of many queries at once its own rows", async ({ db }) => {
      await db
        .insert(things)
        .values(Array.from({ length: 200 }, (_, id) => ({ id, name: `n${id}` })));
      const answers = await Promise.all(
        Array.from({ length: 1_000 }, (_, at) => db.from(things).find(at % 200)),
      );
      expect(answers.every((row, at) => row?.name === `n${at % 200}`)).toBe(true);
    });

    test("refuses every query once it is closed, and closes twice alike", () =>
      alone(async (db) => {
        await createTables(db, defineSchema({ things }));
        await db.insert(things).values({ id: 1 });
        await db.close();
        await db.close();
        const uses = [
          () => db.from(things),
          () => db.from(things).first(),
          () => db.insert(things).values({ id: 2 }),
          () => db.execute(sql`select 1`),
          () => db.from(things).timeout(100),
          () => db.from(things).stream()[Symbol.asyncIterator]().next(),
          () =>
            db
              .stream(sql`select 1`)
              [Symbol.asyncIterator]()
              .next(),
          () => db.from(things).explain(),
          () => db.transaction(async () => 1),
          () => db.transaction(async () => 1, { readOnly: true }),
        ];
        for (const use of uses) expect(await failureOf(use)).toMatchObject({ code: "E_CLOSED" });
        expect(db.stats()).toMatchObject({ open: 0, leased: 0, waiting: 0 });
      }));

    test("finishes the transactions under way before it closes", () =>
      alone(async (db) => {
        await createTables(db, defineSchema({ things }));
        const seen: number[] = [];
        const { promise: begun, resolve: tellBegun } = Promise.withResolvers<void>();
        const work = db.transaction(async (tx) => {
          await tx.insert(things).values({ id: 1 });
          tellBegun();
          await new Promise((resolve) => setTimeout(resolve, 20));
          seen.push((await tx.from(things)).length);
        });
        await begun;
        await db.close();
        await work;
        expect(seen).toEqual([1]);
      }));

    test("goes on when a table is altered, or made anew, under queries that are kept prepared", () =>
      alone(async (db) => {
        await createTables(db, defineSchema({ things }));
        await db.insert(things).values([{ id: 1, name: "a" }]);
        const all = async (): Promise<void> => {
          // On all of its connections.
          const found = await Promise.all(
            Array.from({ length: 20 }, () => db.from(things).find(1)),
          );
          for (const row of found) expect(row).toEqual({ id: 1, name: "a", size: null });
          const many = await Promise.all(
            Array.from({ length: 20 }, () => db.from(things).where(like(things.name, "a%"))),
          );
          for (const rows of many) expect(rows).toEqual([{ id: 1, name: "a", size: null }]);
          expect(await db.update(things).set({ name: "a" }).where(eq(things.id, 1))).toEqual({
            affectedRows: 1,
          });
        };
        for (let turn = 0; turn < 3; turn++) await all();
        await db.execute(sql`alter table ${things} add column extra integer`);
        await all();
        await db.execute(sql`drop table ${things}`);
        await createTables(db, defineSchema({ things }));
        await db.insert(things).values([{ id: 1, name: "a" }]);
        for (let turn = 0; turn < 3; turn++) await all();
      }));

    test("tells what it is and what it can do", async ({ db }) => {
      expect(db.server.product.length > 0).toBe(true);
      expect(db.server.version.length).toBe(3);
      expect(db.server.version[0] > 0).toBe(true);
      expect(db.can.maxParameters > 0).toBe(true);
    });
  });
}
