import { bigint, integer, table, text, timestamp, type NewRowOf, type RowOf } from "plinth";
import { expectType, type Equal } from "./equal.ts";

const users = table("users", {
  id: integer().primaryKey(),
  name: text().notNull(),
  motto: text(),
  points: bigint().notNull().default(0n),
});

// A row has every column, and only a nullable one may be null.
expectType<
  Equal<RowOf<typeof users>, { id: number; name: string; motto: string | null; points: bigint }>
>();

// What may be null or has a default may be left out of a row to insert.
expectType<
  Equal<
    NewRowOf<typeof users>,
    { id: number; name: string; motto?: string | null; points?: bigint }
  >
>();

// @ts-expect-error There is no such column.
void users.nmae;

// @ts-expect-error A default has the type of its column.
timestamp().default("yesterday");
