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
