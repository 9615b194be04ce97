import { expect, test } from "vitest";
import { eq, gt, lower } from "../query/expression.ts";
import { desc } from "../query/order.ts";
import { sql } from "../query/sql.ts";
import {
  check,
  foreignKey,
  index,
  primaryKey,
  uniqueIndex,
  type TableExtra,
} from "./constraints.ts";
import { resolveModel, type TableModel } from "./model.ts";
import { createNames } from "./naming.ts";
import { defineSchema } from "./schema.ts";
import { table } from "./table.ts";
import { bigint, integer, text, timestamp, varchar } from "./types.ts";

const others = table("others", { id: integer().primaryKey(), part: integer().primaryKey() });

function columns() {
  return {
    id: integer().primaryKey(),
    part: integer(),
    size: bigint(),
    name: varchar({ length: 9 }),
    madeAt: timestamp(),
  };
}

const sample = table("sample", columns());

/** The model of a table with these beside its columns. */
function modelOf(extras: (t: typeof sample) => readonly TableExtra[]): TableModel {
  const made = table("made", columns(), extras as never);
  return resolveModel(defineSchema({ others, made }), createNames()).tables[1]!;
}

const refused = expect.objectContaining({ code: "E_SCHEMA" }) as Error;

test("a check is data: names as they are spelt, values as JSON has them", () => {
  const { checks } = modelOf((t) => [
    check(gt(t.size, 2n ** 60n)),
    check("early", sql`${t.madeAt} is null or ${eq(t.madeAt, new Date(0))}`),
  ]);
  expect(JSON.parse(JSON.stringify(checks))).toEqual([
    {
      name: "made_size_check",
      condition: [
        "(",
        { column: "size" },
        " > ",
        { value: "1152921504606846976", type: { kind: "bigint", mode: "bigint" } },
        ")",
      ],
    },
    {
      name: "early",
      condition: [
        { column: "made_at" },
        " is null or ",
        "(",
        { column: "made_at" },
        " = ",
        {
          value: "1970-01-01T00:00:00.000Z",
          type: { kind: "timestamp", mode: "date", precision: 3 },
        },
        ")",
      ],
    },
  ]);
});

test("a condition that is no plain text, or of another table, is refused", () => {
  expect(() => modelOf((t) => [check("c", lower(t.name) as never)])).toThrow(refused);
  expect(() => modelOf(() => [check("c", eq(others.id, 1))])).toThrow(refused);
  expect(() => modelOf((t) => [check("c", sql`${t.madeAt} > ${new Date(0)}`)])).toThrow(refused);
  expect(() => modelOf(() => [index().on(others.id)])).toThrow(refused);
});

test("two constraints of one name are refused, in whichever tables they stand", () => {
  expect(() => modelOf((t) => [check(gt(t.size, 1n)), check(gt(t.size, 2n))])).toThrow(
    'Two tables, keys or constraints are named "made_size_check".',
  );
  expect(() => modelOf((t) => [index("others").on(t.size)])).toThrow(refused);
  expect(() => modelOf((t) => [index("x").on(t.size), uniqueIndex("x").on(t.part)])).toThrow(
    refused,
  );
});

test("an index knows its columns, its directions and its condition", () => {
  const { indexes } = modelOf((t) => [
    index()
      .on(t.part, desc(t.size))
      .where(sql`${t.name} is not null`),
    uniqueIndex().on(sql`lower(${t.name})`),
  ]);
  expect(indexes).toEqual([
    {
      name: "made_part_size_idx",
      columns: ["part", "size"],
      isUnique: false,
      terms: [
        { column: "part", direction: "asc" },
        { column: "size", direction: "desc" },
      ],
      where: [{ column: "name" }, " is not null"],
    },
    {
      name: "made_name_unique_idx",
      columns: [],
      isUnique: true,
      terms: [{ sql: ["lower(", { column: "name" }, ")"], direction: "asc" }],
      where: undefined,
    },
  ]);
});

test("primaryKey() names and orders the key that the columns say, and no other", () => {
  const made = table(
    "made",
    { a: integer().primaryKey(), b: integer().primaryKey(), note: text() },
    (t) => [primaryKey("the_key").on(t.b, t.a)],
  );
  const [model] = resolveModel(defineSchema({ made }), createNames()).tables;
  expect(model!.primaryKey).toEqual({ name: "the_key", columns: ["b", "a"] });
  expect(() => modelOf((t) => [primaryKey().on(t.id, t.part)])).toThrow(refused);
  expect(() => modelOf((t) => [primaryKey().on(t.id), primaryKey().on(t.id)])).toThrow(refused);
});

test("a foreign key stands in the order of the key that it points at", () => {
  const { foreignKeys } = modelOf((t) => [
    foreignKey()
      .on(t.part, t.id)
      .references(() => [others.part, others.id], { onDelete: "cascade" }),
  ]);
  expect(foreignKeys).toEqual([
    {
      name: "made_id_part_fkey",
      columns: ["id", "part"],
      target: "others",
      targetColumns: ["id", "part"],
      onDelete: "cascade",
      onUpdate: "no action",
    },
  ]);
});

test("a foreign key that fits no key is refused", () => {
  const pointing = (target: unknown) => () =>
    modelOf((t) => [
      foreignKey()
        .on(t.id, t.part)
        .references(() => target),
    ]);
  expect(pointing([others.id, others.part])).not.toThrow();
  expect(pointing([others.id])).toThrow(refused);
  expect(pointing([others.id, sample.id])).toThrow(refused);
  expect(pointing([others.id, others.id])).toThrow(refused);
  expect(pointing([others.id, 1])).toThrow(refused);
  expect(pointing(undefined)).toThrow(refused);
  expect(() =>
    modelOf((t) => [
      foreignKey()
        .on(t.id, t.size)
        .references(() => [others.id, others.part]),
    ]),
  ).toThrow(refused);
});

test("a generated column is no key, has no default, and is made of an expression of its table", () => {
  const make = () => sql`1`;
  const with_ = (column: unknown) => () => table("made", { id: column } as never);
  expect(with_(integer().primaryKey().generatedAs(make))).toThrow(refused);
  expect(with_(integer().default(1).generatedAs(make))).toThrow(refused);
  expect(
    with_(
      integer()
        .$default(() => 1)
        .generatedAs(make),
    ),
  ).toThrow(refused);
  const modelWith = (given: () => unknown) => () => {
    const made = table("made", { id: integer().primaryKey(), sum: integer().generatedAs(given) });
    return resolveModel(defineSchema({ made }), createNames());
  };
  expect(modelWith(make)).not.toThrow();
  expect(modelWith(() => "1")).toThrow(refused);
  expect(modelWith(() => sql`${others.id}`)).toThrow(refused);
});
