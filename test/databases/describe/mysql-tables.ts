// Tables whose rows are made at random, with NULL wherever the schema allows it.
import { pick, type Random } from "../../migrate/law/schemas.ts";

export const TABLES = `
  create table users (
    id bigint primary key auto_increment, name varchar(40) not null, age int, meta json not null default '{}',
    role enum('user', 'admin') not null, nick varchar(40) unique, score double, rating double not null, born date,
    active boolean, flag boolean not null, balance decimal(10, 2) not null, created datetime(3) not null, mark uuid,
    twice int generated always as (age * 2) stored, half double as (rating / 2) virtual
  ) collate utf8mb4_nopad_bin;
  create table posts (
    id bigint primary key, uid bigint not null references users (id), title varchar(40) not null, parent bigint,
    body longtext, weight double, at int not null, unique (uid, title), index posts_parent (parent)
  ) collate utf8mb4_nopad_bin;
  create table labels (post bigint not null, label varchar(10) not null, weight int, primary key (post, label)) collate utf8mb4_nopad_bin;
  create table notes (id int, text varchar(40)) collate utf8mb4_nopad_bin;
  create view vv as select u.id, p.title from users u left join posts p on p.uid = u.id;
  create view named as select id, upper(name) as name, coalesce(age, 0) as age from users where age is not null;
  create view counted as select uid, count(*) as n, max(weight) as best from posts group by uid;
  create view over_views as select vv.id, vv.title, named.age from vv join named on named.id = vv.id;
  create view ones as select id, 1 as one, coalesce(text, '') as text from notes;
  create view outer_ones as select u.id, o.one from users u left join ones o on o.id = u.id;
  create view rolled as select role, count(*) as n from users group by role with rollup;
  create function maybe (x int) returns int deterministic return nullif(x, 1);
  create trigger written after insert on labels for each row insert into notes values (new.post, new.label);
`;

type Cell = number | string | null;

function literal(value: Cell): string {
  if (value === null) return "null";
  return typeof value === "number" ? String(value) : `'${value.replaceAll("'", "''")}'`;
}

/** Statements that fill the tables anew. */
export function rowsOf(random: Random): string {
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
    number() / 4,
    "2024-01-02 03:04:05.678",
    maybe("00000000-0000-4000-8000-000000000001"),
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
  const of =
    "users (id, name, age, meta, role, nick, score, rating, born, active, flag, balance, created, mark)";
  return `
    delete from labels; delete from posts; delete from users; ${insert(of, users)} ${insert("posts", posts)}
    ${insert("labels", labels)} delete from notes; ${insert("notes", notes)}`;
}
