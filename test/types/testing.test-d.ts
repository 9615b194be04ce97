/** Tests with databases of their own: fixtures by name, rows with references. */
import { bigint, defineSchema, integer, table, text, type Database, type RowOf } from "plinth";
// Not from the entry, whose suite for databases is large.
import type { DatabaseTest } from "../../src/testing/database-test.ts";
import { fixture, type RowReference } from "../../src/testing/fixture.ts";
import { expectType, type Equal } from "./equal.ts";

declare const databaseTest: DatabaseTest;

const users = table("users", {
  id: bigint().primaryKey().autoIncrement(),
  name: text().notNull(),
  age: integer(),
});
const posts = table("posts", {
  id: integer().primaryKey(),
  authorId: bigint().references(() => users.id),
  title: text().notNull(),
});
const schema = defineSchema({ users, posts });

const people = fixture(users, { ada: { name: "Ada" }, grace: { name: "Grace", age: 85 } });
const key = people.ref("ada");
expectType<Equal<typeof key, RowReference<bigint>>>();
const notes = fixture(posts, {
  first: { id: 1, authorId: people.ref("ada"), title: people.ref("ada", "name") },
});
// @ts-expect-error There is no such row.
people.ref("linus");
// @ts-expect-error There is no such column.
people.ref("ada", "nam");
// @ts-expect-error The title is a text, and the key a bigint.
fixture(posts, { first: { id: 1, title: people.ref("ada") } });
// @ts-expect-error The title is missing.
fixture(posts, { first: { id: 1 } });
// @ts-expect-error There is no such column.
fixture(users, { ada: { name: "Ada", agee: 36 } });

databaseTest("has a database", async ({ db }) => {
  expectType<Equal<typeof db, Database>>();
});
const own = databaseTest.extend({ schema, fixtures: { people, all: [people, notes] } });
own("has rows", { fixtures: ["all", notes], mode: "rollback" }, async ({ row, url }) => {
  expectType<Equal<typeof url, string>>();
  const ada = row(people, "ada");
  expectType<Equal<typeof ada, RowOf<typeof users>>>();
  // @ts-expect-error There is no such row.
  row(people, "linus");
});
own.only("alone", async () => {});
own.skip("later", { fixtures: ["people"] }, async () => {});
own.extend({ fixtures: { more: async (db) => void (await db.from(users)) } })(
  "has both",
  { fixtures: ["more", "people"] },
  async () => {},
);
// @ts-expect-error There is no such fixture.
own("loads", { fixtures: ["userz"] }, async () => {});
// @ts-expect-error There is no such mode.
own("rolls", { mode: "rolback" }, async () => {});

// The database of a test knows the schema that the test, or those like it, are given.
databaseTest("knows its schema", { schema }, async ({ db }) => {
  expectType<Equal<typeof db, Database<typeof schema>>>();
});
const ours = databaseTest.extend({ schema, fixtures: { people } });
ours("knows that of extend", async ({ db }) => {
  expectType<Equal<typeof db, Database<typeof schema>>>();
});
ours("beside other options", { fixtures: ["people"] }, async ({ db }) => {
  expectType<Equal<typeof db, Database<typeof schema>>>();
});
