import type { RowCache } from "../../outbox/rows/row-cache.ts";
import type { Database } from "../../query/database.ts";
import { and, count, eq, gt, inArray } from "../../query/expression.ts";
import { some } from "../../query/relations/operators.ts";
import { asc } from "../../query/order.ts";
import { sql } from "../../query/sql.ts";
import { defineSchema } from "../../schema/schema.ts";
import { softDelete } from "../../schema/soft-delete.ts";
import { table } from "../../schema/table.ts";
import { integer, text, varchar } from "../../schema/types.ts";
import { failureOf, type Kit } from "./kit.ts";
import { caching } from "./row-cache-kit.ts";

const teams = table("cached_teams", {
  id: integer().primaryKey(),
  code: varchar({ length: 10 }).notNull().unique(),
  name: varchar({ length: 40 }).notNull(),
});
const people = table("cached_people", {
  id: integer().primaryKey(),
  name: varchar({ length: 40 }).notNull(),
  teamId: integer().references(() => teams.id, { onDelete: "set null" }),
  teamCode: varchar({ length: 10 }).references(() => teams.code, {
    onDelete: "cascade",
    onUpdate: "cascade",
  }),
});
const notes = table("cached_notes", {
  id: integer().primaryKey(),
  personId: integer()
    .notNull()
    .references(() => people.id, { onDelete: "cascade" }),
  body: text().notNull(),
  ...softDelete(),
});
const tags = table("cached_tags", {
  id: integer().primaryKey(),
  word: varchar({ length: 20 }).notNull(),
});
const noteTags = table("cached_note_tags", {
  noteId: integer()
    .primaryKey()
    .references(() => notes.id, { onDelete: "cascade" }),
  tagId: integer()
    .primaryKey()
    .references(() => tags.id, { onDelete: "cascade" }),
});
const words = table("cached_words", {
  word: varchar({ length: 500 }).primaryKey(),
  n: integer().notNull(),
});
const schema = defineSchema({ teams, people, notes, tags, noteTags, words }, (r) => ({
  teams: { people: r.many(people, { from: teams.id, to: people.teamId }) },
  people: { team: r.one(teams, { from: people.teamId, to: teams.id }), notes: r.many(notes) },
  notes: { person: r.one(people), tags: r.many(tags, { through: noteTags }) },
}));

async function fill(db: Database): Promise<void> {
  await db.insert(teams).values([
    { id: 1, code: "a", name: "Alpha" },
    { id: 2, code: "b", name: "Beta" },
  ]);
  await db.insert(people).values([
    { id: 1, name: "Ada", teamId: 1, teamCode: "a" },
    { id: 2, name: "Bo", teamId: 1, teamCode: "b" },
    { id: 3, name: "Cy", teamId: 2 },
  ]);
  await db.insert(notes).values([
    { id: 1, personId: 1, body: "one" },
    { id: 2, personId: 1, body: "two" },
    { id: 3, personId: 2, body: "three" },
  ]);
  await db.insert(tags).values([
    { id: 1, word: "red" },
    { id: 2, word: "blue" },
  ]);
  await db.insert(noteTags).values([{ noteId: 1, tagId: 1 }]);
}

/** What a program reads, from the cache and by itself. */
function readsOf(db: Database<typeof schema>, rows: RowCache<typeof schema>) {
  const ids = [1, 2, 3, 4, 99];
  const cached = rows.cached.bind(rows);
  const sorted = db.from(people).orderBy(people.id);
  const tree = db
    .from(people)
    .orderBy(people.id)
    .with({
      team: true,
      notes: { orderBy: asc(notes.id), with: { tags: { orderBy: asc(tags.id) } } },
    });
  const joined = db
    .select({ name: people.name, notes: count() })
    .from(people)
    .leftJoin(notes, eq(notes.personId, people.id))
    .groupBy(people.id, people.name)
    .orderBy(people.id);
  const busy = db
    .from(teams)
    .where(some(schema.relations.teams.people, gt(people.id, 1)))
    .orderBy(teams.id);
  const held = db
    .from(notes)
    .where(
      inArray(
        notes.personId,
        db.select({ id: people.id }).from(people).where(eq(people.name, "Ada")),
      ),
    )
    .orderBy(notes.id);
  const named = db.select({ name: people.name }).from(people).as("named");
  const plain = async () => [
    await Promise.all(ids.map((id) => db.from(people).find(id))),
    await Promise.all(ids.map((id) => db.from(notes).find(id))),
    await Promise.all(ids.map((id) => db.from(teams).find(id))),
    await db.from(noteTags).find({ noteId: 1, tagId: 1 }),
    await sorted,
    await sorted.first(),
    await sorted.count(),
    await sorted.page(1, { size: 2 }),
    await tree,
    await tree.first(),
    await joined,
    await busy,
    await held,
    await db.select({ name: named.name }).from(named).orderBy(named.name),
  ];
  const kept = async () => [
    await Promise.all(ids.map((id) => rows.find(people, id))),
    await rows.findMany(notes, ids),
    await rows.findMany(teams, ids),
    await rows.find(noteTags, { noteId: 1, tagId: 1 }),
    await cached(sorted),
    await cached(sorted).first(),
    await cached(sorted).count(),
    await cached(sorted).page(1, { size: 2 }),
    await cached(tree),
    await cached(tree).first(),
    await cached(joined),
    await cached(busy),
    await cached(held),
    await cached(db.select({ name: named.name }).from(named).orderBy(named.name)),
  ];
  return { plain, kept };
}

/** Each way of writing. */
const writes: readonly (readonly [
  string,
  (db: Database<typeof schema>) => PromiseLike<unknown>,
])[] = [
  ["an insert", (db) => db.insert(people).values({ id: 4, name: "Di", teamId: 2 })],
  ["an insert with its rows", (db) => db.insert(people).values({ id: 4, name: "Di" }).returning()],
  [
    "an insert of a query's rows",
    (db) =>
      db
        .insert(tags)
        .select(
          db.select({ id: people.id, word: people.name }).from(people).where(gt(people.id, 2)),
        ),
  ],
  [
    "a stream of rows",
    (db) =>
      db.insert(people).stream(
        (async function* () {
          yield { id: 4, name: "Di" };
          yield { id: 5, name: "Ed" };
        })(),
      ),
  ],
  [
    "an upsert by the key",
    (db) => db.insert(people).values({ id: 1, name: "Ann" }).onConflict(people.id).update(["name"]),
  ],
  [
    "an upsert by another key",
    (db) =>
      db
        .insert(teams)
        .values({ id: 9, code: "a", name: "Ace" })
        .onConflict(teams.code)
        .update(["name"]),
  ],
  ["an update of one row", (db) => db.update(people).set({ name: "Ann" }).where(eq(people.id, 1))],
  [
    "an update of one row with more to be met",
    (db) =>
      db
        .update(people)
        .set({ name: "Ann" })
        .where(and(eq(people.name, "Ada"), eq(people.id, 1))),
  ],
  [
    "an update of a list",
    (db) =>
      db
        .update(people)
        .set({ name: "X" })
        .where(inArray(people.id, [1, 3])),
  ],
  [
    "an update by a condition",
    (db) => db.update(people).set({ name: "X" }).where(eq(people.name, "Bo")),
  ],
  ["an update of all", (db) => db.update(people).set({ name: "X" }).all()],
  [
    "an update with a join",
    (db) =>
      db
        .update(people)
        .set({ name: teams.name })
        .innerJoin(teams, eq(teams.id, people.teamId))
        .where(eq(teams.code, "a")),
  ],
  [
    "an update with its rows",
    (db) => db.update(people).set({ name: "X" }).where(eq(people.id, 2)).returning(),
  ],
  ["an update of a key", (db) => db.update(tags).set({ id: 7 }).where(eq(tags.id, 2))],
  [
    "an update that a foreign key follows",
    (db) => db.update(teams).set({ code: "z" }).where(eq(teams.id, 1)),
  ],
  [
    "an update of many rows",
    (db) =>
      db.updateMany(people, [
        { id: 1, name: "One" },
        { id: 3, name: "Three" },
      ]),
  ],
  [
    "an update of many rows by another key",
    (db) => db.updateMany(teams, [{ code: "b", name: "Bee" }], { key: "code" }),
  ],
  ["a delete of one row", (db) => db.delete(people).where(eq(people.id, 1))],
  ["a delete by a condition", (db) => db.delete(teams).where(eq(teams.name, "Alpha"))],
  ["a delete with its rows", (db) => db.delete(teams).where(eq(teams.id, 2)).returning()],
  ["a delete of all", (db) => db.delete(people).all()],
  ["a soft delete", (db) => db.delete(notes).where(eq(notes.id, 1))],
  ["a soft delete by a condition", (db) => db.delete(notes).where(eq(notes.body, "two"))],
  ["a delete for good", (db) => db.delete(notes).hard().where(eq(notes.id, 1))],
  [
    "a restore",
    async (db) => {
      await db.delete(notes).where(eq(notes.id, 1));
      await db.restore(notes).where(eq(notes.id, 1));
    },
  ],
  [
    "a purge",
    async (db) => {
      await db.delete(notes).where(eq(notes.id, 1));
      await db.purge(notes, { olderThan: new Date(Date.now() + 60_000) });
    },
  ],
  ["connecting", (db) => db.relate(notes, 1, { tags: { connect: [2], disconnect: [1] } })],
  ["moving to another", (db) => db.relate(people, 3, { team: { connect: 1 } })],
  [
    "a transaction with a savepoint that is undone",
    (db) =>
      db.transaction(async (tx) => {
        await tx.update(people).set({ name: "Tx" }).where(eq(people.id, 1));
        await failureOf(
          tx.transaction(async (inner) => {
            await inner.update(people).set({ name: "Undone" }).where(eq(people.id, 2));
            throw new Error("undo");
          }),
        );
        await tx.transaction((inner) =>
          inner.update(people).set({ name: "Deep" }).where(eq(people.id, 3)),
        );
      }),
  ],
];

export function rowCacheCases({ expect, schemaGroup }: Kit): void {
  schemaGroup("row caches", schema, (test) => {
    for (const [name, write] of writes) {
      test(`know of ${name}`, async ({ db }) => {
        await fill(db);
        await caching(db, async (rows) => {
          const { kept: read, plain } = readsOf(db, rows);
          expect(await read()).toEqual(await plain());
          const { loads } = rows.stats();
          expect(await read()).toEqual(await plain());
          expect(rows.stats().loads).toBe(loads);
          await write(db);
          expect(await read()).toEqual(await plain());
        });
      });
    }

    test("leave the other rows of a table alone when a write names its own", async ({ db }) => {
      await fill(db);
      await caching(db, async (rows) => {
        const all = async (): Promise<number> => {
          const before = rows.stats().loads;
          await Promise.all([1, 2, 3].map((id) => rows.find(people, id)));
          return rows.stats().loads - before;
        };
        expect(await all()).toBe(3);
        expect(await all()).toBe(0);
        await db.update(people).set({ name: "Ann" }).where(eq(people.id, 1));
        expect(await all()).toBe(1);
        await db.insert(people).values({ id: 8, name: "Hal" });
        expect(await all()).toBe(0);
        await db
          .insert(people)
          .values({ id: 2, name: "Bob" })
          .onConflict(people.id)
          .update(["name"]);
        expect(await all()).toBe(1);
        await db.delete(people).where(inArray(people.id, [1, 3]));
        expect(await all()).toBe(2);
        await db.update(people).set({ name: "X" }).where(eq(people.name, "Hal"));
        expect(await all()).toBe(3);
        await db.update(tags).set({ word: "y" }).all();
        expect(await all()).toBe(0);
      });
    });

    test("read many rows by one query, and share what was found", async ({ db }) => {
      await fill(db);
      await caching(db, async (rows) => {
        await rows.find(people, 2);
        expect((await rows.findMany(people, [3, 2, 99, 3, 1])).map((row) => row?.name)).toEqual([
          "Cy",
          "Bo",
          undefined,
          "Cy",
          "Ada",
        ]);
        expect(rows.stats().loads).toBe(2);
        expect((await rows.find(people, 1))?.name).toBe("Ada");
        expect(await rows.find(people, 99)).toBe(undefined);
        expect(await rows.findMany(people, [])).toEqual([]);
        expect(rows.stats().loads).toBe(2);
        const mine = (await rows.find(people, 1))!;
        mine.name = "changed";
        expect((await rows.find(people, 1))?.name).toBe("Ada");
      });
    });

    test("tell rows by keys that are longer than those of stores", async ({ db }) => {
      const [one, other] = ["1", "2"].map((end) => "é水".repeat(200) + end) as [string, string];
      await db.insert(words).values([
        { word: one, n: 1 },
        { word: other, n: 1 },
      ]);
      await caching(db, async (rows) => {
        const read = async () =>
          (await rows.findMany(words, [one, other])).concat(await rows.find(words, one));
        await read();
        await db.update(words).set({ n: 2 }).where(eq(words.word, one));
        expect((await read()).map((row) => row?.n)).toEqual([2, 1, 2]);
        const { loads } = rows.stats();
        await db.delete(words).where(eq(words.word, other));
        expect((await read()).map((row) => row?.n)).toEqual([2, undefined, 2]);
        expect(rows.stats().loads).toBe(loads + 1);
      });
    });

    test("read a transaction as it is, and keep nothing of it", async ({ db }) => {
      await fill(db);
      await caching(db, async (rows) => {
        expect((await rows.find(people, 1))?.name).toBe("Ada");
        const names = db.select({ name: people.name }).from(people).orderBy(people.id);
        const undone = db.transaction(async (tx) => {
          await tx.update(people).set({ name: "Tx" }).where(eq(people.id, 1));
          const inside = rows.on(tx);
          expect((await inside.find(people, 1))?.name).toBe("Tx");
          expect((await inside.findMany(people, [1]))[0]?.name).toBe("Tx");
          const own = tx.select({ name: people.name }).from(people).orderBy(people.id).limit(1);
          expect(await inside.cached(own)).toEqual([{ name: "Tx" }]);
          await inside.invalidate(people, 2);
          throw new Error("undo");
        });
        expect(await failureOf(undone)).toMatchObject({ message: "undo" });
        expect((await rows.find(people, 1))?.name).toBe("Ada");
        expect(await rows.cached(names).first()).toEqual({ name: "Ada" });
      });
    });

    test("hear of SQL by hand from those who ran it", async ({ db }) => {
      await fill(db);
      await caching(db, async (rows) => {
        const missing = rows.invalidate(people, undefined as never);
        expect(await failureOf(missing)).toMatchObject({ code: "E_INVALID_VALUE" });
        const read = async () => [
          (await rows.find(people, 1))?.name,
          (await rows.find(people, 2))?.name,
          await rows.cached(db.from(people)).count(),
        ];
        expect(await read()).toEqual(["Ada", "Bo", 3]);
        await db.execute(sql`update cached_people set name = 'X' where id < 3`);
        expect(await read()).toEqual(["Ada", "Bo", 3]);
        await rows.invalidate(people, 1);
        expect(await read()).toEqual(["X", "Bo", 3]);
        await rows.invalidate(people);
        expect(await read()).toEqual(["X", "X", 3]);
      });
    });

    test.needing(
      (can) => can.rowLocks,
      "never answer a read that locks",
      async ({ db }) => {
        await fill(db);
        await caching(db, async (rows) => {
          const locking = rows.cached(db.from(people).where(eq(people.id, 1)).forUpdate());
          expect((await locking).length).toBe(1);
          expect(rows.stats()).toMatchObject({ loads: 0, misses: 0 });
        });
      },
    );
  });
}
