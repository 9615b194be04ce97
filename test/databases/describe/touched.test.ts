// Which tables a statement reads and writes.
import { expect, test } from "vitest";
import type { Describe, TableOrigin } from "../../../src/dialect/server/description.ts";
import { createTestDatabase } from "../../servers/databases.ts";
import { mariadbServers } from "../mysql/connected.ts";
import { Described } from "./soundness.ts";

const TABLES = `
  create table users (id integer primary key, name varchar(20) not null, best integer);
  create table posts (id integer primary key, uid integer not null, title varchar(20),
    foreign key (uid) references users (id) on delete cascade on update cascade);
  create table labels (id integer primary key, post integer, foreign key (post) references posts (id) on delete set null);
  create table notes (id integer primary key, label integer, foreign key (label) references labels (id) on delete cascade);
  create table apart (id integer primary key, n integer);
  create table watched (id integer primary key, label integer, foreign key (label) references labels (id));
  create view titled as select u.id, p.title from users u left join posts p on p.uid = u.id;
  create view over_titled as select id from titled where id in (select n from apart);
`;

function spelt(tables: readonly TableOrigin[] | undefined): string {
  return (
    tables
      ?.map(({ schema, table }) => (schema === undefined ? table : `${schema}.${table}`))
      .join(" ") ?? "?"
  );
}

async function touchedBy(describe: Describe, text: string): Promise<string> {
  const { reads, writes } = await describe(text);
  return `${spelt(reads)} | ${spelt(writes)}`;
}

/** What is read, and what is written. */
const CASES: readonly (readonly [text: string, touched: string])[] = [
  ["select 1", " | "],
  ["select id from users where id = :id", "users | "],
  ["select u.id from users u, apart a where a.n = u.id", "apart users | "],
  ["select id from titled where title like 'a'", "posts users | "],
  ["select x.id from over_titled x", "apart posts users | "],
  ["with apart as (select 1 as one) select one from apart", " | "],
  [
    "with x as (select id, name from users) select x.id from x join labels on labels.id = x.id",
    "labels users | ",
  ],
  ["select (select max(n) from apart) as n, exists (select 1 from notes) as e", "apart notes | "],
  ["select id from users union select n from apart", "apart users | "],
  ["insert into apart (id, n) values (:id, 1)", " | apart"],
  ["insert into apart (id, n) select id, best from users", "users | apart"],
  ["update apart set n = (select max(id) from labels)", "labels | apart"],
  ["update apart set n = n + 1 where id in (select id from apart)", " | apart"],
  ["delete from apart where exists (select 1 from titled)", "posts users | apart"],
  ["delete from labels where id = :id", " | labels notes"],
  ["delete from posts", " | labels posts"],
  ["update labels set post = null", " | labels"],
];

async function expectTouched(url: string, more: string, cases: typeof CASES): Promise<void> {
  const described = await Described.open(url, TABLES + more);
  try {
    const found: [string, string][] = [];
    for (const [text] of cases) found.push([text, await touchedBy(described.describe, text)]);
    expect(found).toEqual(cases);
  } finally {
    await described.close();
  }
}

test("on SQLite, by the pages that its program opens", () =>
  expectTouched(
    "sqlite::memory:",
    `create virtual table found using fts5 (text);
     create trigger counted after insert on watched begin update apart set n = n + 1; end;`,
    [
      ...CASES.filter(([text]) => !/^(?:delete from (?:labels|posts)|update labels)/.test(text)),
      // A key is looked up to be kept.
      ["delete from labels where id = :id", "posts watched | labels notes"],
      ["delete from posts", "users | labels posts"],
      ["insert into watched values (1, null)", "labels | apart watched"],
      ["insert into found values ('a')", "? | ?"],
      ["select text from found", "? | ?"],
      ["create table more (id integer)", "? | ?"],
      ["insert into apart values (1, 1) on conflict do update set n = 2 returning id", " | apart"],
    ],
  ));

test("on PostgreSQL, by the analysed query", { timeout: 60_000 }, () =>
  expectTouched(
    "pglite:",
    `create function counting () returns trigger language plpgsql as $$ begin return null; end $$;
     create trigger counted after insert on watched execute function counting();
     create function own (x int) returns int language sql as 'select x';
     create view plain as select id from apart; create schema other; create table other.apart (id int);`,
    [
      ...CASES,
      ["update users set id = 2 where id = 1", " | posts users"],
      ["delete from users", " | labels posts users"],
      ["insert into watched values (1, null)", "? | ?"],
      ["select own(id) from users", "? | ?"],
      ["select id from other.apart", "other.apart | "],
      ["insert into plain (id) values (1)", "? | ?"],
      ["create table more (id integer)", "? | ?"],
      [
        "with gone as (delete from apart returning n) insert into labels (id) select n from gone returning id",
        " | apart labels",
      ],
      ["insert into users values (1, 'a') on conflict (id) do update set id = 3", " | posts users"],
      [
        "merge into apart using users on users.id = apart.id when matched then delete",
        "users | apart",
      ],
    ],
  ),
);

test.each(mariadbServers)("on $name, by the names in the text", async (server) => {
  const { url, drop } = await createTestDatabase(server);
  try {
    await expectTouched(
      url,
      `create function own (x int) returns int deterministic return x;
       create trigger counted after insert on watched for each row update apart set n = n + 1;`,
      [
        ...CASES,
        ["select own(id) from users", "? | ?"],
        [
          "select u.id from users u join posts p on p.uid = u.id and u.id in (1, 2), apart",
          "apart posts users | ",
        ],
        ["select id, posts from (select id, 1 as posts from users) labels", "users | "],
        [
          "select extract(year from now()), trim('a' from name) from (users left join apart using (id))",
          "apart users | ",
        ],
        ["select id from `users` where id in (select n from apart) for update", "apart users | "],
        ["insert into watched values (1, null)", "? | ?"],
        [
          "insert ignore into users (id, name) values (1, 'a') on duplicate key update id = 3",
          " | posts users",
        ],
        ["replace into labels values (1, null)", " | labels notes"],
        ["update users u join apart a on a.n = u.id set u.best = 1", "? | ?"],
        ["update apart a set a.n = 1 where a.id = ?", " | apart"],
        ["delete u from users u join apart a on a.n = u.id", "? | ?"],
        ["insert into apart values (1, 2) returning (select max(id) from users)", "users | apart"],
        ["create table more (id integer)", "? | ?"],
        ["select table_name from information_schema.tables", "information_schema.tables | "],
      ],
    );
  } finally {
    await drop();
  }
});
