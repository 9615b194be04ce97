import { sqliteDialect } from "plinth/sqlite";
import { expect, test } from "vitest";
import type { LogicalType } from "../../../ast/logical-type.ts";
import { resolveQuery, type DatabaseFacts } from "./resolve.ts";

const { lexis } = sqliteDialect({ product: "sqlite", version: [3, 50, 0] });

function factsOf(database: string, type: LogicalType): DatabaseFacts {
  const column = { name: "isOwner", type, isNullable: false, origin: undefined };
  return { database, lexis, facts: { columns: [column], parameters: [] } };
}

test("a column that is a number here and a truth value there is told, with the type that is meant", () => {
  const databases = [
    factsOf("sqlite", { kind: "bigint", mode: "number" }),
    factsOf("postgres", { kind: "boolean" }),
  ];
  const text = 'select 1 = 1 as "isOwner"';
  expect(() => resolveQuery(text, databases, new Map())).toThrow(
    'The column "isOwner" is number on sqlite, and boolean on postgres. ' +
      'Say which is meant: … as "isOwner: boolean"',
  );
});

test("a database that can't tell a type takes that of the others", () => {
  const [own] = [factsOf("sqlite", { kind: "boolean" })].map((one) => ({
    ...one,
    facts: {
      ...one.facts,
      columns: one.facts.columns.map((column) => ({ ...column, type: undefined })),
    },
  }));
  const databases = [own!, factsOf("postgres", { kind: "bigint", mode: "bigint" })];
  const { databases: found, shape } = resolveQuery('select 1 as "isOwner"', databases, new Map());
  const number = { written: { kind: "bigint", mode: "number" }, code: "number" };
  expect(shape.columns).toEqual([{ key: "isOwner", type: number, isNullable: false }]);
  expect(found.get("sqlite")?.columns).toEqual(shape.columns);
});

test("an array that isn't declared may hold NULL, and what a column gives it takes", () => {
  const origin = { schema: undefined, table: "notes", column: "id" };
  const facts = {
    columns: [
      {
        name: "moods",
        type: { kind: "array", element: { kind: "text", length: undefined } } as const,
        isNullable: false,
        origin: undefined,
      },
      { name: "id", type: { kind: "bigint", mode: "bigint" } as const, isNullable: false, origin },
    ],
    parameters: ["id", "count"].map((name) => ({
      name,
      type: { kind: "bigint", mode: "bigint" } as const,
      isNullable: false,
      isCompared: true,
      origin: name === "id" ? origin : undefined,
    })),
  };
  const text = "select array_agg(mood) as moods, id from notes where id = :id limit :count";
  const { shape } = resolveQuery(text, [{ database: "postgres", lexis, facts }], new Map());
  expect(shape.columns.map(({ type }) => type.code)).toEqual(["(string | null)[]", "bigint"]);
  expect(shape.parameters.map(({ type }) => type?.code)).toEqual(["bigint", "number"]);
});
