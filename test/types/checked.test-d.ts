import { named, type CheckedQuery, type Database, type Executor, type WriteSummary } from "plinth";
import { queries } from "../checked/plinth.queries.ts";
import { type Settings } from "../checked/schema.ts";
import { expectType, type Equal } from "./equal.ts";

declare const db: Database;
declare const isFew: boolean;

// A text types its values and its rows; a literal without values between may be a template, too.
const people = await db.query(
  'select id, name, role, credit, visits, is_active as "isActive", settings, created_at as "createdAt" from checked_people where id = :id',
  { id: 1 },
);
expectType<
  Equal<
    typeof people,
    {
      id: number;
      name: string;
      role: "admin" | "user";
      credit: string | null;
      visits: bigint | null;
      isActive: boolean;
      settings: Settings | null;
      createdAt: Date;
    }[]
  >
>();
const [total] = await db.query(`select count(*) as "total: number" from checked_people`);
expectType<Equal<typeof total, { total: number } | undefined>>();

// The first row, one row, a stream, and what was written.
const listed = db.query("select id from checked_people where id in (:ids) order by id", {
  ids: [1, 2] as const,
});
expectType<Equal<typeof listed, CheckedQuery<{ id: number }>>>();
const first = await listed.first();
expectType<Equal<typeof first, { id: number } | undefined>>();
const one = await listed.timeout(100).signal(AbortSignal.abort()).one();
expectType<Equal<typeof one, { id: number }>>();
for await (const row of listed.stream({ batch: 10 }))
  expectType<Equal<typeof row, { id: number }>>();
const summary = await listed.run();
expectType<Equal<typeof summary, WriteSummary>>();
const written = await db.query("update checked_people set credit = :credit where id = :id", {
  credit: null,
  id: 1,
});
expectType<Equal<typeof written, WriteSummary>>();

// Lists of values, and what may be left out.
void db.query("select id from checked_people where id > $1 and name <> $2 order by id", [1, "a"]);
const search =
  "select id from checked_people\nwhere 1 = 1\n  /*if name*/ and name = :name /*end*/\n  /*if active*/ and is_active /*end*/\norder by id";
void db.query(search);
void db.query(search, {});
void db.query(search, { name: isFew ? "a" : undefined, active: isFew });

// One of several texts.
const either = await db.query(
  isFew
    ? 'select count(*) as "total: number" from checked_people'
    : 'select count(*) as "total: number" from checked_people',
);
expectType<Equal<typeof either, { total: number }[]>>();

// A transaction, and a function that takes either.
async function countPeople(on: Executor): Promise<number> {
  const { total: count } = await on
    .query('select count(*) as "total: number" from checked_people')
    .one();
  return count;
}
void db.transaction(async (tx) => countPeople(tx));

// Statements of files, and under a name.
const person = await db.query(queries.findPerson, { id: 1 }).one();
expectType<Equal<(typeof person)["home"], { readonly x: number; readonly y: number } | null>>();
expectType<Equal<(typeof person)["avatar"], Uint8Array | null>>();
const renamed = await db.query(queries.renamePerson, { id: 1, name: "a" });
expectType<Equal<typeof renamed, WriteSummary>>();
const byId = named("personById")`select id, name from checked_people where id = ${1}`;
const found = await db.query(byId).first();
expectType<Equal<typeof found, { id: number; name: string } | undefined>>();

// @ts-expect-error It was never checked.
void db.query("select id from checked_people");
// @ts-expect-error A space more is another text.
void db.query("select id from checked_people where id in (:ids) order by id ", { ids: [1] });
// @ts-expect-error It is not known before the program runs.
void db.query(String(Math.random()));
// @ts-expect-error A value in the text makes it one that isn't known.
void db.query(`select id from checked_people where id = ${1 as number}`);
// @ts-expect-error A list takes an array.
void db.query("select id from checked_people where id in (:ids) order by id", { ids: 1 });
// @ts-expect-error A value is missing.
void db.query("update checked_people set credit = :credit where id = :id", { id: 1 });
void db.query("update checked_people set credit = :credit where id = :id", {
  credit: "1.00",
  // @ts-expect-error NULL is no value that it takes.
  id: null,
});
void db.query("update checked_people set credit = :credit where id = :id", {
  credit: "1.00",
  id: 1,
  // @ts-expect-error It takes no such value.
  name: "a",
});
// @ts-expect-error One value of the list is missing.
void db.query("select id from checked_people where id > $1 and name <> $2 order by id", [1]);
// @ts-expect-error It takes no values.
void db.query('select count(*) as "total: number" from checked_people', {});
// @ts-expect-error There is no such statement.
void queries.findNobody;
// @ts-expect-error A statement of a file takes its values.
void db.query(queries.findPerson);
// @ts-expect-error There is no SQL of that name.
void named("personByIdd");
// @ts-expect-error The value has another type.
void named("personById")`select id, name from checked_people where id = ${"1"}`;
// @ts-expect-error The values are in the tag already.
void db.query(byId, [1]);
