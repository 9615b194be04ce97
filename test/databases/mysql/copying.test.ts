import { sql, type Database } from "plinth";
import { databaseTest } from "plinth/testing";
import { describe, expect, test } from "vitest";
import { testServers } from "../../servers/databases.ts";

const server = testServers().find(({ name }) => name === "mariadb");

const tables = `
  create table parents (
    id int auto_increment primary key,
    name varchar(20) collate utf8mb4_bin not null unique,
    twice int generated always as (char_length(name) * 2) stored,
    picture blob default x'00ff',
    constraint named check (name <> '')
  ) comment 'It''s a table' auto_increment = 10;
  create table children (
    id bigint unsigned auto_increment primary key,
    parent_id int not null,
    at timestamp(3) not null default current_timestamp(3) on update current_timestamp(3),
    key by_name (parent_id, at desc),
    constraint children_parent foreign key (parent_id) references parents (id) on delete cascade
  );
  insert into parents (name) values ('a'), ('b'), ('it''s "quoted" \\\`too\\\`');
  insert into children (parent_id, at) values (11, '2026-01-31 12:00:00.123');
  delete from parents where name = 'b';
  create view b_names as select name from parents;
  create view a_names as select concat(name, '!') as loud from b_names;`;

const programs = `
  create table log (name varchar(20));
  create function plus_one(n int) returns int deterministic return n + 1;
  create view c_names as select plus_one(id) as next from parents;
  create procedure add_one() begin insert into parents (name) values ('one'); end;
  create trigger noted after insert on parents for each row insert into log values (new.name);
  create sequence numbers start with 100 increment by 5;
  select next value for numbers;`;

/** All that the server tells of a database, but for its name. */
async function describeAll(db: Database): Promise<unknown> {
  const { rows: names } = await db.execute<Record<string, string>>(sql`show full tables`);
  const all: unknown[] = [];
  for (const row of names) {
    const [name, kind] = Object.values(row);
    const what = kind === "SEQUENCE" ? "next_not_cached_value" : "*";
    const [created] = await ask(db, `show create table \`${name}\``);
    all.push(Object.values(created!), await ask(db, `select ${what} from \`${name}\``));
  }
  all.push(
    await ask(
      db,
      "select routine_name, routine_definition from information_schema.routines where routine_schema = database()",
    ),
  );
  all.push(
    await ask(
      db,
      "select trigger_name, action_statement from information_schema.triggers where trigger_schema = database()",
    ),
  );
  const [self] = await ask(db, "select database() as name");
  return JSON.parse(JSON.stringify(all).replaceAll(String(self!["name"]), "self"));
}

async function ask(db: Database, text: string): Promise<Record<string, unknown>[]> {
  const statement = { id: -1, text, isWrite: true, isKept: false, isWide: false, untyped: [] };
  const { names, rows } = await db["~runner"].named(statement, []);
  return rows.map((cells) => Object.fromEntries(names.map((name, at) => [name, cells[at]])));
}

describe.skipIf(server === undefined)("a copy on MariaDB", () => {
  if (server?.url === undefined) return;
  const own = databaseTest.extend({ url: server.url });
  const plain = { migrations: [{ name: "1_tables", up: tables }] };
  const all = { migrations: [...plain.migrations, { name: "2_programs", up: programs }] };
  const seen = new Map<string, unknown>();

  for (const [what, options] of Object.entries({ plain, all }))
    for (const round of [1, 2, 3, 4])
      own(`is what the template is, ${what}, round ${round}`, options, async ({ db }) => {
        const now = await describeAll(db);
        if (!seen.has(what)) seen.set(what, now);
        expect(now).toEqual(seen.get(what));
        expect(JSON.stringify(now)).toContain("AUTO_INCREMENT=13");
        await db.execute(sql`insert into parents (name) values ('more')`);
        await db.execute(sql`delete from children`);
        if (what === "all") await db.execute(sql`call add_one()`);
        if (round === 2) await db.execute(sql`alter table children add column note varchar(10)`);
        if (round === 3)
          await db.execute(sql`create or replace view b_names as select 'x' as name`);
      });

  test("was seen with all that it has", () => {
    const text = JSON.stringify(seen.get("all"));
    for (const part of ["children_parent", "on update", "It''s a table", "a_names", "plus_one"])
      expect(text.toLowerCase()).toContain(part.toLowerCase());
    expect(text).toContain("insert into log");
    expect(text).toContain("add_one");
  });
});
