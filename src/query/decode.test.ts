import { isDeepStrictEqual } from "node:util";
import { expect, test } from "vitest";
import { FragmentNode, type Source } from "../ast/expression.ts";
import type { LogicalType } from "../ast/logical-type.ts";
import type { SelectionNode, SelectionRecord } from "../ast/statement.ts";
import { sqliteTypes } from "../databases/sqlite/types.ts";
import type { Cells } from "../dialect/driver.ts";
import { columnsOf } from "../dialect/sql/standard-query.ts";
import { infoOf, table } from "../schema/table.ts";
import { bigint, boolean, decimal, integer, json, text, timestamp } from "../schema/types.ts";
import { createDecoder, type DecodeRow } from "./decode.ts";
import { tableSelection } from "./read/selection.ts";

/** More rows than are decoded before code is generated. */
const MANY = 1_100;

const cell = new FragmentNode([""], []);

const record = (members: Readonly<Record<string, SelectionNode>>): SelectionRecord => ({
  keys: Object.keys(members),
  values: Object.values(members),
  source: undefined,
});

function decoderOf(
  selection: SelectionRecord,
  outputs: readonly (LogicalType | undefined)[],
  nullable: readonly Source[] = [],
): DecodeRow {
  return createDecoder({
    selection,
    outputs,
    types: sqliteTypes,
    isWide: true,
    nullable: new Set(nullable),
    columnsOf,
  });
}

/** All rows must be as the first, which no generated code has read. */
function decodeMany(decode: DecodeRow, cells: Cells): unknown {
  const rows = Array.from({ length: MANY }, () => decode(cells));
  for (const row of rows) {
    // vitest's own comparison asks a row's `constructor`, which may be a column.
    expect(isDeepStrictEqual(row, rows[0])).toBe(true);
    if (row === null) continue;
    expect(Object.getPrototypeOf(row)).toBe(Object.prototype);
    expect(JSON.stringify(Object.keys(row as object))).toBe(
      JSON.stringify(Object.keys(rows[0] as object)),
    );
  }
  return rows[0];
}

const types = [
  integer(),
  bigint(),
  decimal({ precision: 6, scale: 2 }),
  boolean(),
  timestamp(),
  json(),
  text(),
].map(({ spec }) => spec.type);

test("cells become values of their types, NULL becomes null, in the first rows and in later ones", () => {
  const selection = record({ a: cell, b: cell, c: cell, d: cell, e: cell, f: cell, g: cell });
  const values = [1n, 2n ** 60n, 1250n, 1n, 0n, '{"x":[null]}', "t"];
  expect(decodeMany(decoderOf(selection, types), values)).toStrictEqual({
    a: 1,
    b: 2n ** 60n,
    c: "12.50",
    d: true,
    e: new Date(0),
    f: { x: [null] },
    g: "t",
  });
  const nulls = types.map(() => null);
  expect(Object.values(decodeMany(decoderOf(selection, types), nulls) as object)).toEqual(nulls);
});

test("names never become code, and reach no prototype", () => {
  const names = [
    "__proto__",
    "constructor",
    "prototype",
    "toString",
    "a b",
    '"];throw 1;//',
    "`${x}`",
    "\n",
    "k0",
    "cells",
    "row",
  ];
  for (const first of names) {
    const members = Object.fromEntries([
      [first, cell],
      ["other", cell],
    ]);
    const row = decodeMany(decoderOf(record(members), [undefined, undefined]), [
      "one",
      "two",
    ]) as object;
    expect(Object.getOwnPropertyDescriptor(row, first)).toEqual({
      value: "one",
      writable: true,
      enumerable: true,
      configurable: true,
    });
    expect(Object.entries(row)).toEqual([
      [first, "one"],
      ["other", "two"],
    ]);
    const nested = record(
      Object.fromEntries([
        [first, record(members)],
        ["last", cell],
      ]),
    );
    const outer = decodeMany(decoderOf(nested, [undefined, undefined, undefined]), [
      "one",
      "two",
      "three",
    ]) as object;
    expect(JSON.stringify(Object.entries(outer))).toBe(
      JSON.stringify([
        [
          first,
          Object.fromEntries([
            [first, "one"],
            ["other", "two"],
          ]),
        ],
        ["last", "three"],
      ]),
    );
  }
  expect(Reflect.get({}, "one")).toBe(undefined);
});

test("a table that an outer join left out is null, told by a column that can't be NULL", () => {
  const owners = infoOf(table("owners", { nick: text(), id: integer().primaryKey() }));
  const loose = infoOf(table("loose", { a: text(), b: text() }));
  const selection = record({
    id: cell,
    owner: tableSelection(owners),
    extra: tableSelection(loose),
  });
  const outputs = [types[0], types[6], types[0], types[6], types[6]];
  const decode = decoderOf(selection, outputs, [owners, loose]);

  expect(decodeMany(decode, [1n, null, 7n, null, "b"])).toEqual({
    id: 1,
    owner: { nick: null, id: 7 },
    extra: { a: null, b: "b" },
  });
  expect(decodeMany(decode, [1n, "x", null, null, null])).toEqual({
    id: 1,
    owner: null,
    extra: null,
  });
  const kept = decoderOf(selection, outputs);
  expect(decodeMany(kept, [1n, null, null, null, null])).toEqual({
    id: 1,
    owner: { nick: null, id: null },
    extra: { a: null, b: null },
  });
});

test("rows are the same where code from text is forbidden", () => {
  const before = globalThis.Function;
  const selection = record({ a: cell, b: record({ c: cell }) });
  try {
    globalThis.Function = function Forbidden() {
      throw new EvalError("Code generation from strings disallowed for this context");
    } as never;
    expect(decodeMany(decoderOf(selection, [types[0], types[6]]), [1n, "x"])).toEqual({
      a: 1,
      b: { c: "x" },
    });
  } finally {
    globalThis.Function = before;
  }
});
