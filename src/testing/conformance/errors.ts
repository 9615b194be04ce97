import { inspect } from "node:util";
import { eq } from "../../query/expression.ts";
import { sql } from "../../query/sql.ts";
import { unique } from "../../schema/constraints.ts";
import { table } from "../../schema/table.ts";
import { integer, text, varchar } from "../../schema/types.ts";
import { failureOf, type Kit, type Untold } from "./kit.ts";

const parents = table("parents", {
  id: integer().primaryKey(),
  code: varchar({ length: 60 }).unique(),
});

const children = table(
  "children",
  {
    id: integer().primaryKey(),
    parentId: integer().references(() => parents.id),
    homeTown: varchar({ length: 60 }).notNull(),
    a: integer(),
    b: varchar({ length: 60 }),
  },
  (t) => [unique("pair_of_a_and_b").on(t.a, t.b)],
);

const ghosts = table("ghosts", { id: integer().primaryKey() });
const wider = table("parents", { id: integer().primaryKey(), code: text(), missingOne: text() });

/** A value that must be found in no error. */
const CANARY = "canary-7c1f-secret";

/** One error for one fault, whichever database tells it. */
export function errorCases({ expect, group, untold }: Kit): void {
  const unless = (what: Untold, told: unknown): unknown => (untold.has(what) ? undefined : told);

  group("errors", { parents, children }, (test) => {
    test("of a unique key tell its table, columns and name", async ({ db }) => {
      await db.insert(parents).values([{ id: 1, code: "x" }, { id: 5 }]);
      await db.insert(children).values({ id: 1, homeTown: "h", a: 1, b: "y" });
      const code = "E_UNIQUE_VIOLATION";
      const primary = { code, table: "parents", columns: ["id"], constraint: "parents_pkey" };
      expect(await failureOf(db.insert(parents).values({ id: 1, code: "z" }))).toMatchObject(
        primary,
      );
      expect(
        await failureOf(
          db
            .update(parents)
            .set({ id: sql`1` })
            .where(eq(parents.id, 5)),
        ),
      ).toMatchObject(primary);
      const single = {
        code,
        table: "parents",
        columns: ["code"],
        constraint: "parents_code_unique",
      };
      expect(await failureOf(db.insert(parents).values({ id: 2, code: "x" }))).toMatchObject(
        single,
      );
      expect(
        await failureOf(db.insert(parents).values({ id: 2, code: "x" }).returning()),
      ).toMatchObject(single);
      const pair = { code, table: "children", columns: ["a", "b"], constraint: "pair_of_a_and_b" };
      expect(
        await failureOf(db.insert(children).values({ id: 2, homeTown: "h", a: 1, b: "y" })),
      ).toMatchObject(pair);
    });

    test("of a foreign key tell its table, columns and name", async ({ db }) => {
      const told = {
        code: "E_FOREIGN_KEY_VIOLATION",
        table: unless("foreign key: table", "children"),
        columns: unless("foreign key: columns", ["parent_id"]),
        constraint: unless("foreign key: constraint", "children_parent_id_fkey"),
      };
      const orphan = db.insert(children).values({ id: 1, homeTown: "h", parentId: 9 });
      expect(await failureOf(orphan)).toMatchObject(told);
      await db.insert(parents).values({ id: 1 });
      await db.insert(children).values({ id: 1, homeTown: "h", parentId: 1 });
      const moved = db.update(children).set({ parentId: 9 }).all();
      expect(await failureOf(moved)).toMatchObject(told);
    });

    test("of a row that others point at tell who does", async ({ db }) => {
      await db.insert(parents).values({ id: 1 });
      await db.insert(children).values({ id: 1, homeTown: "h", parentId: 1 });
      const told = {
        code: "E_FOREIGN_KEY_VIOLATION",
        table: unless("foreign key of a parent: table", "children"),
        columns: unless("foreign key of a parent: columns", ["parent_id"]),
        constraint: unless("foreign key of a parent: constraint", "children_parent_id_fkey"),
      };
      const removed = db.delete(parents).all();
      expect(await failureOf(removed)).toMatchObject(told);
      const moved = db.update(parents).set({ id: 2 }).all();
      expect(await failureOf(moved)).toMatchObject(told);
      expect(await db.from(parents).count()).toBe(1);
    });

    test("of a required column tell its table and name", async ({ db }) => {
      const told = { code: "E_NOT_NULL_VIOLATION", table: "children", columns: ["home_town"] };
      expect(
        await failureOf(db.insert(children).values({ id: 1, homeTown: null as never })),
      ).toMatchObject(told);
      expect(await failureOf(db.insert(children).values({ id: 1 } as never))).toMatchObject(told);
      await db.insert(children).values({ id: 1, homeTown: "h" });
      expect(
        await failureOf(
          db
            .update(children)
            .set({ homeTown: null as never })
            .all(),
        ),
      ).toMatchObject(told);
      const raw = db.execute(sql`update ${children} set home_town = ${null}`);
      const table = unless("not null in SQL by hand: table", "children");
      expect(await failureOf(raw)).toMatchObject({ ...told, table });
    });

    test("of SQL written by hand are the same", async ({ db }) => {
      await db.insert(parents).values({ id: 1, code: "x" });
      const twice = db.execute(sql`insert into ${parents} (id, code) values (${1}, ${"y"})`);
      expect(await failureOf(twice)).toMatchObject({ code: "E_UNIQUE_VIOLATION" });
      const orphan = db.execute(
        sql`insert into ${children} (id, home_town, parent_id) values (1, 'h', 77)`,
      );
      expect(await failureOf(orphan)).toMatchObject({ code: "E_FOREIGN_KEY_VIOLATION" });
      const syntax = [sql`selec 1`, sql`select from where`, sql`select ((1)`, sql`select 'open`];
      for (const statement of syntax)
        expect(await failureOf(db.execute(statement))).toMatchObject({ code: "E_SYNTAX" });
      const table = db.execute(sql`select * from no_such_table`);
      expect(await failureOf(table)).toMatchObject({ code: "E_MISSING_TABLE" });
      const column = db.execute(sql`select no_such_column from ${parents}`);
      expect(await failureOf(column)).toMatchObject({ code: "E_MISSING_COLUMN" });
    });

    test("of a missing table or column name it, whatever is done with it", async ({ db }) => {
      const tables = [
        () => db.from(ghosts),
        () => db.from(ghosts).first(),
        () => db.from(ghosts).count(),
        () => db.insert(ghosts).values({ id: 1 }),
        () => db.update(ghosts).set({ id: 1 }).all(),
        () => db.delete(ghosts).all(),
      ];
      for (const use of tables) {
        const error = await failureOf(use);
        expect(error).toMatchObject({ code: "E_MISSING_TABLE" });
        expect((error as Error).message.includes("ghosts")).toBe(true);
      }
      const columns = [
        () => db.from(wider),
        () => db.from(parents).where(sql<boolean>`missing_one = 1`),
        () => db.insert(wider).values({ id: 1, missingOne: "x" }),
        () => db.update(wider).set({ missingOne: "x" }).all(),
      ];
      for (const use of columns) {
        const error = await failureOf(use);
        expect(error).toMatchObject({ code: "E_MISSING_COLUMN" });
        expect((error as Error).message.includes("missing_one")).toBe(true);
      }
    });

    test("hold no value, wherever one looks in them", async ({ db }) => {
      await db.insert(parents).values({ id: 1, code: CANARY });
      await db.insert(children).values({ id: 1, homeTown: CANARY, a: 1, b: CANARY });
      const long = CANARY.repeat(10);
      const faults = [
        () => db.insert(parents).values({ id: 2, code: CANARY }),
        () =>
          db
            .insert(parents)
            .values([{ id: 3 }, { id: 2, code: CANARY }])
            .returning(),
        () => db.insert(children).values({ id: 2, homeTown: CANARY, a: 1, b: CANARY }),
        () => db.insert(children).values({ id: 2, homeTown: CANARY, parentId: 9 }),
        () => db.insert(children).values({ id: 2, homeTown: null as never, b: CANARY }),
        () => db.insert(parents).values({ id: 2, code: long }),
        () => db.insert(parents).values({ id: CANARY as never }),
        () => db.insert(parents).values({ id: 2, code: { [CANARY]: CANARY } as never }),
        () => db.from(wider).where(eq(wider.missingOne, CANARY)),
        () => db.from(parents).where(sql<boolean>`${parents.code} = ${CANARY} and`),
        () => db.from(parents).where(sql<boolean>`no_such_function(${CANARY}) = 1`),
        () => db.execute(sql`insert into ${parents} (id, code) values (${2}, ${CANARY})`),
        () => db.execute(sql`insert into ${parents} (id, code) values (2, '${sql.raw(CANARY)}')`),
        () => db.execute(sql`selec ${CANARY}`),
        () => db.execute(sql`select '${sql.raw(CANARY)}`),
        () => db.transaction(async (tx) => tx.insert(parents).values({ id: 1, code: CANARY })),
      ];
      for (const [at, fault] of faults.entries()) {
        const error = await failureOf(fault);
        const code = (error as { code?: unknown }).code;
        expect(
          typeof code === "string" && code.startsWith("E_"),
          `fault ${at}: ${String(code)}`,
        ).toBe(true);
        const seen = [
          inspect(error, { depth: 20, showHidden: true }),
          (error as Error).stack,
          (error as Error).message,
          JSON.stringify(error),
        ].join("\n");
        expect(seen.includes("canary"), `fault ${at}`).toBe(false);
      }
    });

    test("leave the connection as good as it was", async ({ db }) => {
      for (let round = 0; round < 20; round++) {
        const outcomes = await Promise.allSettled([
          db.from(ghosts),
          db.from(parents).count(),
          db.execute(sql`selec 1`),
          db.insert(parents).values({ id: round, code: `c${round}` }),
          db.insert(children).values({ id: round, homeTown: "h", parentId: 99 }),
        ]);
        expect(outcomes.map(({ status }) => status)).toEqual([
          "rejected",
          "fulfilled",
          "rejected",
          "fulfilled",
          "rejected",
        ]);
      }
      expect(await db.from(parents).count()).toBe(20);
      expect(db.stats()).toMatchObject({ leased: 0, waiting: 0 });
    });
  });
}
