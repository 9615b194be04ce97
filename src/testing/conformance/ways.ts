import { add } from "../../query/functions/arithmetic.ts";
import { inserted } from "../../query/write/conflict.ts";
import { gte } from "../../query/expression.ts";
import { fromJson, toJson } from "../../query/rows/json.ts";
import { insertSchema } from "../../query/rows/schema.ts";
import { array } from "../../schema/array.ts";
import { table } from "../../schema/table.ts";
import {
  bigint,
  boolean,
  bytes,
  date,
  decimal,
  double,
  enumType,
  integer,
  real,
  text,
  time,
  timestamp,
  uuid,
  varchar,
} from "../../schema/types.ts";
import type { Database } from "../../query/database.ts";
import type { Kit } from "./kit.ts";
import { kept, type SampleKey } from "./samples.ts";

/** Names that mean something in an array, a literal or a text of some database. */
const ODD = ["a'b", 'c"d', "e\\f", "g,h", "{i}", "é😀", "NULL", "[1]"] as const;
const odd = enumType("odd_name", ODD);

const samples = new Map<SampleKey, readonly unknown[]>(kept);

/** By what they are called: a column, the same in an array, and its values. */
const columns = {
  big: [bigint(), array(bigint()), samples.get("big")],
  safe: [bigint({ mode: "number" }), array(bigint({ mode: "number" })), samples.get("safe")],
  real: [double(), array(double()), samples.get("real")],
  single: [real(), array(real()), samples.get("single")],
  price: [
    decimal({ precision: 18, scale: 2 }),
    array(decimal({ precision: 18, scale: 2 })),
    samples.get("price"),
  ],
  wide: [
    decimal({ precision: 38, scale: 8 }),
    array(decimal({ precision: 38, scale: 8 })),
    samples.get("wide"),
  ],
  flag: [boolean(), array(boolean()), [true, false]],
  body: [text(), array(text()), samples.get("body")],
  title: [varchar({ length: 10 }), array(varchar({ length: 10 })), samples.get("title")],
  key: [uuid(), array(uuid()), samples.get("key")],
  at: [timestamp(), array(timestamp()), samples.get("at")],
  micro: [
    timestamp({ mode: "string" }),
    array(timestamp({ mode: "string" })),
    samples.get("micro"),
  ],
  day: [date(), array(date()), samples.get("day")],
  finest: [time({ precision: 6 }), array(time({ precision: 6 })), samples.get("finest")],
  raw: [bytes(), array(bytes()), samples.get("raw")],
  odd: [odd(), array(odd()), ODD],
} as const;

const ways = table("ways", {
  id: integer().primaryKey(),
  ...Object.fromEntries(Object.entries(columns).map(([key, [column]]) => [key, column])),
  ...Object.fromEntries(Object.entries(columns).map(([key, [, list]]) => [`${key}List`, list])),
});

type Row = { readonly id: number };

function sizeOf(value: unknown): number {
  return typeof value === "string" || value instanceof Uint8Array ? value.length : 0;
}

/** Every value of every type, alone and in arrays. */
function casesOf(): (readonly [name: string, values: readonly unknown[]])[] {
  return Object.entries(columns).flatMap(([key, [, , given]]) => {
    const values = given as readonly unknown[];
    const short = values.filter((value) => sizeOf(value) < 1_000);
    const lists = [[], ...short.map((value) => [value]), short];
    return [[key, values] as const, [`${key}List`, lists] as const];
  });
}

/** How rows are written, one after the other: each begins with those of the one before, but for what is meant. */
const writes: Readonly<
  Record<string, (db: Database, rows: readonly Row[], key: string) => PromiseLike<unknown>>
> = {
  "an insert": (db, rows) => db.insert(ways).values([...rows] as never),
  "an update of many rows": (db, rows) => db.updateMany(ways, rows as never),
  "an insert that names what it updates": (db, rows, key) =>
    db
      .insert(ways)
      .values([...rows] as never)
      .onConflict(ways.id)
      .update([key] as never),
  "an insert that sets inserted()": (db, rows, key) =>
    db
      .insert(ways)
      .values([...rows] as never)
      .onConflict(ways.id)
      .update({ [key]: inserted(ways[key as "id"]) } as never),
};

async function* streamed<One>(rows: readonly One[]): AsyncGenerator<One> {
  yield* rows;
}

/** Values at the edges come back as they were, whichever way they went in and out. */
export function wayCases({ expect, group }: Kit): void {
  group("values on every way", { ways }, (test) => {
    for (const [key, values] of casesOf()) {
      test(`of ${key} come back as they were given`, async ({ db }) => {
        const rows = values.map((value, id) => ({ id, [key]: value }));
        const column = ways[key as "id"];
        const plain = { id: ways.id, [key]: column };
        const read = db.select(plain).from(ways).orderBy(ways.id);
        for (const [way, write] of Object.entries(writes)) {
          await write(db, rows, key);
          expect(await read, way).toEqual(rows);
          await db
            .update(ways)
            .set({ [key]: null } as never)
            .all();
        }
        await db.delete(ways).all();
        await db.insert(ways).stream(streamed(rows) as never);
        const out: unknown[] = [];
        for await (const row of read.stream({ batch: 2 })) out.push(row);
        expect(out, "streams").toEqual(rows);

        const inner = read.as("inner_rows");
        const outer = db.select({ id: inner.id, [key]: inner[key as "id"] }).from(inner);
        expect(await outer.orderBy(inner.id), "a query as a table").toEqual(rows);
        const copies = db.select({ id: add(ways.id, 100), [key]: column }).from(ways);
        await db.insert(ways).select(copies as never);
        const copied = await read.where(gte(ways.id, 100));
        expect(
          copied.map((row) => ({ ...row, id: row.id - 100 })),
          "an insert of a query",
        ).toEqual(rows);

        const schema = insertSchema(ways, { coerce: "json" });
        for (const row of rows) {
          const sent = JSON.parse(JSON.stringify(toJson(row))) as never;
          expect(fromJson(plain as never, sent), "JSON").toEqual(row);
          expect(await schema["~standard"].validate(sent), "the schema").toEqual({ value: row });
        }
      });
    }
  });
}
