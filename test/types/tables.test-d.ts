import {
  alias,
  bigint,
  bytes,
  check,
  count,
  databaseSchema,
  date,
  defineSchema,
  enumType,
  eq,
  foreignKey,
  gt,
  index,
  integer,
  json,
  primaryKey,
  real,
  sql,
  table,
  text,
  time,
  uniqueIndex,
  view,
  type Executor,
  type Instant,
  timestamp,
  timestamps,
  type KeyOf,
  type NewRowOf,
  type RowOf,
  type UpdateSet,
} from "plinth";
import { expectType, type Equal } from "./equal.ts";
import { likes, type logs, posts, users, type PostId, type Role, type Settings } from "./tables.ts";
import { teams } from "./teams.ts";

// Rows are flat and exact, spread columns and circles of references included.
expectType<
  Equal<
    RowOf<typeof users>,
    {
      id: string;
      createdAt: Date;
      deletedAt: Date | null;
      name: string;
      role: Role;
      settings: Settings | null;
      isActive: boolean;
      credits: number;
      balance: string | null;
      views: bigint;
      teamId: number | null;
      favouriteId: number | null;
    }
  >
>();
expectType<
  Equal<
    RowOf<typeof posts>,
    { id: PostId; authorId: string; parentId: PostId | null; title: string; body: string | null }
  >
>();
expectType<Equal<RowOf<typeof teams>, { id: number; name: string; ownerId: string }>>();

// A new row may leave out what is nullable or has a default, whoever makes it.
expectType<
  Equal<
    NewRowOf<typeof users>,
    {
      id?: string;
      createdAt?: Date;
      deletedAt?: Date | null;
      name: string;
      role?: Role;
      settings?: Settings | null;
      isActive?: boolean;
      credits?: number;
      balance?: string | null;
      views: bigint;
      teamId?: number | null;
      favouriteId?: number | null;
    }
  >
>();
expectType<
  Equal<
    NewRowOf<typeof posts>,
    { id?: PostId; authorId: string; parentId?: PostId | null; title: string; body?: string | null }
  >
>();

// A key is a value, an object when it is composite, and nothing where there is none.
expectType<Equal<KeyOf<typeof users>, string>>();
expectType<Equal<KeyOf<typeof posts>, PostId>>();
expectType<Equal<KeyOf<typeof likes>, { userId: string; postId: number }>>();
expectType<Equal<KeyOf<typeof logs>, never>>();

// Modes change the type of the value; the order of the calls doesn't matter.
const modes = table("modes", {
  exact: bigint().notNull(),
  small: bigint({ mode: "number" }).notNull(),
  named: bigint("n", { mode: "number" }),
  instant: timestamp("at", { mode: "string" }).notNull(),
  first: text().notNull().$type<"a" | "b">(),
  second: text().$type<"a" | "b">().notNull(),
  nullable: text().$type<"a" | "b">(),
  anything: json(),
  something: json().notNull(),
  narrowed: json().$type<Settings>(),
  computed: integer()
    .notNull()
    .default(sql`1 + 1`),
});
expectType<
  Equal<
    RowOf<typeof modes>,
    {
      exact: bigint;
      small: number;
      named: number | null;
      instant: string;
      first: "a" | "b";
      second: "a" | "b";
      nullable: "a" | "b" | null;
      anything: unknown;
      something: {};
      narrowed: Settings | null;
      computed: number;
    }
  >
>();

// A column may have any name, those of JavaScript's own included.
// oxlint-disable-next-line unicorn/no-thenable
const odd = table("odd", { constructor: integer().notNull(), then: text(), name: text() });
expectType<
  Equal<RowOf<typeof odd>, { constructor: number; then: string | null; name: string | null }>
>();

// A schema keeps its tables, of which several may point at one another.
const schema = defineSchema({ users, posts, likes, teams });
expectType<Equal<(typeof schema)["tables"]["posts"], typeof posts>>();

// @ts-expect-error Only tables are part of a schema.
defineSchema({ users, posts: "posts" });

// @ts-expect-error A default has the type of its column.
integer().default("0");
// @ts-expect-error NULL is what a column without a default has anyway.
integer().default(null);
// @ts-expect-error A function that makes a default gives the column's type.
text().$default(() => 1);
// @ts-expect-error Narrowing doesn't change the type of the value.
text().$type<number>();
// @ts-expect-error There are five actions.
integer().references(() => users.id, { onDelete: "explode" });
// @ts-expect-error A column is what a call gives.
table("t", { name: text });
// @ts-expect-error An index is on a column that the table has.
table("t", { name: text() }, (t) => [index().on(t.nmae)]);
// @ts-expect-error A row is not a column map.
table("t", { name: "text" });

// Days and times are text, bytes are bytes, and a number of 32 bits is a number.
const moments = table("moments", {
  day: date().primaryKey(),
  clock: time({ precision: 3 }).notNull().default("12:00:00"),
  named: time("at", { precision: 6 }),
  raw: bytes().notNull(),
  hash: bytes({ length: 32 }),
  weight: real(),
});
expectType<
  Equal<
    RowOf<typeof moments>,
    {
      day: string;
      clock: string;
      named: string | null;
      raw: Uint8Array;
      hash: Uint8Array | null;
      weight: number | null;
    }
  >
>();
expectType<Equal<KeyOf<typeof moments>, string>>();
export const moment: NewRowOf<typeof moments> = { day: "2026-01-31", raw: Uint8Array.of(1) };
// @ts-expect-error A day is no Date.
export const dated: NewRowOf<typeof moments> = { day: new Date(), raw: Uint8Array.of(1) };
// @ts-expect-error Bytes are no text.
export const spelt: NewRowOf<typeof moments> = { day: "2026-01-31", raw: "00" };

// An enum's column is the union of its names.
const role = enumType("role", ["user", "admin"]);
const accounts = table("accounts", {
  id: integer().primaryKey(),
  role: role().notNull().default("user"),
  former: role("former_role"),
});
expectType<Equal<typeof role.values, readonly ("user" | "admin")[]>>();
expectType<
  Equal<
    RowOf<typeof accounts>,
    { id: number; role: "user" | "admin"; former: "user" | "admin" | null }
  >
>();
eq(accounts.role, "admin");
// @ts-expect-error There is no such name.
eq(accounts.role, "amin");
// @ts-expect-error There is no such name.
role().default("amin");
// @ts-expect-error An enum has at least one name.
enumType("none", []);

// What stands beside the columns knows them, and changes nothing about the rows.
const nodes = table(
  "nodes",
  {
    tree: integer().primaryKey(),
    id: integer().primaryKey(),
    parentTree: integer(),
    parentId: integer(),
    name: text(),
  },
  (t) => [
    primaryKey("node_key").on(t.id, t.tree),
    foreignKey()
      .on(t.parentTree, t.parentId)
      .references(() => [nodes.tree, nodes.id], { onDelete: "set null" }),
    check(gt(t.id, 0)),
    check("named", sql`${t.name} <> ''`),
    uniqueIndex()
      .on(sql`lower(${t.name})`)
      .where(gt(t.tree, 1)),
    // @ts-expect-error There is no such column.
    index().on(t.nmae),
    // @ts-expect-error A check has a condition.
    check("empty"),
  ],
);
expectType<Equal<KeyOf<typeof nodes>, { tree: number; id: number }>>();
const key = foreignKey().on(nodes.parentId);
// @ts-expect-error There is no such action.
key.references(() => nodes.id, { onDelete: "nothing" });

// The columns that Plinth keeps: both, one, under other names, or such as may be NULL.
const kept = table("kept", { id: integer().primaryKey(), ...timestamps() });
expectType<Equal<RowOf<typeof kept>, { id: number; createdAt: Date; updatedAt: Date }>>();
expectType<Equal<NewRowOf<typeof kept>, { id: number; createdAt?: Date; updatedAt?: Date }>>();
const written = table("written", {
  id: integer().primaryKey(),
  ...timestamps({ created: "writtenAt", updated: false }),
});
expectType<Equal<RowOf<typeof written>, { id: number; writtenAt: Date }>>();
const touched = table("touched", {
  id: integer().primaryKey(),
  ...timestamps({ created: false, nullable: true }),
});
expectType<Equal<RowOf<typeof touched>, { id: number; updatedAt: Date | null }>>();

// What the database computes is read, and never written.
const computed = table("computed", {
  id: integer().primaryKey(),
  size: integer().notNull(),
  double: integer()
    .notNull()
    .generatedAs(() => sql`${computed.size} * 2`),
});
expectType<Equal<RowOf<typeof computed>, { id: number; size: number; double: number }>>();
expectType<Equal<NewRowOf<typeof computed>, { id: number; size: number }>>();
expectType<Equal<keyof UpdateSet<typeof computed>, "id" | "size">>();

// Tables in schemas are told apart by both names, and have the rows of any other table.
const auth = databaseSchema("auth");
const logins = auth.table("users", {
  id: integer().primaryKey(),
  level: auth.enumType("level", ["a", "b"])(),
});
expectType<Equal<RowOf<typeof logins>, { id: number; level: "a" | "b" | null }>>();
expectType<Equal<(typeof logins.id)["~from"], "auth.users">>();
// @ts-expect-error There is no such level.
eq(logins.level, "c");

// A view has the rows of its query, an outer join's nulls included, and nobody writes to it.
const perTeam = view("per_team").as((q) =>
  q
    .select({ id: teams.id, name: teams.name, owner: users.name, count: count() })
    .from(teams)
    .leftJoin(users, eq(users.id, teams.ownerId))
    .groupBy(teams.id, teams.name, users.name),
);
expectType<
  Equal<RowOf<typeof perTeam>, { id: number; name: string; owner: string | null; count: number }>
>();
expectType<Equal<(typeof perTeam.owner)["~from"], "per_team">>();
expectType<Equal<KeyOf<typeof perTeam>, never>>();
const given = view("given", { id: integer().notNull(), word: text() }).existing();
expectType<Equal<RowOf<typeof given>, { id: number; word: string | null }>>();
const inSchema = auth.materializedView("kept").as(
  (q) => q.from(perTeam),
  (t) => [index().on(t.name)],
);
expectType<Equal<RowOf<typeof inSchema>, RowOf<typeof perTeam>>>();
expectType<Equal<(typeof inSchema.id)["~from"], "auth.kept">>();

export async function viewsAreRead(db: Executor): Promise<void> {
  const other = alias(perTeam, "other");
  const rows = await db
    .select({ a: perTeam.name, b: other.owner, all: other })
    .from(perTeam)
    .leftJoin(other, eq(other.id, perTeam.id));
  expectType<
    Equal<(typeof rows)[number], { a: string; b: string | null; all: RowOf<typeof perTeam> | null }>
  >();
  await db.refresh(inSchema, { concurrently: true });
  // @ts-expect-error Only a materialized view is refreshed.
  await db.refresh(perTeam);
  // @ts-expect-error A table neither.
  await db.refresh(users);
  // @ts-expect-error A view is only read.
  db.insert(perTeam);
  // @ts-expect-error A view is only read.
  db.update(given);
  // @ts-expect-error A materialized view, too.
  db.delete(inSchema);
  // @ts-expect-error There is no such column.
  await db.from(perTeam).where(eq(perTeam.title, "x"));
}

const withViews = defineSchema({ teams, perTeam });
expectType<Equal<keyof (typeof withViews)["tables"], "teams">>();
view("plain").as(
  (q) => q.from(teams),
  // @ts-expect-error Plain views have no indexes.
  (t) => [index().on(t.name)],
);

// A key that the database alone counts is left out of what is written.
const counted = table("counted", {
  id: integer().primaryKey().autoIncrement({ always: true }),
  note: text(),
});
expectType<Equal<NewRowOf<typeof counted>, { note?: string | null }>>();
expectType<Equal<KeyOf<typeof counted>, number>>();
const started = table("started", { id: integer().primaryKey().autoIncrement({ start: 5 }) });
expectType<Equal<NewRowOf<typeof started>, { id?: number }>>();

// Instants of Temporal are those of the compiler's library, or the members that Plinth uses.
const instants = table("instants", { at: timestamp("at", { mode: "temporal" }).notNull() });
expectType<Equal<RowOf<typeof instants>, { at: Instant }>>();
export const nanoseconds = (row: RowOf<typeof instants>): bigint => row.at.epochNanoseconds;
// @ts-expect-error It is no Date.
eq(instants.at, new Date());
