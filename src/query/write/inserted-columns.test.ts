import { expect, test } from "vitest";
import { sql } from "../sql.ts";
import { infoOf, table } from "../../schema/table.ts";
import { integer, text } from "../../schema/types.ts";
import { insertedColumns } from "./inserted-columns.ts";

const { columns } = infoOf(table("t", { a: integer(), b: text(), constructor: text() }));

/** The first rows are read by a loop, those after many by generated code. */
const times = ["the first time", "once there were many"];

function readerAt(time: string) {
  const read = insertedColumns(columns);
  const row = { a: 1, b: "x", constructor: "y" };
  if (time !== times[0]) read.cellsOf(Array.from({ length: 400 }, () => row));
  return (...rows: Readonly<Record<string, unknown>>[]) => read.cellsOf(rows);
}

test.each(times)("gives the values of rows that name just the columns %s", (time) => {
  const cellsOf = readerAt(time);
  expect(cellsOf({ a: 1, b: "x", constructor: null }, { a: 2, b: "y", constructor: "z" })).toEqual([
    1,
    "x",
    null,
    2,
    "y",
    "z",
  ]);
});

test.each(times)("knows nothing of other rows %s", (time) => {
  const cellsOf = readerAt(time);
  const row = { a: 1, b: "x", constructor: "y" };
  for (const other of [
    {},
    { a: 1, b: "x" },
    { ...row, d: 1 },
    { b: "x", a: 1, constructor: "y" },
    { ...row, b: undefined },
    { ...row, a: sql<number>`1` },
    Object.assign(Object.create({ a: 1 }), { b: "x", constructor: "y" }),
    Object.create(row),
  ] as Record<string, unknown>[]) {
    expect(cellsOf(other)).toBeUndefined();
    expect(cellsOf(row, other)).toBeUndefined();
  }
  expect(cellsOf()).toBeUndefined();
});

test("leaves rows of very many values to the statements that they are for", () => {
  const row = { a: 1, b: "x", constructor: "y" };
  const cellsOf = readerAt(times[1]!);
  expect(cellsOf(...Array.from({ length: 21_845 }, () => row))).toHaveLength(65_535);
  expect(cellsOf(...Array.from({ length: 21_846 }, () => row))).toBeUndefined();
});
