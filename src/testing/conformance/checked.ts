/** SQL by hand that was checked: how it runs, and what it refuses. */

import { asc } from "../../query/order.ts";
import { named } from "../../query/checked/named.ts";
import type { NamedQuery } from "../../query/checked/named-query.ts";
import { sql } from "../../query/sql.ts";
import { defineSchema } from "../../schema/schema.ts";
import { table } from "../../schema/table.ts";
import { decimal, integer, text, varchar } from "../../schema/types.ts";
import { ask, moduleOf } from "./checked-kit.ts";
import { failureOf, type Kit } from "./kit.ts";

const people = table("checked_people", {
  id: integer().primaryKey(),
  email: varchar({ length: 60 }).notNull().unique(),
  credit: decimal({ precision: 10, scale: 2 }),
  note: text().encrypted(),
});
const schema = defineSchema({ people });

const FIND = "select id, email, credit from checked_people where id = :id";
const BY_EITHER =
  "select id from checked_people where (email = :email or :email is null) and id >= :id order by id";
const NUMBERED = "select id from checked_people where id > $2 and email <> $1 order by id";
const QUESTIONS = "select id from checked_people where id > ? and email <> ? order by id";
const COUNT = 'select count(*) as "total: number", max(id) as "top!" from checked_people';
const ALL = "select id from checked_people order by id";
const SEALED = "select note from checked_people order by id";
const INSERT = "insert into checked_people (id, email, credit) values (:id, :email, :credit)";
const RETURNING = `${INSERT} returning id, credit`;
const RENAME = "update checked_people set email = :email where id = :id";
/** Neither a read nor a write, by its words. */
const EXPLAIN = "explain select 1 as one";
const DELETE = "delete from checked_people";
const PEOPLE = ["checked_people"];

interface Files {
  readonly findPerson: {
    readonly params: { readonly id: number };
    readonly row: { email: string };
  };
  readonly forget: { readonly row: never };
}

const ADA = { id: 1, email: "ada@example.org", credit: "1.50" };
const BOB = { id: 2, email: "bob@example.org", credit: null };

const inserted = {
  parameters: [
    ["id", "integer"],
    ["email", "text"],
    ["credit", "decimal", "nullable"],
  ],
  writes: PEOPLE,
} as const;
const queries = moduleOf<Files>({
  types: {
    integer: { kind: "integer", bits: 32 },
    count: { kind: "bigint", mode: "number" },
    text: { kind: "text" },
    decimal: { kind: "decimal", precision: 10, scale: 2 },
    note: { kind: "column", table: "checked_people", column: "note" },
    gone: { kind: "column", table: "checked_people", column: "gone" },
  },
  texts: {
    [FIND]: {
      parameters: [["id", "integer"]],
      columns: [
        ["id", "integer"],
        ["email", "text"],
        ["credit", "decimal"],
      ],
    },
    [BY_EITHER]: {
      parameters: [
        ["email", "text", "nullable"],
        ["id", "integer"],
      ],
      columns: [["id", "integer"]],
    },
    [NUMBERED]: {
      parameters: [
        ["1", "text"],
        ["2", "integer"],
      ],
      columns: [["id", "integer"]],
    },
    [QUESTIONS]: {
      parameters: [
        ["1", "integer"],
        ["2", "text"],
      ],
      columns: [["id", "integer"]],
    },
    [COUNT]: {
      columns: [
        ["total", "count"],
        ["top", "integer"],
      ],
    },
    [ALL]: { columns: [["id", "integer"]] },
    [`${ALL} -- gone`]: { columns: [["id", "gone"]] },
    [SEALED]: {
      columns: [["note", "note"]],
    },
    [INSERT]: inserted,
    [RETURNING]: {
      ...inserted,
      columns: [
        ["id", "integer"],
        ["credit", "decimal"],
      ],
    },
    [RENAME]: {
      parameters: [
        ["email", "text"],
        ["id", "integer"],
      ],
      writes: PEOPLE,
    },
    [DELETE]: {},
    [EXPLAIN]: { columns: [["one", "unknown"]] },
    begin: {},
  },
  named: {
    quoted: {
      text: "select id from checked_people where email = '$1'",
      columns: [["id", "integer"]],
    },
    personById: {
      text: "select id, email from checked_people where id = $1",
      parameters: [["1", "integer"]],
      columns: [
        ["id", "integer"],
        ["email", "text"],
      ],
    },
  },
  files: {
    findPerson: {
      text: "select email from checked_people where id = :id",
      parameters: [["id", "integer"]],
      columns: [["email", "text"]],
    },
    forget: { text: DELETE },
  },
  elsewhere: ["select 1 as one"],
});

/** The name is known to the compiler in a program only. */
const tag = named as unknown as (
  name: string,
) => (strings: TemplateStringsArray, ...values: unknown[]) => NamedQuery;

export function checkedCases({ expect, schemaGroup }: Kit): void {
  const settings = {
    queries,
    encryption: { current: "k", keys: { k: Buffer.alloc(32, 7).toString("base64") } },
  };
  schemaGroup(
    "checked SQL",
    schema,
    (test) => {
      test("gives its rows, the first of them, and a stream of them", async ({ db }) => {
        await db.insert(people).values([ADA, BOB]);
        const ask1 = ask(db, FIND, { id: 1 });
        expect(await ask1).toEqual([ADA]);
        expect(await ask1.first()).toEqual(ADA);
        expect(await ask(db, FIND, { id: 2 }).one()).toEqual(BOB);
        expect(await ask(db, FIND, { id: 9 }).first()).toBe(undefined);
        expect(await failureOf(ask(db, FIND, { id: 9 }).one())).toMatchObject({
          code: "E_NOT_FOUND",
        });
        const streamed: unknown[] = [];
        for await (const row of ask(db, ALL).stream({ batch: 1 })) streamed.push(row);
        expect(streamed).toEqual([{ id: 1 }, { id: 2 }]);
      });

      test("takes its values by name, and a name in several places is one value", async ({
        db,
      }) => {
        await db.insert(people).values([ADA, BOB]);
        expect(await ask(db, BY_EITHER, { email: null, id: 0 })).toEqual([{ id: 1 }, { id: 2 }]);
        expect(await ask(db, BY_EITHER, { id: 0, email: BOB.email })).toEqual([{ id: 2 }]);
      });

      test("takes a list of values for numbers, and for question marks where they are none of its operators", async ({
        db,
      }) => {
        await db.insert(people).values([ADA, BOB]);
        expect(await ask(db, NUMBERED, [BOB.email, 0])).toEqual([{ id: 1 }]);
        const isOperator = db["~engine"].dialect.lexis.hasQuestionOperators === true;
        const asked = ask(db, QUESTIONS, [0, BOB.email]);
        if (isOperator) expect(await failureOf(asked)).toMatchObject({ code: "E_INVALID_VALUE" });
        else expect(await asked).toEqual([{ id: 1 }]);
      });

      test("names its columns without what the names say besides", async ({ db }) => {
        await db.insert(people).values([ADA, BOB]);
        expect(await ask(db, COUNT)).toEqual([{ total: 2, top: 2 }]);
      });

      test("tells how many rows a write met, and gives those that it returns", async ({ db }) => {
        expect(await ask(db, INSERT, ADA)).toEqual({ affectedRows: 1 });
        expect(await ask(db, RENAME, { id: 1, email: "new" })).toEqual({ affectedRows: 1 });
        expect(await ask(db, RENAME, { id: 9, email: "no" })).toEqual({ affectedRows: 0 });
        expect(await db.from(people).find(1)).toMatchObject({ email: "new", credit: "1.50" });
        expect(await ask(db, ALL).run()).toEqual({ affectedRows: 1 });
        if (!db.can.insertReturning) return;
        expect(await ask(db, RETURNING, BOB).one()).toEqual({ id: 2, credit: null });
        expect(await ask(db, RETURNING, { ...BOB, id: 3, email: "c" }).run()).toEqual({
          affectedRows: 1,
        });
      });

      test("runs a write once, whatever is awaited of it", async ({ db }) => {
        const write = ask(db, INSERT, ADA);
        await write.timeout(10_000);
        for (const again of [write, write.run(), write.timeout(10_000)])
          expect(await failureOf(again)).toMatchObject({ code: "E_WRITE_TWICE" });
        expect(await db.from(people).count()).toBe(1);
        expect(
          await failureOf(async () => {
            for await (const _row of ask(db, DELETE).stream());
          }),
        ).toMatchObject({ code: "E_UNSUPPORTED" });
      });

      test("is a part of its transaction", async ({ db }) => {
        const failure = await failureOf(
          db.transaction(async (tx) => {
            await ask(tx, INSERT, ADA);
            await failureOf(
              tx.transaction(async (inner) => {
                await ask(inner, INSERT, BOB);
                throw new Error("undo");
              }),
            );
            expect(await ask(tx, ALL)).toEqual([{ id: 1 }]);
            expect(await ask(tx, FIND, { id: 1 }).first()).toEqual(ADA);
            for await (const row of ask(tx, ALL).stream()) expect(row).toEqual({ id: 1 });
            expect(await ask(tx, EXPLAIN).run()).toMatchObject({});
            throw new Error("undo");
          }),
        );
        expect(failure).toMatchObject({ message: "undo" });
        expect(await ask(db, ALL)).toEqual([]);
        const written = db.transaction(
          async (tx) => {
            await ask(tx, INSERT, ADA);
          },
          { readOnly: true },
        );
        expect(await failureOf(written)).toMatchObject({ code: "E_READ_ONLY" });
      });

      test("fails as queries of builders do", async ({ db }) => {
        await db.insert(people).values([ADA]);
        expect(await failureOf(ask(db, INSERT, { ...BOB, email: ADA.email }))).toMatchObject({
          code: "E_UNIQUE_VIOLATION",
          table: "checked_people",
          columns: ["email"],
        });
        const stopped = AbortSignal.abort();
        expect(await failureOf(ask(db, ALL).signal(stopped))).toMatchObject({
          code: "E_CANCELLED",
        });
        expect(await ask(db, ALL).timeout(10_000)).toEqual([{ id: 1 }]);
      });

      test("is prepared once, and decodes as the schema says", async ({ db }) => {
        await ask(db, FIND, { id: 1 });
        const { plans } = db.stats();
        for (let id = 0; id < 20; id++) await ask(db, FIND, { id });
        expect(db.stats().plans).toBe(plans);
        await db.insert(people).values({ ...ADA, note: "secret" });
        expect(await ask(db, SEALED)).toEqual([{ note: "secret" }]);
        expect(await failureOf(ask(db, `${ALL} -- gone`))).toMatchObject({ code: "E_UNCHECKED" });
      });

      test("is named in a tag, or in a file", async ({ db }) => {
        await db.insert(people).values([ADA, BOB]);
        for (const id of [1, 2]) {
          const query = tag("personById")`select id, email from checked_people where id = ${id}`;
          expect(await ask(db, query).one()).toEqual({ id, email: (id === 1 ? ADA : BOB).email });
        }
        expect(await db.query(queries.findPerson, { id: 2 }).one()).toEqual({ email: BOB.email });
        expect(await db.query(queries.forget)).toEqual({ affectedRows: 2 });
      });

      test("refuses values that are missing, too many, or of no sense", async ({ db }) => {
        const wrong: [string, unknown][] = [
          [FIND, undefined],
          [FIND, null],
          [FIND, {}],
          [FIND, { id: undefined }],
          [FIND, { id: null }],
          [FIND, { id: "1" }],
          [FIND, { id: 1, name: "x" }],
          [FIND, [1]],
          [FIND, 1],
          [FIND, Object.create({ id: 1 })],
          [NUMBERED, ["a"]],
          [NUMBERED, ["a", 1, 2]],
          [NUMBERED, { 1: "a", 2: 1 }],
          [NUMBERED, ["a", undefined]],
          [ALL, { id: 1 }],
          [ALL, [1]],
        ];
        for (const [text, params] of wrong) {
          expect(await failureOf(ask(db, text, params))).toMatchObject({ code: "E_INVALID_VALUE" });
        }
        const error = await failureOf(ask(db, FIND, { id: "secret" }));
        expect(String(error).includes("secret")).toBe(false);
        expect(String(error).includes('"id"')).toBe(true);
      });

      test("refuses what wasn't checked as it is, or for this database", async ({ db }) => {
        await db.insert(people).values(ADA);
        const query = tag("personById")`select id from checked_people where id = ${1}`;
        const unchecked = [
          ask(db, `${ALL} `),
          ask(db, "delete from checked_people where 1 = 1"),
          ask(db, "constructor"),
          ask(db, "select 1 as one"),
          ask(db, query),
          ask(db, tag("nobody")`select ${1}`),
        ];
        const quoted = tag("quoted")`select id from checked_people where email = '${1}'`;
        expect(await failureOf(ask(db, quoted))).toMatchObject({ code: "E_INVALID_VALUE" });
        for (const asked of unchecked)
          expect(await failureOf(asked)).toMatchObject({ code: "E_UNCHECKED" });
        const fragment = sql`select 1` as unknown as string;
        expect(await failureOf(ask(db, fragment))).toMatchObject({ code: "E_INVALID_VALUE" });
        expect(await failureOf(ask(db, "begin"))).toMatchObject({ code: "E_UNSUPPORTED" });
        expect(await db.from(people).orderBy(asc(people.id)).count()).toBe(1);
      });
    },
    settings,
  );

  schemaGroup("checked SQL of a connection without any", schema, (test) => {
    test("is refused, and told how to come by some", async ({ db }) => {
      expect(await failureOf(ask(db, ALL))).toMatchObject({ code: "E_UNCHECKED" });
      expect(await failureOf(ask(db, queries.forget))).toMatchObject({ code: "E_UNCHECKED" });
    });
  });
}
