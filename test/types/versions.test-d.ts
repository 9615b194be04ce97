import {
  eq,
  insertSchema,
  integer,
  table,
  text,
  updateSchema,
  version,
  type Database,
  type NewRowOf,
  type RowOf,
  type UpdateSet,
  type WriteSummary,
} from "plinth";
import { expectType, type Equal } from "./equal.ts";
import { teams } from "./teams.ts";

const pages = table("pages", {
  id: integer().primaryKey(),
  body: text(),
  version: version(),
});

declare const db: Database;
const isFirst = eq(pages.id, 1);

// A version is read, may be inserted, and is not set.
expectType<Equal<RowOf<typeof pages>, { id: number; body: string | null; version: number }>>();
expectType<Equal<NewRowOf<typeof pages>, { id: number; body?: string | null; version?: number }>>();
expectType<Equal<keyof UpdateSet<typeof pages>, "body" | "id">>();
// @ts-expect-error -- a version is counted, and not set.
void db.update(pages).set({ version: 2 });
// @ts-expect-error -- nor by an insert of a row that exists.
void db.insert(pages).values({ id: 1 }).onConflict(pages.id).update({ version: 2 });

// Updates and deletes of a table with one name the version that was read.
const summary = await db.update(pages).set({ body: "x" }).where(isFirst).version(1);
expectType<Equal<typeof summary, WriteSummary>>();
const rows = await db.delete(pages).where(isFirst).version(1).returning();
expectType<Equal<typeof rows, RowOf<typeof pages>[]>>();
void db.updateMany(pages, [{ id: 1, version: 1, body: "x" }]);
// @ts-expect-error -- a version is a number.
void db.update(pages).set({ body: "x" }).where(isFirst).version("1");
// @ts-expect-error -- an insert meets no row that was read.
void db.insert(pages).values({ id: 1 }).version(1);
// @ts-expect-error -- a table without a column of version() has none.
void db.delete(teams).where(eq(teams.id, 1)).version(1);

// What comes from outside may bring one to an insert alone.
const fromOutside = insertSchema(pages)["~standard"].types;
expectType<Equal<NonNullable<typeof fromOutside>["output"], NewRowOf<typeof pages>>>();
const changes = updateSchema(pages)["~standard"].types;
expectType<Equal<NonNullable<typeof changes>["output"], { id?: number; body?: string | null }>>();
