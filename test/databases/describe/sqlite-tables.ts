// Tables whose rows are made at random, with NULL wherever the schema allows it.
import { pick, type Random } from "../../migrate/law/schemas.ts";

export const TABLES = `
  create table users (
    id integer primary key, name text not null, age integer, meta text not null default '{}' check (json_valid(meta)),
    role text not null, nick text unique, score real, rating real not null, born date, active boolean, flag boolean not null,
    twice integer generated always as (age * 2) stored, half real as (rating / 2) virtual
  );
  create table posts (
    id integer primary key, uid integer not null references users (id), title text not null, parent integer, body text,
    weight real, at integer not null, unique (uid, title)
  );
  create index posts_parent on posts (parent, body);
  create table labels (post integer not null, label text not null, weight integer, primary key (post, label)) without rowid;
  create table notes (id integer, text text);
  create table strict_ones (code text primary key, n integer not null) strict;
  create view vv as select u.id, p.title from users u left join posts p on p.uid = u.id;
  create view named as select id, upper(name) as name, coalesce(age, 0) as age from users where age is not null;
  create view counted as select uid, count(*) as n, max(weight) as best from posts group by uid;
  create view over_views as select vv.id, vv.title, named.age from vv join named on named.id = vv.id;
  create view ones as select id, 1 as one, coalesce(text, '') as text from notes;
  create trigger written after insert on labels begin insert into notes values (new.post, new.label); end;
  pragma automatic_index = off;
`;

function literal(value: number | string | null): string {
  if (value === null) return "null";
  return typeof value === "number" ? String(value) : `'${value.replaceAll("'", "''")}'`;
}

/** Statements that fill the tables anew. */
export function rowsOf(random: Random): string {
  type Cell = number | string | null;
  const maybe = (value: Cell): Cell => (random() < 0.35 ? null : value);
  const count = (most: number): number => (random() < 0.15 ? 0 : Math.floor(random() * (most + 1)));
  const number = (): number => Math.floor(random() * 7) - 1;
  const word = (): string => pick(random, ["", "a", "B c", "0", "x_y%", "ä", "2024-01-02"]);
  const json = (): string =>
    pick(random, ["{}", "null", "[]", '{"a": null}', '{"a": 1, "b": [1, null]}', "[1, 2]"]);
  const float = (): number => pick(random, [0, -1.5, 2.25, 1e300]);
  const insert = (table: string, rows: readonly (readonly Cell[])[]): string =>
    rows.length === 0
      ? ""
      : `insert into ${table} values ${rows.map((row) => `(${row.map(literal).join(", ")})`).join(", ")};`;
  const users = Array.from({ length: count(5) }, (_, id): Cell[] => [
    id,
    word(),
    maybe(number()),
    json(),
    pick(random, ["user", "admin"]),
    maybe(`n${id}`),
    maybe(float()),
    float(),
    maybe("2024-02-29"),
    maybe(Math.floor(random() * 2)),
    Math.floor(random() * 2),
  ]);
  const posts = Array.from({ length: users.length === 0 ? 0 : count(7) }, (_, id): Cell[] => [
    id,
    pick(random, users)[0]!,
    `${word()}${id}`,
    maybe(number()),
    maybe(word()),
    maybe(float()),
    number(),
  ]);
  const labels = posts.flatMap(([id]) =>
    ["a", "b", "c"]
      .filter(() => random() < 0.3)
      .map((label): Cell[] => [id!, label, maybe(number())]),
  );
  const notes = Array.from({ length: count(4) }, () => [maybe(number()), maybe(word())]);
  const strict = Array.from({ length: count(3) }, (_, id): Cell[] => [`c${id}`, number()]);
  const of = "users (id, name, age, meta, role, nick, score, rating, born, active, flag)";
  return `
    delete from posts; delete from users; delete from labels; delete from strict_ones;
    ${insert(of, users)} ${insert("posts", posts)} ${insert("labels", labels)} delete from notes;
    ${insert("notes", notes)} ${insert("strict_ones", strict)}`;
}
