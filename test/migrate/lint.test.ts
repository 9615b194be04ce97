import { readFileSync } from "node:fs";
import { dialectOf, type Transaction } from "plinth";
import { expect, test } from "vitest";
import { RULES, type RuleId } from "../../src/migrate/lint/catalogue.ts";
import { lintMigrations } from "../../src/migrate/lint/lint.ts";
import { registered, type RegisteredMigration } from "../../src/migrate/migration.ts";

type Given = RegisteredMigration<Transaction>;
type Product = "mariadb" | "postgres" | "sqlite";

/** What is there before: tables with rows. */
const BEFORE = `create table users (id integer primary key, name varchar(50) not null, age integer, team_id integer);
  create table teams (id integer primary key, label text);
  create index users_team_idx on users (team_id);
  create table moods (id integer primary key, m enum('a','b'));
  create table posts (id integer primary key, user_id integer);
  create table kept (id integer primary key) strict;
  create table seen (id integer primary key, at timestamp default now() on update now());`;

interface Case {
  readonly on?: Product;
  readonly fires: string;
  readonly rests: string;
  readonly down?: string;
}

/** For each rule SQL that it tells of, and SQL beside it that it doesn't. */
const CASES: Readonly<Record<Exclude<RuleId, "GN104" | "GN105">, Case>> = {
  DS101: { fires: "drop schema old cascade", rests: "create schema new" },
  DS102: {
    fires: "drop table teams",
    rests: "create table t (id integer primary key); drop table t",
  },
  DS103: {
    fires: "alter table users drop column age",
    rests: "alter table users add column x integer",
  },
  DS104: {
    fires: "alter table users alter column name type varchar(20)",
    rests: "alter table users alter column name type varchar(80)",
  },
  DS105: {
    on: "mariadb",
    fires: "alter table moods modify m enum('a')",
    rests: "alter table moods modify m enum('a','b','c')",
  },
  DS106: {
    fires: "create table users (id integer primary key)",
    rests: "create table people (id integer primary key)",
  },
  DS107: { fires: "truncate table users", rests: "delete from users where id = 1" },
  BC101: {
    fires: "alter table users rename to people",
    rests: "create table t (id integer primary key); alter table t rename to u",
  },
  BC102: {
    fires: "alter table users rename column name to label",
    rests: "alter table users rename constraint a to b",
  },
  BC103: {
    fires: "alter type role rename value 'a' to 'b'",
    rests: "alter type role add value 'c'",
  },
  BC105: {
    fires: "alter table users alter column age set default 3",
    rests: "alter table users add column x integer default 3",
  },
  CD101: {
    on: "mariadb",
    fires: "alter table users drop foreign key f",
    rests: "alter table users drop index i",
  },
  CD102: {
    fires: "alter table users drop constraint c",
    rests: "alter table users add column x integer",
  },
  MF101: {
    fires: "alter table users add constraint u unique (name)",
    rests: "alter table users add constraint c check (age > 0)",
  },
  MF102: {
    fires: "create unique index u on users (name)",
    rests: "create index u on users (name)",
  },
  MF103: {
    fires: "alter table users add column x integer not null",
    rests: "alter table users add column x integer not null default 0",
  },
  MF104: {
    fires: "alter table users alter column age set not null",
    rests: "alter table users alter column age drop not null",
  },
  MF105: {
    fires: "alter table posts add constraint f foreign key (user_id) references users (id)",
    rests:
      "alter table posts add constraint f foreign key (user_id) references users (id) not valid",
  },
  MF106: {
    fires: "alter table users add check (age > 0)",
    rests: "alter table users add constraint c check (age > 0) not valid",
  },
  PG101: {
    fires: "create index i on users (name)",
    rests: "-- plinth: no-transaction\ncreate index concurrently i on users (name)",
  },
  PG102: { fires: "drop index i", rests: "-- plinth: no-transaction\ndrop index concurrently i" },
  PG103: {
    fires: "create index concurrently i on users (name)",
    rests: "-- plinth: no-transaction\ncreate index concurrently i on users (name)",
  },
  PG201: {
    fires: "alter table users add column key uuid default gen_random_uuid()",
    rests: "alter table users add column at timestamptz default now()",
  },
  PG202: {
    fires: "alter table users alter column age type bigint",
    rests: "alter table users alter column age drop default",
  },
  PG203: {
    fires: "alter table users add column d integer generated always as (age * 2) stored",
    rests: "alter table users add column d integer",
  },
  PG205: {
    fires: "alter table users alter column age set not null",
    rests: "alter table users alter column age drop not null",
  },
  PG206: {
    fires: "alter table posts add foreign key (user_id) references users (id)",
    rests: "alter table posts add foreign key (user_id) references users (id) not valid",
  },
  PG207: {
    fires: "alter table users add constraint c check (age > 0)",
    rests: "alter table users add constraint c check (age > 0) not valid",
  },
  PG208: {
    fires:
      "alter table users add constraint c check (age > 0) not valid; alter table users validate constraint c",
    rests: "alter table users validate constraint c",
  },
  PG209: {
    fires: "alter table users add constraint u unique (name)",
    rests: "alter table users add constraint u unique using index i",
  },
  PG213: {
    fires: "-- plinth: no-transaction\nalter table users add column x integer",
    rests:
      "-- plinth: no-transaction\nset lock_timeout = '5s'; alter table users add column x integer",
  },
  PG211: {
    fires: "alter table users add column d json",
    rests: "alter table users add column d jsonb",
  },
  MY101: {
    on: "mariadb",
    fires: "alter table users add column x int not null",
    rests: "alter table users add column x int not null default 0",
  },
  MY102: {
    on: "mariadb",
    fires: "alter table users add column t int references teams (id)",
    rests: "alter table users add column t int",
  },
  MY103: {
    on: "mariadb",
    fires: "alter table users add column x int, algorithm=copy",
    rests: "alter table users add column x int, algorithm=instant",
  },
  MY105: {
    on: "mariadb",
    fires: "alter table posts add foreign key (user_id) references users (id)",
    rests: "alter table posts add index (user_id)",
  },
  MY107: {
    on: "mariadb",
    fires: "alter table users modify age int not null",
    rests: "alter table users modify age int",
  },
  MY108: {
    on: "mariadb",
    fires: "alter table users add column a int; alter table teams add column b int",
    rests:
      "create table a (id int primary key); create table b (id int primary key); create index i on a (id)",
  },
  LT101: {
    on: "sqlite",
    fires: "alter table users add column x integer not null",
    rests: "alter table users add column x integer not null default 0",
  },
  LT102: {
    on: "sqlite",
    fires: "alter table users alter column age",
    rests: "alter table users add column x integer",
  },
  LT103: {
    on: "sqlite",
    fires: "pragma foreign_keys = off",
    rests: "-- plinth: no-transaction\npragma foreign_keys = off",
  },
  LT104: {
    on: "sqlite",
    fires:
      "create table new (id integer primary key); insert into new select id from users; drop table users; alter table new rename to users",
    rests:
      "-- plinth: rebuild\ncreate table new (id integer primary key); insert into new select id from users; drop table users; alter table new rename to users",
  },
  MY109: {
    on: "mariadb",
    fires: "alter table seen modify at timestamp(3) default now()",
    rests: "alter table seen modify at timestamp(3) default now() on update current_timestamp(3)",
  },
  LT105: {
    on: "sqlite",
    fires:
      "-- plinth: rebuild\ncreate table new (id integer primary key); insert into new select id from kept; drop table kept; alter table new rename to kept",
    rests:
      "-- plinth: rebuild\ncreate table new (id integer primary key) strict; insert into new select id from kept; drop table kept; alter table new rename to kept",
  },
  GN101: {
    fires: "do $$ begin drop table users; end $$",
    rests: "comment on table users is 'x; y'",
  },
  GN102: {
    fires: "update users set age = 1; alter table users add column x integer",
    rests: "update users set age = 1",
  },
  GN106: {
    fires: "create table t (id integer)",
    rests: "create table t (a integer, b integer, primary key (a, b))",
  },
  GN107: {
    fires: "create table t (id integer primary key, user_id integer references users (id))",
    rests:
      "create table t (id integer primary key, user_id integer references users (id)); create index i on t (user_id)",
  },
  GN108: {
    fires: "create table t (id integer primary key, code text unique); create index i on t (code)",
    rests:
      "create table t (id integer primary key, code text unique); create index i on t (code, id)",
  },
};

async function idsOf(product: Product, ...later: readonly Given[]): Promise<string[]> {
  const dialect = await dialectOf(product);
  const first: Given = {
    name: "001_before",
    up: BEFORE,
    down: "drop table posts; drop table users; drop table teams",
  };
  const findings = lintMigrations(registered([first, ...later]), {
    dialect,
    isWanted: (name) => name !== "001_before",
  });
  return findings.map(({ id }) => id);
}

const migration = (up: string, down = "select 1"): Given => ({ name: "002_it", up, down });

test.for(Object.entries(CASES))(
  "%s fires, and rests beside it",
  async ([id, { on = "postgres", fires, rests }]) => {
    expect(await idsOf(on, migration(fires))).toContain(id);
    expect(await idsOf(on, migration(rests))).not.toContain(id);
  },
);

test("tells of a new column whose reference has no index", async () => {
  const add = "alter table posts add column team_id integer references teams (id)";
  expect(await idsOf("postgres", migration(add))).toContain("GN107");
  expect(
    await idsOf("postgres", migration(`${add}; create index i on posts (team_id)`)),
  ).not.toContain("GN107");
  expect(await idsOf("postgres", migration(`${add} unique`))).not.toContain("GN107");
});

test("NOT NULL rests where a check has shown that no row is without a value", async () => {
  const check = "alter table users add constraint c check (age is not null)";
  const set = "alter table users alter column age set not null";
  const ids = (...texts: readonly string[]): Promise<string[]> =>
    idsOf("postgres", ...texts.map((up, at) => ({ ...migration(up), name: `00${at + 2}_it` })));
  expect(await ids(`${check} not valid`, set)).toEqual(["MF104", "PG205"]);
  expect(await ids(`${check} not valid`, "alter table users validate constraint c", set)).toEqual(
    [],
  );
  expect(await ids(check, set)).toEqual(["MF106", "PG207"]);
});

test("tells of an enum that is a type of its own and loses a value", async () => {
  const change = (values: string): Given =>
    migration(
      `alter type mood rename to mood_old; create type mood as enum (${values}); drop type mood_old`,
    );
  const made = { name: "001_z", up: "create type mood as enum ('a', 'b')", down: "drop type mood" };
  expect(await idsOf("postgres", made, change("'b'"))).toContain("DS105");
  expect(await idsOf("postgres", made, change("'b', 'a', 'c'"))).not.toContain("DS105");
});

test("tells of a way back that loses data, or isn't there", async () => {
  const add = "alter table users add column x integer";
  expect(await idsOf("postgres", { name: "002_it", up: add })).toEqual(["GN104"]);
  const lossy =
    "-- IRREVERSIBLE DS103: it does not come back\nalter table users add column x integer";
  expect(await idsOf("postgres", migration("alter table users drop column age", lossy))).toEqual([
    "DS103",
    "GN104",
  ]);
  expect(
    await idsOf(
      "postgres",
      migration(add, "-- LOSSY DS103: drops x\nalter table users drop column x"),
    ),
  ).toEqual([]);
});

test("each rule stands in the guide, with its safe way", () => {
  const page = readFileSync(
    new URL("../../docs/guide/lint.md", import.meta.url),
    "utf8",
  ).replaceAll(/\s+/g, " ");
  for (const [id, { what, safe }] of Object.entries(RULES))
    expect(page).toContain(`| \`${id}\` | ${what} | ${safe} |`);
});

test("tells of one that was edited, by its name", async () => {
  const dialect = await dialectOf("sqlite");
  const findings = lintMigrations(
    registered([migration("create table t (id integer primary key)")]),
    {
      dialect,
      edited: ["002_it"],
    },
  );
  expect(findings).toMatchObject([{ id: "GN105", migration: "002_it", line: 1 }]);
});

test("is told where, why, and the safe way", async () => {
  const dialect = await dialectOf("postgres");
  const up = "create table t (id integer primary key);\n\nalter table users\n  drop column age;";
  const [finding] = lintMigrations(
    registered([migration(BEFORE), { ...migration(up), name: "003_it" }]),
    {
      dialect,
      isWanted: (name) => name === "003_it",
    },
  );
  expect(finding).toEqual({
    migration: "003_it",
    id: "DS103",
    line: 3,
    message: RULES.DS103.what,
    safe: RULES.DS103.safe,
  });
});

test("a comment with a reason allows one rule for a statement, or at the head for the file", async () => {
  const drop = "alter table users drop column age";
  expect(
    await idsOf("postgres", migration(`-- lint:allow DS103 nobody reads it\n${drop}`)),
  ).toEqual([]);
  expect(await idsOf("postgres", migration(`-- lint:allow DS103\n${drop}`))).toEqual(["DS103"]);
  expect(
    await idsOf(
      "postgres",
      migration(
        `select 1;\n-- lint:allow DS103 nobody reads it\n${drop}; alter table teams drop column label`,
      ),
    ),
  ).toEqual(["DS103"]);
  expect(
    await idsOf(
      "postgres",
      migration(`-- lint:allow DS103 both are empty\n${drop}; alter table teams drop column label`),
    ),
  ).toEqual([]);
});

test("knows names that are quoted, of schemas, and in any case", async () => {
  expect(
    await idsOf("postgres", migration('ALTER TABLE "users" RENAME COLUMN "Na""me" TO x')),
  ).toEqual(["BC102"]);
  expect(
    await idsOf(
      "postgres",
      migration("create table app.t (id int primary key); alter table app.t drop column id"),
    ),
  ).toEqual([]);
  expect(await idsOf("mariadb", migration("alter table `users` drop column `a``b`"))).toEqual([
    "DS103",
  ]);
});
