// Tables whose rows are made at random, with NULL wherever the schema allows it.
import { pick, type Random } from "../../migrate/law/schemas.ts";

export const TABLES = `
  create type user_role as enum ('user', 'admin');
  create domain short as varchar(5);
  create table users (
    id int primary key, name text not null, age int, meta jsonb not null default '{}', role user_role not null,
    nick varchar(20), balance numeric(10, 2), created timestamptz not null, tags text[], active boolean, code short,
    twice int generated always as (age * 2) stored
  );
  create table posts (
    id bigint primary key, uid int not null references users (id), title text not null, parent bigint, body text,
    score double precision, at timestamptz, day date, unique (uid, title, id)
  );
  create table labels (post bigint not null, label text not null, weight smallint, primary key (post, label));
  create table notes (id int, text text);
  create view vv as select u.id, p.title from users u left join posts p on p.uid = u.id;
  create view named as select id, upper(name) as name, coalesce(age, 0) as age from users where age is not null;
  create view counted as select uid, count(*) as n, max(score) as best from posts group by uid;
  create view over_views as select vv.id, vv.title, named.age from vv join named on named.id = vv.id;
  create view ones as select id, 1 as one, coalesce(text, '') as text from notes;
  create materialized view kept as select id, name from users;
  create function maybe(int) returns int language sql as 'select case when $1 > 2 then $1 end';
`;

function literal(value: string | null): string {
  return value === null ? "null" : `'${value.replaceAll("'", "''")}'`;
}

/** Statements that fill the tables anew. */
export function rowsOf(random: Random): string {
  const maybe = (value: string): string | null => (random() < 0.35 ? null : value);
  const count = (most: number): number => (random() < 0.15 ? 0 : Math.floor(random() * (most + 1)));
  const number = (): string => String(Math.floor(random() * 7) - 1);
  const word = (): string => pick(random, ["", "a", "B c", "0", "x_y%", "ä", "2024-01-02"]);
  const instant = (): string =>
    pick(random, ["infinity", "-infinity", "2024-02-29T12:00:00Z", "1969-12-31T23:59:59.5Z"]);
  const json = (): string =>
    pick(random, ["{}", "null", "[]", '{"a": null}', '{"a": 1, "b": [1, null]}', "[1, 2]"]);
  const day = (): string => pick(random, ["infinity", "2024-02-29", "0001-01-01"]);
  const float = (): string => pick(random, ["NaN", "Infinity", "-0", "1.5", "0"]);
  const array = (): string => pick(random, ["{}", "{a,NULL}", "{a,b}", "{NULL}"]);
  const insert = (table: string, rows: (string | null)[][]): string =>
    rows.length === 0
      ? ""
      : `insert into ${table} values ${rows.map((row) => `(${row.map(literal).join(", ")})`).join(", ")};`;
  const users = Array.from({ length: count(5) }, (_, id): (string | null)[] => [
    String(id),
    word(),
    maybe(number()),
    json(),
    pick(random, ["user", "admin"]),
    maybe(word()),
    maybe(pick(random, ["NaN", "-1.25", "0", "99.99"])),
    instant(),
    maybe(array()),
    maybe(pick(random, ["t", "f"])),
    maybe("x"),
  ]);
  const posts = Array.from({ length: users.length === 0 ? 0 : count(7) }, (_, id) => [
    String(id),
    pick(random, users)[0]!,
    word(),
    maybe(number()),
    maybe(word()),
    maybe(float()),
    maybe(instant()),
    maybe(day()),
  ]);
  const labels = posts.flatMap(([id]) =>
    ["a", "b", "c"].filter(() => random() < 0.3).map((label) => [id!, label, maybe(number())]),
  );
  const notes = Array.from({ length: count(4) }, () => [maybe(number()), maybe(word())]);
  return `
    truncate users, posts, labels, notes;
    ${insert("users (id, name, age, meta, role, nick, balance, created, tags, active, code)", users)}
    ${insert("posts", posts)} ${insert("labels", labels)} ${insert("notes", notes)}
    refresh materialized view kept;`;
}
