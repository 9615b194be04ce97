// What lint offers instead is run step by step, and makes in the end what the statement would have made.
import { dialectOf } from "plinth";
import { expect, test } from "vitest";
import { canonicalModel } from "../../src/migrate/diff/canonical.ts";
import type { RuleId } from "../../src/migrate/lint/catalogue.ts";
import { lintMigrations, type Finding } from "../../src/migrate/lint/lint.ts";
import { registered } from "../../src/migrate/migration.ts";
import { applyMigrations } from "../../src/migrate/run/runner.ts";
import type { Model } from "../../src/schema/model.ts";
import { onDatabase, read } from "../inspect/kit.ts";
import { testServers } from "../servers/databases.ts";

type Product = "mariadb" | "postgres" | "sqlite";

const BEFORE = {
  name: "001_before",
  up: `create table users (id integer primary key, name varchar(50) not null, age integer);
create table "Big Posts" (id integer primary key, user_id integer);
insert into users values (1, 'a', 1), (2, 'b', 2);
create index users_age on users (age);`,
  down: 'drop table "Big Posts"; drop table users',
};
const MYSQL_BEFORE = {
  ...BEFORE,
  up: BEFORE.up
    .replaceAll('"', "`")
    .replace("age integer);", "age integer) character set utf8mb4;"),
};

interface Case {
  readonly id: RuleId;
  readonly statement: string;
  readonly steps: readonly string[];
  readonly on: readonly Product[];
}

const ALL: readonly Product[] = ["mariadb", "postgres", "sqlite"];
const POSTGRES: readonly Product[] = ["postgres"];

const CASES: readonly Case[] = [
  {
    id: "PG101",
    on: POSTGRES,
    statement: 'create unique index if not exists by_user on "Big Posts" (user_id) where id > 0',
    steps: [
      '-- plinth: no-transaction\ncreate unique index concurrently if not exists by_user on "Big Posts" (user_id) where id > 0;',
    ],
  },
  {
    id: "PG102",
    on: POSTGRES,
    statement: "drop index users_age",
    steps: ["-- plinth: no-transaction\ndrop index concurrently users_age;"],
  },
  {
    id: "PG205",
    on: POSTGRES,
    statement: "alter table users alter column age set not null",
    steps: [
      "alter table users add constraint users_age_not_null check (age is not null) not valid;",
      "alter table users validate constraint users_age_not_null;",
      "alter table users alter column age set not null;\nalter table users drop constraint users_age_not_null;",
    ],
  },
  {
    id: "PG206",
    on: POSTGRES,
    statement:
      'alter table only "Big Posts" add foreign key (user_id) references users (id) on delete cascade',
    steps: [
      'alter table only "Big Posts" add constraint "Big Posts_user_id_fkey" foreign key (user_id) references users (id) on delete cascade not valid;',
      'alter table only "Big Posts" validate constraint "Big Posts_user_id_fkey";',
    ],
  },
  {
    id: "PG207",
    on: POSTGRES,
    statement: "alter table users add constraint grown check (age > 0)",
    steps: [
      "alter table users add constraint grown check (age > 0) not valid;",
      "alter table users validate constraint grown;",
    ],
  },
  {
    id: "PG209",
    on: POSTGRES,
    statement: "alter table public.users add constraint one_name unique (name, age)",
    steps: [
      "-- plinth: no-transaction\ncreate unique index concurrently one_name on public.users (name, age);",
      "alter table public.users add constraint one_name unique using index one_name;",
    ],
  },
  {
    id: "BC102",
    on: ALL,
    statement: "alter table users rename column age to years",
    steps: [
      "alter table users add column years integer;",
      "update users set years = age where years is null;",
      "alter table users drop column age;",
    ],
  },
  {
    id: "BC101",
    on: ALL,
    statement: "alter table users rename to people",
    steps: [
      "alter table users rename to people;\ncreate view users as select * from people;",
      "drop view users;",
    ],
  },
];

async function findingsOf(product: Product, up: string): Promise<readonly Finding[]> {
  const dialect = await dialectOf(product);
  const before = product === "mariadb" ? MYSQL_BEFORE : BEFORE;
  return lintMigrations(registered([before, { name: "002_it", up, down: "select 1" }]), {
    dialect,
    isWanted: (name) => name === "002_it",
  });
}

/** Columns by their names, and without the index that made way for the column's own. */
function comparable(model: Model): unknown {
  const { tables } = canonicalModel(model);
  return tables.map(({ columns, indexes, ...table }) => ({
    ...table,
    columns: columns.toSorted((one, other) => (one.name < other.name ? -1 : 1)),
    indexes: indexes.filter(({ name }) => name !== "users_age"),
  }));
}

for (const server of testServers().filter(({ name }) => name !== "sqlite memory")) {
  const product: Product =
    server.name === "mariadb"
      ? "mariadb"
      : server.name.startsWith("postgres")
        ? "postgres"
        : "sqlite";

  test.for(CASES.filter(({ on }) => on.includes(product)))(
    `$id has a safe rewrite that makes the same on ${server.name}`,
    async ({ id, statement, steps }) => {
      const found = (await findingsOf(product, statement)).find((finding) => finding.id === id);
      expect(found?.rewrite?.map(({ sql }) => sql)).toEqual(steps);

      const before = product === "mariadb" ? MYSQL_BEFORE : BEFORE;
      // Where a column goes, so must its index first.
      const first =
        id === "BC102" ? { ...before, up: before.up.replace(/create index.*;/, "") } : before;
      const made = async (ups: readonly string[]): Promise<unknown> =>
        onDatabase(server, async (db) => {
          const all = ups.map((up, at) => ({ name: `00${at + 2}_it`, up, down: "select 1" }));
          const migrations = registered([first, ...all]);
          await applyMigrations(db, migrations);
          return comparable((await read(db)).model);
        });
      expect(await made(steps)).toEqual(await made([statement]));

      const dialect = await dialectOf(product);
      const all = steps.map((up, at) => ({ name: `00${at + 2}_it`, up, down: "select 1" }));
      const left = lintMigrations(registered([first, ...all]), {
        dialect,
        isWanted: (name) => name !== "001_before",
      });
      // The table has its new name at once, and its view keeps programs running.
      expect(left.map((finding) => finding.id)).not.toContain(id === "BC101" ? "" : id);
    },
  );
}

test("what a person has to say has no rewrite", async () => {
  for (const statement of [
    "alter table users rename column nobody to x",
    "alter table users add constraint c check (age > 0), add constraint d check (id > 0)",
    "alter table users drop column age",
  ])
    for (const finding of await findingsOf("postgres", statement))
      expect(finding.rewrite).toBeUndefined();
});

test("other rules are mended by a line, or by a migration of their own", async () => {
  const rewriteFor = async (id: RuleId, up: string): Promise<unknown> =>
    (await findingsOf("postgres", up)).find((finding) => finding.id === id)?.rewrite;
  expect(await rewriteFor("PG103", "create index concurrently i on users (name)")).toEqual([
    { sql: "-- plinth: no-transaction\ncreate index concurrently i on users (name);" },
  ]);
  expect(
    await rewriteFor(
      "PG208",
      "alter table users add constraint c check (age > 0) not valid; alter table users validate constraint c",
    ),
  ).toEqual([{ note: "in the next migration:", sql: "alter table users validate constraint c;" }]);
  expect(
    await rewriteFor("PG213", "-- plinth: no-transaction\nalter table users add column x integer"),
  ).toEqual([
    {
      sql: "-- plinth: no-transaction\nset lock_timeout = '5s';\nalter table users add column x integer;",
    },
  ]);
});
