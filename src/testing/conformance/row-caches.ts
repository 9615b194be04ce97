import { createOutbox } from "../../outbox/outbox.ts";
import { createRowCache, type RowCache, type RowCacheOptions } from "../../outbox/rows/row-cache.ts";
import { outboxTables } from "../../outbox/tables.ts";
import type { Database } from "../../query/database.ts";
import { and, count, eq, gt, inArray } from "../../query/expression.ts";
import { some } from "../../query/relations/operators.ts";
import { asc } from "../../query/order.ts";
import { sql } from "../../query/sql.ts";
import { createCache } from "../../services/cache/cache.ts";
import { openStore } from "../../services/kv/open.ts";
import type { Store } from "../../services/kv/store.ts";
import { scope } from "../../schema/scope.ts";
import { defineSchema, type AnySchema } from "../../schema/schema.ts";
import { softDelete } from "../../schema/soft-delete.ts";
import { table } from "../../schema/table.ts";
import { integer, text, uuid, varchar } from "../../schema/types.ts";
import { ask, moduleOf } from "./checked-kit.ts";
import { failureOf, type Kit } from "./kit.ts";
import { kept } from "./samples.ts";
import { things } from "./values.ts";

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
const tags = table("cached_tags", { id: integer().primaryKey(), word: varchar({ length: 20 }).notNull() });
const noteTags = table("cached_note_tags", {
  noteId: integer().primaryKey().references(() => notes.id, { onDelete: "cascade" }),
  tagId: integer().primaryKey().references(() => tags.id, { onDelete: "cascade" }),
});
const schema = defineSchema({ teams, people, notes, tags, noteTags }, (r) => ({
  teams: { people: r.many(people, { from: teams.id, to: people.teamId }) },
  people: { team: r.one(teams, { from: people.teamId, to: teams.id }), notes: r.many(notes) },
  notes: { person: r.one(people), tags: r.many(tags, { through: noteTags }) },
}));

const tenants = table(
  "cached_orders",
  {
    id: integer().primaryKey(),
    tenantId: uuid().notNull().scope("tenant"),
    title: text().notNull(),
    shownAt: integer(),
  },
  (t) => [scope("shown").where(gt(t.shownAt, 0))],
);
const secrets = table("cached_secrets", {
  id: integer().primaryKey(),
  email: varchar({ length: 60 }).notNull().encrypted({ deterministic: true }),
  note: text().encrypted(),
});

const VOLATILE = { durable: false } as const;

/** Runs `work` with a cache in a store of its own. */
async function caching<S extends AnySchema>(
  db: Database<S>,
  work: (rows: RowCache<S>, store: Store) => Promise<void>,
  options: RowCacheOptions = VOLATILE,
): Promise<void> {
  const store = await openStore("memory:");
  try {
    const cache = createCache(store, { namespace: "rows", ttlMs: 600_000 });
    await work(createRowCache(db, cache, options), store);
  } finally {
    await store.close();
  }
}

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
    .with({ team: true, notes: { orderBy: asc(notes.id), with: { tags: { orderBy: asc(tags.id) } } } });
  const joined = db
    .select({ name: people.name, notes: count() })
    .from(people)
    .leftJoin(notes, eq(notes.personId, people.id))
    .groupBy(people.id, people.name)
    .orderBy(people.id);
  const busy = db.from(teams).where(some(schema.relations.teams.people, gt(people.id, 1))).orderBy(teams.id);
  const held = db
    .from(notes)
    .where(inArray(notes.personId, db.select({ id: people.id }).from(people).where(eq(people.name, "Ada"))))
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
const writes: readonly (readonly [string, (db: Database<typeof schema>) => PromiseLike<unknown>])[] = [
  ["an insert", (db) => db.insert(people).values({ id: 4, name: "Di", teamId: 2 })],
  ["an insert with its rows", (db) => db.insert(people).values({ id: 4, name: "Di" }).returning()],
  [
    "an insert of a query's rows",
    (db) =>
      db
        .insert(tags)
        .select(db.select({ id: people.id, word: people.name }).from(people).where(gt(people.id, 2))),
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
      db.insert(teams).values({ id: 9, code: "a", name: "Ace" }).onConflict(teams.code).update(["name"]),
  ],
  ["an update of one row", (db) => db.update(people).set({ name: "Ann" }).where(eq(people.id, 1))],
  [
    "an update of one row with more to be met",
    (db) =>
      db.update(people).set({ name: "Ann" }).where(and(eq(people.name, "Ada"), eq(people.id, 1))),
  ],
  ["an update of a list", (db) => db.update(people).set({ name: "X" }).where(inArray(people.id, [1, 3]))],
  ["an update by a condition", (db) => db.update(people).set({ name: "X" }).where(eq(people.name, "Bo"))],
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
  ["an update with its rows", (db) => db.update(people).set({ name: "X" }).where(eq(people.id, 2)).returning()],
  ["an update of a key", (db) => db.update(tags).set({ id: 7 }).where(eq(tags.id, 2))],
  ["an update that a foreign key follows", (db) => db.update(teams).set({ code: "z" }).where(eq(teams.id, 1))],
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
        await tx.transaction((inner) => inner.update(people).set({ name: "Deep" }).where(eq(people.id, 3)));
      }),
  ],
];

export function rowCacheCases({ expect, group, schemaGroup }: Kit): void {
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
        await db.insert(people).values({ id: 2, name: "Bob" }).onConflict(people.id).update(["name"]);
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

  group("row caches of values", { things }, (test) => {
    test("give back every value as the database does", async ({ db }) => {
      for (const [at, [key, values]] of kept.entries()) {
        for (const [index, value] of values.entries())
          await db.insert(things).values({ id: at * 100 + index, [key]: value } as never);
      }
      await caching(db, async (rows) => {
        const all = await db.from(things).orderBy(things.id);
        const ids = all.map(({ id }) => id);
        const { loads } = rows.stats();
        for (const _ of [1, 2]) {
          expect(await rows.findMany(things, ids)).toEqual(all);
          expect(await rows.cached(db.from(things).orderBy(things.id))).toEqual(all);
        }
        expect(await rows.find(things, ids[3]!)).toEqual(all[3]);
        expect(rows.stats().loads - loads).toBe(2);
      });
    });
  });

  const one = "0190a000-0000-7000-8000-000000000001";
  const two = "0190a000-0000-7000-8000-000000000002";
  group("row caches of scopes", { tenants }, (test) => {
    test("keep the rows of tenants apart", async ({ db }) => {
      const [mine, theirs] = [db.scoped({ tenant: one }), db.scoped({ tenant: two })];
      await mine.insert(tenants).values({ id: 1, title: "mine", shownAt: 1 });
      await theirs.insert(tenants).values({ id: 2, title: "theirs", shownAt: 1 });
      await caching(db, async (rows) => {
        const read = async (client: typeof db) => [
          (await rows.on(client).find(tenants, 1))?.title,
          (await rows.on(client).findMany(tenants, [1, 2])).map((row) => row?.title),
          (await rows.cached(client.from(tenants).orderBy(tenants.id))).map(({ title }) => title),
        ];
        for (const _ of [1, 2]) {
          expect(await read(mine)).toEqual(["mine", ["mine", undefined], ["mine"]]);
          expect(await read(theirs)).toEqual([undefined, [undefined, "theirs"], ["theirs"]]);
          expect(await read(db.without("tenant"))).toEqual([
            "mine",
            ["mine", "theirs"],
            ["mine", "theirs"],
          ]);
        }
        await mine.update(tenants).set({ title: "new" }).where(eq(tenants.id, 1));
        expect(await read(mine)).toEqual(["new", ["new", undefined], ["new"]]);
        expect(await read(db.without("tenant"))).toEqual(["new", ["new", "theirs"], ["new", "theirs"]]);
        await mine.update(tenants).set({ shownAt: 0 }).where(eq(tenants.id, 1));
        expect(await read(mine)).toEqual([undefined, [undefined, undefined], []]);
        expect(await failureOf(rows.find(tenants, 1))).toMatchObject({ code: "E_NO_SCOPE" });
      });
    });
  });

  const encryption = { current: "a", keys: { a: Buffer.alloc(32, 7).toString("base64") } };
  schemaGroup(
    "row caches of secrets",
    defineSchema({ secrets }),
    (test) => {
      test("leave encrypted what is so in the database", async ({ db }) => {
        await db.insert(secrets).values({ id: 1, email: "ada@example.com", note: "canary-77" });
        await caching(db, async (rows, store) => {
          const read = async () => [
            await rows.find(secrets, 1),
            await rows.cached(db.from(secrets).where(eq(secrets.email, "ada@example.com"))).first(),
          ];
          const row = { id: 1, email: "ada@example.com", note: "canary-77" };
          for (const _ of [1, 2]) expect(await read()).toEqual([row, row]);
          expect(rows.stats().hits).toBe(2);
          let entries = 0;
          for await (const key of store.list("rows")) {
            entries++;
            const held = `${key.join("/")} ${await store.get(key)}`;
            expect(/canary|example/.test(held)).toBe(false);
          }
          expect(entries).toBe(2);
        });
      });
    },
    { encryption },
  );

  const checked = moduleOf({
    types: { integer: { kind: "integer", bits: 32 }, text: { kind: "text" } },
    texts: {
      "select name from cached_people where id = :id": {
        parameters: [["id", "integer"]],
        columns: [["name", "text"]],
        reads: ["cached_people"],
        writes: [],
      },
      "select count(*) as n from cached_people": { columns: [["n", "integer"]] },
      "update cached_people set name = 'by hand' where id = :id": {
        parameters: [["id", "integer"]],
        writes: ["cached_people"],
      },
      "update cached_teams set name = 'by hand'": {},
    },
  });
  schemaGroup(
    "row caches of checked SQL",
    schema,
    (test) => {
      test("know what it reads and writes, as it was checked", async ({ db }) => {
        await fill(db);
        await caching(db, async (rows) => {
          const name = async () =>
            await rows.cached(
              ask(db, "select name from cached_people where id = :id", { id: 1 }),
            );
          for (const _ of [1, 2]) expect(await name()).toEqual([{ name: "Ada" }]);
          expect(rows.stats().loads).toBe(1);
          await rows.find(people, 1);
          await ask(db, "update cached_people set name = 'by hand' where id = :id", { id: 1 });
          expect(await name()).toEqual([{ name: "by hand" }]);
          expect((await rows.find(people, 1))?.name).toBe("by hand");
          expect((await rows.find(teams, 1))?.name).toBe("Alpha");
          // Of which nobody knows what it writes.
          await ask(db, "update cached_teams set name = 'by hand'");
          expect((await rows.find(teams, 1))?.name).toBe("by hand");
          await db.update(people).set({ name: "Ann" }).where(eq(people.id, 1));
          expect(await name()).toEqual([{ name: "Ann" }]);
          const unknown = rows.cached(ask(db, "select count(*) as n from cached_people"));
          expect(await failureOf(unknown)).toMatchObject({ code: "E_UNSUPPORTED" });
        });
      });
    },
    { queries: checked },
  );

  schemaGroup("durable row caches", defineSchema({ teams, people, ...outboxTables }), (test) => {
    test("write down with each write what is void by it, and forget it when it is done", async ({ db }) => {
      const { plinthOutbox } = outboxTables;
      expect(await failureOf(() => caching(db, async () => {}, {}))).toMatchObject({ code: "E_CONFIG" });
      await using outbox = createOutbox(db, { pollMs: 20 });
      await caching(
        db,
        async (rows) => {
          await db.insert(teams).values({ id: 1, code: "a", name: "Alpha" });
          expect((await rows.find(teams, 1))?.name).toBe("Alpha");
          await db.update(teams).set({ name: "Ace" }).where(eq(teams.id, 1));
          expect((await rows.find(teams, 1))?.name).toBe("Ace");
          expect((await db.from(plinthOutbox)).map(({ topic }) => topic)).toEqual([
            "plinth:invalidate:rows",
            "plinth:invalidate:rows",
          ]);
          outbox.start();
          await db.transaction(async (tx) => {
            await tx.update(teams).set({ name: "Act" }).where(eq(teams.id, 1));
            await tx.insert(teams).values({ id: 2, code: "b", name: "Beta" });
          });
          expect((await rows.find(teams, 1))?.name).toBe("Act");
          for (let round = 0; (await db.from(plinthOutbox)).length > 0; round++) {
            if (round > 500) throw new Error("It is never done.");
            await new Promise((resolve) => setTimeout(resolve, 10));
          }
        },
        { durable: true },
      );
    });
  });
}
