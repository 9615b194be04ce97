import { inserted } from "../../query/write/conflict.ts";
import { add } from "../../query/functions/arithmetic.ts";
import { and, eq, gt, inArray } from "../../query/expression.ts";
import { sql } from "../../query/sql.ts";
import { table } from "../../schema/table.ts";
import { timestamps } from "../../schema/timestamps.ts";
import { integer, text, varchar } from "../../schema/types.ts";
import { version } from "../../schema/version.ts";
import { failureOf, type Kit } from "./kit.ts";

const pages = table("pages", {
  id: integer().primaryKey(),
  slug: varchar({ length: 20 }).unique(),
  body: text(),
  reads: integer().notNull().default(0),
  version: version(),
  ...timestamps(),
});

const shelves = table("shelves", { id: integer().primaryKey(), name: text() });

const plain = table("plain", { id: integer().primaryKey(), body: text() });

/** Columns that count the writes of a row, and writes that name the version which they read. */
export function versionCases({ expect, group }: Kit): void {
  group("versions", { pages, shelves, plain }, (test) => {
    test("begin at 1, whichever way the row is inserted", async ({ db }) => {
      await db.insert(pages).values([{ id: 1 }, { id: 2 }]);
      await db.insert(pages).select(db.select({ id: add(pages.id, 10) }).from(pages));
      await db.insert(pages).stream([{ id: 5 }]);
      await db.insert(pages).values({ id: 6 }).onConflict(pages.id).update(["body"]);
      await db.execute(sql`insert into ${pages} (id) values (7)`);
      const rows = await db.from(pages);
      expect(rows.map((row) => row.version)).toEqual(rows.map(() => 1));
      expect(rows.length).toBe(7);
    });

    test("count every update, whichever way it is written", async ({ db }) => {
      await db.insert(pages).values([{ id: 1 }, { id: 2 }, { id: 3, slug: "c" }]);
      await db.insert(shelves).values({ id: 1, name: "a" });
      await db.update(pages).set({ body: "a" }).where(eq(pages.id, 1));
      await db
        .update(pages)
        .set({ body: sql<string>`${shelves.name}` })
        .innerJoin(shelves, eq(shelves.id, pages.id))
        .all();
      await db.updateMany(pages, [
        { id: 1, body: "b" },
        { id: 2, reads: 3 },
      ]);
      await db.updateMany(pages, [{ slug: "c", reads: 1 }], { key: "slug" });
      const rows = await db
        .update(pages)
        .set({ reads: add(pages.reads, 1) })
        .all()
        .returning();
      const versions = rows.toSorted((one, two) => one.id - two.id).map((row) => row.version);
      expect(versions).toEqual([5, 3, 3]);

      const again = [{ id: 1 }, { id: 2, body: "c" }, { id: 9 }];
      await db.insert(pages).values(again).onConflict(pages.id).update(["body"]);
      await db
        .insert(pages)
        .values([{ id: 3, reads: 2 }])
        .onConflict(pages.id)
        .update({ reads: inserted(pages.reads) }, { where: gt(inserted(pages.reads), 1) });
      await db.insert(pages).values({ id: 2 }).onConflict(pages.id).ignore();
      const stored = await db.from(pages).orderBy(pages.id);
      expect(stored.map((row) => row.version)).toEqual([6, 4, 4, 1]);
    });

    test("let a write through that names the one there is, and give back the next", async ({
      db,
    }) => {
      await db.insert(pages).values({ id: 1, slug: "a" });
      const update = () => db.update(pages).set({ body: "x" });
      expect(await update().where(eq(pages.id, 1)).version(1)).toEqual({ affectedRows: 1 });
      const bySlug = update().where(and(eq(pages.slug, "a"), eq(pages.body, "x")));
      const next = await bySlug.version(2).comment("read").returning({ version: pages.version });
      expect(next).toEqual([{ version: 3 }]);
      const gone = await db.delete(pages).where(eq(pages.id, 1)).version(3).returning().one();
      expect([gone.version, await db.from(pages).count()]).toEqual([3, 0]);
    });

    test("tell a row that has changed from one that is gone", async ({ db }) => {
      await db.insert(pages).values({ id: 1, body: "theirs" });
      await db.update(pages).set({ reads: 1 }).where(eq(pages.id, 1));
      const update = (id: number) => db.update(pages).set({ body: "ours" }).where(eq(pages.id, id));
      const stale = { code: "E_STALE", table: "pages" };
      const gone = { code: "E_NOT_FOUND", table: "pages" };
      expect(await failureOf(update(1).version(1))).toMatchObject(stale);
      expect(await failureOf(update(1).version(1).returning())).toMatchObject(stale);
      expect(await failureOf(update(1).version(1).returning().one())).toMatchObject(stale);
      expect(await failureOf(db.delete(pages).where(eq(pages.id, 1)).version(3))).toMatchObject(
        stale,
      );
      expect(await failureOf(update(2).version(1))).toMatchObject(gone);
      expect(await failureOf(update(2).version(1).returning())).toMatchObject(gone);
      expect((await db.from(pages).find(1))?.body).toBe("theirs");
    });

    test("let one of those through who read the same version", async ({ db }) => {
      await db.insert(pages).values({ id: 1 });
      const tries = await Promise.allSettled(
        [1, 2, 3, 4].map((reads) =>
          db.update(pages).set({ reads }).where(eq(pages.id, 1)).version(1).returning(),
        ),
      );
      const codes = tries.flatMap((outcome) =>
        outcome.status === "rejected" ? [(outcome.reason as { code: string }).code] : [],
      );
      expect(codes).toEqual(["E_STALE", "E_STALE", "E_STALE"]);
      expect((await db.from(pages).find(1))?.version).toBe(2);
    });

    test("are compared by updates of many rows that bring them, all or none", async ({ db }) => {
      await db.insert(pages).values([1, 2, 3].map((id) => ({ id, body: "old" })));
      const mine = await db.from(pages).orderBy(pages.id);
      const write = (ids: readonly number[], body: string) =>
        db.updateMany(
          pages,
          mine
            .filter(({ id }) => ids.includes(id))
            .map(({ id, version }) => ({ id, version, body })),
        );
      expect(await write([1, 2], "new")).toEqual({ affectedRows: 2, missing: 0 });
      expect(await failureOf(write([2, 3], "late"))).toMatchObject({ code: "E_STALE" });
      expect(await db.from(pages).where(eq(pages.body, "late")).count()).toBe(0);
      await db.delete(pages).where(inArray(pages.id, [1, 2]));
      expect(await write([2, 3], "last")).toEqual({ affectedRows: 1, missing: 1 });
      const mixed = [
        { id: 3, version: 1, body: "a" },
        { id: 3, slug: "x" },
      ];
      expect(await failureOf(db.updateMany(pages, mixed))).toMatchObject({
        code: "E_INVALID_VALUE",
      });
      const [row] = await db.from(pages);
      expect([row?.id, row?.body, row?.version]).toEqual([3, "last", 2]);
    });

    test("are counted and not set, and are of one row", async ({ db }) => {
      const one = eq(pages.id, 1);
      const refused: (readonly [() => unknown, string])[] = [
        [() => db.update(pages).set({ version: 3 } as never), "E_INVALID_VALUE"],
        [
          () => db.insert(pages).values({ id: 1 }).onConflict().update(["version"]),
          "E_INVALID_VALUE",
        ],
        [
          () =>
            db
              .insert(pages)
              .values({ id: 1 })
              .onConflict()
              .update({ version: 1 } as never),
          "E_INVALID_VALUE",
        ],
        [() => db.updateMany(pages, [{ id: 1, version: 1 }]), "E_EMPTY_WRITE"],
        [() => db.update(pages).set({ body: "x" }).all().version(1), "E_NO_CONDITION"],
        [() => db.delete(pages).where(gt(pages.id, 1)).version(1), "E_NO_CONDITION"],
        [
          () =>
            db
              .delete(pages)
              .where(one)
              .version("1" as never),
          "E_INVALID_VALUE",
        ],
        [
          () =>
            db
              .delete(pages)
              .where(one)
              .version(undefined as never),
          "E_INVALID_VALUE",
        ],
        [
          () =>
            db
              .delete(plain)
              .where(eq(plain.id, 1))
              .version(1 as never),
          "E_UNKNOWN_COLUMN",
        ],
      ];
      for (const [write, code] of refused)
        expect(await failureOf(async () => await write()), code).toMatchObject({ code });
    });
  });
}
