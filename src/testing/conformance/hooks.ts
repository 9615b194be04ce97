import { uuidv7 } from "../../core/uuid.ts";
import { createTables } from "../../migrate/create-tables.ts";
import type { Database } from "../../query/database.ts";
import { add } from "../../query/functions/arithmetic.ts";
import { eq, gt, lt } from "../../query/expression.ts";
import { sql } from "../../query/sql.ts";
import { hooks, type TableHooks } from "../../query/watch/hooks.ts";
import { inserted } from "../../query/write/conflict.ts";
import { defineSchema } from "../../schema/schema.ts";
import { softDelete } from "../../schema/soft-delete.ts";
import { table } from "../../schema/table.ts";
import { timestamps } from "../../schema/timestamps.ts";
import { integer, text, uuid, varchar } from "../../schema/types.ts";
import { version } from "../../schema/version.ts";
import { failureOf, type Kit } from "./kit.ts";

const pets = table("pets", {
  id: integer().primaryKey().autoIncrement(),
  name: varchar({ length: 20 }).notNull(),
  tag: varchar({ length: 20 }).unique(),
  age: integer().notNull().default(0),
  version: version(),
  ...timestamps(),
});

const seats = table("seats", {
  row: varchar({ length: 5 }).primaryKey(),
  number: integer().primaryKey(),
  holder: text(),
});

const notes = table("notes", {
  id: uuid().primaryKey().$default(uuidv7),
  body: text().notNull(),
});

const drafts = table("drafts", {
  id: integer().primaryKey(),
  tenant: integer().notNull().scope("tenant"),
  isOld: integer().notNull().default(0),
  ...softDelete(),
});

const schema = defineSchema({ pets, seats, notes, drafts });

interface Told {
  readonly hook: string;
  readonly [key: string]: unknown;
}

/** Hooks that write down what they are told. */
function tellingHooks(told: Told[]): TableHooks[] {
  const short = ({ name, age, version: count }: Readonly<Record<string, unknown>>): unknown => [
    name,
    age,
    count,
  ];
  return [
    hooks(pets, {
      beforeInsert: ({ rows }) =>
        void told.push({ hook: "beforeInsert", rows: rows.map(({ name }) => name) }),
      afterInsert: ({ keys, rows }) =>
        void told.push({ hook: "afterInsert", keys, rows: rows.map(short) }),
      beforeUpdate: ({ updates, action }) =>
        void told.push({ hook: "beforeUpdate", updates, action }),
      afterUpdate: ({ changes }) =>
        void told.push({
          hook: "afterUpdate",
          changes: changes.map(({ key, before, after }) => [key, short(before), short(after)]),
        }),
      beforeDelete: ({ keys, action }) => void told.push({ hook: "beforeDelete", keys, action }),
      afterDelete: ({ keys, rows }) =>
        void told.push({ hook: "afterDelete", keys, rows: rows.map(short) }),
    }),
  ];
}

/** What programs do before and behind writes. */
export function hookCases({ expect, group, alone }: Kit): void {
  const withHooks = (
    own: readonly TableHooks[],
    work: (db: Database) => Promise<void>,
  ): Promise<void> =>
    alone(
      async (db) => {
        await createTables(db, schema);
        await work(db);
      },
      { hooks: own },
    );

  const withTold = (work: (db: Database, take: () => Told[]) => Promise<void>): Promise<void> => {
    const told: Told[] = [];
    return withHooks(tellingHooks(told), (db) => work(db, () => told.splice(0)));
  };

  const sorted = <Item>(items: unknown): Item[] =>
    (items as Item[]).toSorted((one, two) => (JSON.stringify(one) < JSON.stringify(two) ? -1 : 1));

  group("hooks", {}, (test) => {
    test("are told of inserts, once for each write, with the rows as they are stored", async () => {
      await withTold(async (db, take) => {
        const rows = await db
          .insert(pets)
          .values([{ name: "Rex" }, { name: "Tom", age: 3 }])
          .returning({ id: pets.id, name: pets.name });
        expect(rows.map(({ name }) => name)).toEqual(["Rex", "Tom"]);
        expect(take()).toEqual([
          { hook: "beforeInsert", rows: ["Rex", "Tom"] },
          {
            hook: "afterInsert",
            keys: rows.map(({ id }) => id),
            rows: [
              ["Rex", 0, 1],
              ["Tom", 3, 1],
            ],
          },
        ]);
        expect(await db.insert(pets).values({ name: "Kit", age: sql<number>`1 + 1` })).toEqual({
          affectedRows: 1,
        });
        expect(take()[1]!["rows"]).toEqual([["Kit", 2, 1]]);
        expect(await db.insert(pets).values([])).toEqual({ affectedRows: 0 });
        expect(take()).toEqual([]);
      });
    });

    test("are told of inserts from queries and of streams", async () => {
      await withTold(async (db, take) => {
        const many = Array.from({ length: 3 }, (_, index) => ({ name: `p${index}`, age: index }));
        expect(await db.insert(pets).stream(many)).toEqual({ affectedRows: 3 });
        expect(take().map(({ hook, rows }) => [hook, (rows as unknown[]).length])).toEqual([
          ["beforeInsert", 3],
          ["afterInsert", 3],
        ]);
        const copied = await db.insert(pets).select(
          db
            .select({ name: pets.name, age: add(pets.age, 10) })
            .from(pets)
            .where(gt(pets.age, 0)),
        );
        expect(copied).toEqual({ affectedRows: 2 });
        const [before, after] = take();
        expect(sorted(before!["rows"])).toEqual(["p1", "p2"]);
        expect(sorted(after!["rows"])).toEqual([
          ["p1", 11, 1],
          ["p2", 12, 1],
        ]);
        expect(await db.insert(pets).select(db.from(pets).where(gt(pets.age, 99)))).toEqual({
          affectedRows: 0,
        });
        expect(take()).toEqual([]);
      });
    });

    test("are told of updates by a condition with all keys and one set", async () => {
      await withTold(async (db, take) => {
        await db.insert(pets).values([1, 2, 3].map((age) => ({ name: `p${age}`, age })));
        const ids = (await db.from(pets).orderBy(pets.id)).map(({ id }) => id);
        take();
        const older = add(pets.age, 1);
        const update = db.update(pets).set({ age: older, name: "old" }).where(gt(pets.age, 1));
        expect(sorted((await update.returning()).map(({ age }) => age))).toEqual([3, 4]);
        const [before, after] = take();
        expect(before).toEqual({
          hook: "beforeUpdate",
          updates: [{ keys: ids.slice(1), set: { age: older, name: "old" } }],
          action: "update",
        });
        expect(sorted(after!["changes"])).toEqual([
          [ids[1], ["p2", 2, 1], ["old", 3, 2]],
          [ids[2], ["p3", 3, 1], ["old", 4, 2]],
        ]);
        expect(await db.update(pets).set({ age: 5 }).all()).toEqual({ affectedRows: 3 });
        take();
        expect(await db.update(pets).set({ age: 6 }).where(lt(pets.age, 0))).toEqual({
          affectedRows: 0,
        });
        expect(take()).toEqual([]);
      });
    });

    test("are told of updates with joins, and of many rows", async () => {
      await withTold(async (db, take) => {
        await db.insert(pets).values([
          { name: "a", tag: "x" },
          { name: "b", tag: "y" },
          { name: "c", tag: "z" },
        ]);
        const ids = (await db.from(pets).orderBy(pets.id)).map(({ id }) => id);
        await db.insert(seats).values({ row: "a", number: 1, holder: "Ada" });
        take();
        await db
          .update(pets)
          .set({ name: sql<string>`${seats.holder}` })
          .innerJoin(seats, eq(seats.row, pets.name))
          .where(eq(seats.number, 1));
        expect(take()[1]!["changes"]).toEqual([[ids[0], ["a", 0, 1], ["Ada", 0, 2]]]);

        const outcome = await db.updateMany(
          pets,
          [
            { tag: "y", age: 7 },
            { tag: "z", age: 8, name: "C" },
            { tag: "none", age: 9 },
          ],
          { key: "tag" },
        );
        expect(outcome).toEqual({ affectedRows: 2, missing: 1 });
        const [before, after] = take();
        expect(before!["updates"]).toEqual([
          { keys: [ids[1]], set: { age: 7 } },
          { keys: [ids[2]], set: { age: 8, name: "C" } },
        ]);
        expect(sorted(after!["changes"])).toEqual([
          [ids[1], ["b", 0, 1], ["b", 7, 2]],
          [ids[2], ["c", 0, 1], ["C", 8, 2]],
        ]);
      });
    });

    test("are told of deletes, with joins too, with the rows as they were", async () => {
      await withTold(async (db, take) => {
        await db.insert(pets).values([1, 2, 3].map((age) => ({ name: `p${age}`, age })));
        const ids = (await db.from(pets).orderBy(pets.id)).map(({ id }) => id);
        await db.insert(seats).values([1, 2].map((number) => ({ row: "p3", number })));
        take();
        const gone = await db
          .delete(pets)
          .where(eq(pets.age, 1))
          .returning({ label: sql<string>`upper(${pets.name})` });
        expect(gone).toEqual([{ label: "P1" }]);
        expect(take()).toEqual([
          { hook: "beforeDelete", keys: [ids[0]], action: "delete" },
          { hook: "afterDelete", keys: [ids[0]], rows: [["p1", 1, 1]] },
        ]);
        const joined = db.delete(pets).innerJoin(seats, eq(seats.row, pets.name)).all();
        expect(await joined).toEqual({ affectedRows: 1 });
        expect(take()[1]!["keys"]).toEqual([ids[2]]);
        expect((await db.from(pets)).map(({ id }) => id)).toEqual([ids[1]]);
      });
    });

    test("are told what became of each row of an insert of rows that exist", async () => {
      await withTold(async (db, take) => {
        await db.insert(pets).values([
          { name: "a", tag: "x", age: 1 },
          { name: "b", tag: "y", age: 2 },
        ]);
        const ids = (await db.from(pets).orderBy(pets.id)).map(({ id }) => id);
        take();
        const rows = [
          { name: "A", tag: "x", age: 5 },
          { name: "N", tag: "n", age: 5 },
          { name: "M", tag: "n", age: 6 },
        ];
        const outcome = await db
          .insert(pets)
          .values(rows)
          .onConflict(pets.tag)
          .update({ name: inserted(pets.name), age: add(pets.age, inserted(pets.age)) });
        expect(outcome).toEqual({ affectedRows: 3 });
        const events = take();
        expect(events.map(({ hook }) => hook)).toEqual([
          "beforeInsert",
          "afterInsert",
          "beforeUpdate",
          "afterUpdate",
          "beforeUpdate",
          "afterUpdate",
        ]);
        expect(events[1]!["rows"]).toEqual([["N", 5, 1]]);
        expect(events[3]!["changes"]).toEqual([[ids[0], ["a", 1, 1], ["A", 6, 2]]]);
        expect((events[5]!["changes"] as [unknown, unknown, unknown][])[0]!.slice(1)).toEqual([
          ["N", 5, 1],
          ["M", 11, 2],
        ]);

        const again = () => db.insert(pets).values(rows.slice(0, 1)).onConflict(pets.tag);
        expect(await again().ignore()).toEqual({ affectedRows: 0 });
        expect(take().map(({ hook }) => hook)).toEqual(["beforeInsert"]);
        const unmet = { where: gt(pets.age, 100) };
        expect(await again().update(["age"], unmet)).toEqual({ affectedRows: 0 });
        expect(take().map(({ hook }) => hook)).toEqual(["beforeInsert", "beforeUpdate"]);
        expect(await db.insert(pets).values({ name: "q", tag: "q" }).onConflict().ignore()).toEqual(
          { affectedRows: 1 },
        );
        expect(take().map(({ hook }) => hook)).toEqual(["beforeInsert", "afterInsert"]);
      });
    });

    test("are told of one insert where many bring the same row at once", async () => {
      await withTold(async (db, take) => {
        const writes = [1, 2, 3].map((age) =>
          db
            .insert(pets)
            .values({ name: "a", tag: "same", age })
            .onConflict(pets.tag)
            .update({ age: add(pets.age, inserted(pets.age)) }),
        );
        for (const outcome of await Promise.all(writes)) expect(outcome.affectedRows).toBe(1);
        const one = await db.from(pets).one();
        expect([one.age, one.version]).toEqual([6, 3]);
        // What was run again is told again, and only the last time is committed.
        const hooksTold = new Set(take().map(({ hook }) => hook));
        expect([...hooksTold].toSorted()).toEqual([
          "afterInsert",
          "afterUpdate",
          "beforeInsert",
          "beforeUpdate",
        ]);
      });
    });

    test("change what is written, each what the one before made of it", async () => {
      const own = [
        hooks(pets, {
          beforeInsert: ({ rows }) =>
            rows.map((row) => ({ ...row, name: `${row.name as string}!` })),
          beforeUpdate: ({ updates }) => updates.map(({ set }) => ({ ...set, tag: "set" })),
        }),
        hooks(pets, {
          beforeInsert: ({ rows }) =>
            rows.map((row) => ({ ...row, name: `${row.name as string}?` })),
          beforeUpdate: ({ updates }) => updates.map(({ set }) => ({ ...set, age: 9 })),
        }),
      ];
      await withHooks(own, async (db) => {
        const [first] = await db.insert(pets).values({ name: "a" }).returning();
        expect([first!.name, first!.tag]).toEqual(["a!?", null]);
        await db.update(pets).set({ name: "b" }).all();
        const one = await db.from(pets).one();
        expect([one.name, one.tag, one.age, one.version]).toEqual(["b", "set", 9, 2]);
        await db.update(pets).set({ name: "c" }).where(eq(pets.id, one.id)).version(2);
        await db.updateMany(pets, [{ id: one.id, name: "d", version: 3 }]);
        await db
          .insert(pets)
          .values({ id: one.id, name: "e", tag: "other" })
          .onConflict(pets.id)
          .update(["name"]);
        const last = await db.from(pets).one();
        expect([last.name, last.tag, last.age, last.version]).toEqual(["e!?", "set", 9, 5]);
      });
    });

    test("are told of a soft delete as of a delete, and of a restore as of an update", async () => {
      const told: unknown[] = [];
      const own = [
        hooks(drafts, {
          beforeUpdate: ({ action, updates }) => void told.push([action, updates]),
          afterUpdate: ({ action, changes }) =>
            void told.push([
              action,
              changes.map(({ before, after }) => [before.isOld, after.isOld]),
            ]),
          beforeDelete: ({ action, keys }) => void told.push([action, keys]),
          afterDelete: ({ action, keys, rows }) =>
            void told.push([action, keys, rows.map(({ deletedAt }) => deletedAt)]),
        }),
      ];
      await withHooks(own, async (db) => {
        const mine = db.scoped({ tenant: 1 });
        await mine.insert(drafts).values([{ id: 1 }, { id: 2 }]);
        await db.scoped({ tenant: 2 }).insert(drafts).values({ id: 3 });
        expect(await mine.delete(drafts).all()).toEqual({ affectedRows: 2 });
        const keys = told.map((event) =>
          (event as [string, number[]])[1].toSorted((a, b) => a - b),
        );
        expect(keys).toEqual([
          [1, 2],
          [1, 2],
        ]);
        expect(told.splice(0).map((event) => (event as [string])[0])).toEqual([
          "soft delete",
          "soft delete",
        ]);
        await mine.restore(drafts).where(eq(drafts.id, 1));
        expect(told.splice(0)).toEqual([
          ["restore", [{ keys: [1], set: { deletedAt: null } }]],
          ["restore", [[0, 0]]],
        ]);
        await mine.delete(drafts).hard().where(eq(drafts.id, 1));
        expect(told.splice(0)).toEqual([
          ["delete", [1]],
          ["delete", [1], [null]],
        ]);
        // Rows that are gone, or are another tenant's, are met by nobody.
        await mine.update(drafts).set({ isOld: 1 }).all();
        expect(told).toEqual([]);
      });
    });

    test("write within the scopes of the client, as writes do", async () => {
      const own = [
        hooks(drafts, {
          beforeInsert: ({ rows }) =>
            rows.map((row) => (row.id === 9 ? { ...row, tenant: 2 } : row)),
          beforeUpdate: ({ updates }) => updates.map(({ set }) => ({ ...set, tenant: 2 })),
        }),
      ];
      await withHooks(own, async (db) => {
        const mine = db.scoped({ tenant: 1 });
        await mine.insert(drafts).values({ id: 1 });
        const refused = [
          mine.insert(drafts).values({ id: 9 }),
          mine.update(drafts).set({ isOld: 1 }).all(),
          mine.updateMany(drafts, [{ id: 1, isOld: 1 }]),
          mine.insert(drafts).values({ id: 1, isOld: 1 }).onConflict(drafts.id).update(["isOld"]),
        ];
        for (const write of refused)
          expect(await failureOf(write)).toMatchObject({ code: "E_INVALID_VALUE" });
        expect(await mine.select({ id: drafts.id, isOld: drafts.isOld }).from(drafts)).toEqual([
          { id: 1, isOld: 0 },
        ]);
      });
    });

    test("refuse a write, and what the write and they did is undone", async () => {
      const own = [
        hooks(pets, {
          async afterInsert({ tx, rows }) {
            await tx.insert(notes).values(rows.map(({ name }) => ({ body: name })));
            if (rows.some(({ age }) => age < 0)) throw new RangeError("too young");
          },
          beforeDelete({ keys }) {
            throw new RangeError(`kept: ${keys.length}`);
          },
        }),
      ];
      await withHooks(own, async (db) => {
        await db.insert(pets).values({ name: "a" });
        const young = () => db.insert(pets).values([{ name: "b" }, { name: "c", age: -1 }]);
        expect(await failureOf(young())).toMatchObject({ message: "too young" });
        await db.transaction(async (tx) => {
          await tx.insert(pets).values({ name: "d" });
          const inner = tx.insert(pets).values({ name: "e", age: -1 });
          expect(await failureOf(inner)).toMatchObject({ message: "too young" });
          await tx.insert(pets).values({ name: "f" });
        });
        expect(await failureOf(db.delete(pets).all())).toMatchObject({ message: "kept: 3" });
        expect((await db.from(pets).orderBy(pets.id)).map(({ name }) => name)).toEqual([
          "a",
          "d",
          "f",
        ]);
        expect(await db.from(notes).count()).toBe(3);
      });
    });

    test("act for whom the client does, in the transaction of the write", async () => {
      const seen: unknown[] = [];
      const own = [
        hooks(seats, {
          async afterInsert({ tx, actor, keys }) {
            seen.push([actor, tx.actor, keys, await tx.from(seats).count()]);
            tx.afterCommit(() => seen.push("committed"));
            await tx.transaction(async (inner) => inner.insert(notes).values({ body: "x" }));
          },
        }),
      ];
      await withHooks(own, async (db) => {
        const ada = { id: 1 };
        await db.as(ada).insert(seats).values({ row: "a", number: 1 }).timeout(20_000);
        expect(seen).toEqual([[ada, ada, [{ row: "a", number: 1 }], 1], "committed"]);
        seen.length = 0;
        await db.transaction(async (tx) => {
          await tx.insert(seats).values({ row: "a", number: 2 });
          seen.push("inside");
        });
        expect(seen).toEqual([
          [undefined, undefined, [{ row: "a", number: 2 }], 2],
          "inside",
          "committed",
        ]);
        expect(await db.from(notes).count()).toBe(2);
      });
    });

    test("are told of hundreds of rows at once, by keys of several columns too", async () => {
      const counts: number[] = [];
      const own = [
        hooks(seats, {
          afterInsert: ({ keys }) => void counts.push(keys.length),
          afterUpdate: ({ changes }) => void counts.push(changes.length),
          afterDelete: ({ rows }) => void counts.push(rows.length),
        }),
      ];
      await withHooks(own, async (db) => {
        const rows = Array.from({ length: 600 }, (_, number) => ({ row: "a", number }));
        const stored = await db.insert(seats).values(rows).returning({ number: seats.number });
        expect(stored.map(({ number }) => number)).toEqual(rows.map(({ number }) => number));
        expect(await db.update(seats).set({ holder: "x" }).all()).toEqual({ affectedRows: 600 });
        const kept = rows.map((row) => ({ ...row, holder: "y" }));
        const met = await db
          .insert(seats)
          .values(kept)
          .onConflict(seats.row, seats.number)
          .update(["holder"]);
        expect(met).toEqual({ affectedRows: 600 });
        expect(await db.delete(seats).all()).toEqual({ affectedRows: 600 });
        expect(counts).toEqual([600, 600, 600, 600]);
      });
    });

    test("have an end where they write by an ambient client, too", async () => {
      let client: Database | undefined;
      const own = [
        hooks(notes, {
          async afterInsert() {
            await client!.insert(notes).values({ body: "again" });
          },
        }),
      ];
      await alone(
        async (db) => {
          client = db;
          await createTables(db, schema);
          expect(await failureOf(db.insert(notes).values({ body: "b" }))).toMatchObject({
            code: "E_HOOK_LOOP",
          });
          expect(await db.from(notes).count()).toBe(0);
        },
        { hooks: own, ambientTransactions: true },
      );
    });

    test("run for what hooks write, to an end", async () => {
      let isEndless = false;
      const own = [
        hooks(notes, {
          async afterInsert({ tx, rows }) {
            const body = rows[0]!.body;
            if (isEndless || body.length < 4) await tx.insert(notes).values({ body: `${body}.` });
          },
        }),
      ];
      await withHooks(own, async (db) => {
        await db.insert(notes).values({ body: "a" });
        expect(await db.from(notes).count()).toBe(4);
        isEndless = true;
        expect(await failureOf(db.insert(notes).values({ body: "b" }))).toMatchObject({
          code: "E_HOOK_LOOP",
          table: "notes",
        });
        expect(await db.from(notes).count()).toBe(4);
      });
    });

    test("take part only in what they are of, and refuse what can't be told", async () => {
      let count = 0;
      const own = [hooks(seats, { afterDelete: ({ keys }) => void (count += keys.length) })];
      await withHooks(own, async (db) => {
        await db.insert(seats).values([1, 2, 3].map((number) => ({ row: "a", number })));
        await db.update(seats).set({ number: 9 }).where(eq(seats.number, 3));
        await db.delete(seats).where(gt(seats.number, 1));
        expect([count, await db.from(seats).count()]).toEqual([2, 1]);
      });
      const moving = [hooks(seats, { afterUpdate: () => {} })];
      await withHooks(moving, async (db) => {
        const moved = db.update(seats).set({ number: 9 }).all();
        expect(await failureOf(moved)).toMatchObject({ code: "E_UNSUPPORTED" });
        const computed = db
          .insert(seats)
          .values({ row: sql<string>`'a'`, number: 1 })
          .onConflict()
          .ignore();
        expect(await failureOf(computed)).toMatchObject({ code: "E_UNSUPPORTED" });
      });
      const few = [hooks(pets, { beforeInsert: () => [] })];
      await withHooks(few, async (db) => {
        const one = db.insert(pets).values({ name: "a" });
        expect(await failureOf(one)).toMatchObject({ code: "E_INVALID_VALUE" });
        expect(await db.from(pets).count()).toBe(0);
      });
      const keyless = table("keyless", { a: integer() });
      expect(await failureOf(() => hooks(keyless, {}))).toMatchObject({ code: "E_SCHEMA" });
      expect(await failureOf(() => hooks(pets, { before: () => {} } as never))).toMatchObject({
        code: "E_CONFIG",
      });
    });
  });
}
