// What no declaration tells of an old table doesn't go when a migration makes the table anew.
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { connect, sql } from "plinth";
import { afterAll, expect, test } from "vitest";
import { createProject, type Answer, type TestProject } from "./project.ts";

const projects: TestProject[] = [];
afterAll(() => {
  for (const project of projects) project.remove();
});

const SCHEMA = `
  create table audit (id integer primary key, note text);
  create table teams (id integer primary key, name text);
  create table users (
    id integer primary key,
    name text not null,
    points integer not null default 0 constraint points_range check (points between 0 and 100),
    nick text collate nocase,
    team_id integer references teams (id) on delete cascade,
    low text generated always as (lower(name)) stored
    CLAUSE
  ) OPTIONS;
  create index by_hand on users (lower(nick)) where nick is not null;
  create trigger touched after update on users begin insert into audit (note) values (new.name); end;
  insert into teams values (1, 'a');
  insert into users (id, name, points, nick, team_id) values (1, 'Ada', 7, 'A', 1);
`;

interface Legacy {
  readonly project: TestProject;
  /** Expects that all is well. */
  run(...argv: string[]): Promise<string>;
  /** Edits the schema, and generates. */
  change(before: RegExp, after: string): Promise<string>;
  /** The path of the file of the last migration. */
  file(way: "down" | "up"): string;
  byHand(...statements: string[]): Promise<void>;
  edit(way: "down" | "up", before: RegExp | string, after: string): void;
  texts(): Promise<string>;
  refused(...argv: string[]): Promise<string>;
}

async function adopt(clause = "", options = "", ...argv: string[]): Promise<Legacy> {
  const project = createProject({
    "plinth.config.ts": 'export default { url: "sqlite:app.db" };',
  });
  projects.push(project);
  const url = `sqlite:${join(project.folder, "app.db")}`;
  const statements = SCHEMA.replace("CLAUSE", clause).replace("OPTIONS", options);
  const withDb = async <Result>(
    work: (db: Awaited<ReturnType<typeof connect>>) => Promise<Result>,
  ): Promise<Result> => {
    const db = await connect(url);
    try {
      return await work(db);
    } finally {
      await db.close();
    }
  };
  const byHand = (...texts: string[]): Promise<void> =>
    withDb(async (db) => {
      for (const text of texts) await db.execute(sql.raw(text) as never);
    });
  await byHand(...statements.split(/;\n/).filter((part) => part.trim() !== ""));
  const spawn = (...given: string[]): Promise<Answer> => project.spawn(...given);
  const run = async (...given: string[]): Promise<string> => {
    const { code, err, out } = await spawn(...given);
    expect({ code, err, out }).toMatchObject({ code: 0, err: "" });
    return out;
  };
  await run("entities", ...argv);
  await run("migrate", "generate", "init");
  await run("migrate", "baseline");
  const path = (way: string): string => {
    const folder = join(project.folder, "migrations");
    const last = readdirSync(folder).toSorted().at(-1)!;
    return join("migrations", last, `sqlite.${way}.sql`);
  };
  return {
    project,
    byHand,
    run,
    async change(before, after) {
      const text = readFileSync(join(project.folder, "schema.ts"), "utf8");
      expect(text).toMatch(before);
      project.write("schema.ts", text.replace(before, after));
      return run("migrate", "generate", "next");
    },
    file: path,
    edit(way, before, after) {
      const text = readFileSync(join(project.folder, path(way)), "utf8");
      expect(text.replace(before, after)).not.toBe(text);
      project.write(path(way), text.replace(before, after));
    },
    texts: () =>
      withDb(async (db) => {
        const { rows } = await db.execute(
          sql<{
            texts: string;
          }>`select group_concat(sql, ';') as texts from sqlite_schema where tbl_name = 'users'`,
        );
        return rows[0]!.texts;
      }),
    async refused(...given) {
      const { code, err } = await spawn(...given);
      expect(code).toBe(1);
      return err;
    },
  };
}

/** A change for which the table is made anew. */
const NAME: readonly [RegExp, string] = [/name: text\(\)\.notNull\(\)/, "name: text()"];

test("an adopted table keeps its trigger, its index and all that its declaration says", async () => {
  const legacy = await adopt();
  expect(await legacy.change(...NAME)).not.toMatch("LT105");
  await legacy.run("migrate", "up");
  for (const way of ["down", "up"]) {
    const texts = await legacy.texts();
    const parts = [/touched/, /by_hand/, /points_range/, /nocase/i, /on delete cascade/i, /stored/];
    for (const part of parts) expect(texts).toMatch(part);
    await legacy.run("migrate", way);
  }
});

test.for([
  ["", "without rowid", "without rowid"],
  [
    ", other_id integer references teams deferrable initially deferred",
    "",
    "deferred foreign key of foreign key (other_id) references teams",
  ],
  [", code text unique on conflict replace", "", "on conflict replace of unique (code)"],
  [", code text not null on conflict ignore default ''", "", "on conflict ignore of code"],
  [", a text, b text, unique (a desc, b)", "", "desc in a key of unique (a, b)"],
] as const)("an adopted table doesn't lose `%s%s`", async ([clause, options, told]) => {
  const legacy = await adopt(clause, options);
  expect(await legacy.change(...NAME)).toMatch(`makes users anew without what it has: ${told}`);
  const before = await legacy.texts();
  const err = await legacy.refused("migrate", "up");
  expect(err).toMatch(`(users: ${told}); nothing was executed. `);
  expect(err).toMatch("[E_MIGRATION_LOSSY]");
  expect(await legacy.texts()).toBe(before);
  // Meant so, it goes, and the way back has nothing to lose.
  legacy.edit("up", "create table", "-- lint:allow LT105 nobody needs it\ncreate table");
  await legacy.run("migrate", "up");
  expect(await legacy.texts()).toMatch(/touched/);
  await legacy.run("migrate", "down");
});

test("what was written into the new table by hand is asked of the way back, too", async () => {
  const legacy = await adopt("", "without rowid");
  await legacy.change(...NAME);
  legacy.edit("up", /\) strict;/, ") strict, without rowid;");
  expect(await legacy.refused("migrate", "up")).toMatch(
    /The way back of migration "\d+_next" makes tables anew .*\(users: without rowid\)/,
  );
  legacy.edit("down", /\) strict;/, ") strict, without rowid;");
  await legacy.run("migrate", "up");
  expect(await legacy.texts()).toMatch(/without rowid/);
  await legacy.run("migrate", "down");
  expect(await legacy.texts()).toMatch(/without rowid/);
  await legacy.run("migrate", "drift");
});

test("neither do foreign keys that lead out of the schema, nor what came by hand", async () => {
  const legacy = await adopt("", "", "--tables", "users", "--ignore", "teams");
  await legacy.byHand(
    "alter table users add column extra text",
    "alter table users add column score integer as (points * 2)",
    "alter table users add column age integer check (age > 0)",
  );
  await legacy.change(...NAME);
  const err = await legacy.refused("migrate", "up");
  for (const part of [
    "column extra",
    "column score",
    "column age",
    "check users_age_check",
    "foreign key (team_id) references teams",
  ])
    expect(err).toMatch(part);
});

test("what the schema itself gives up goes without a word more", async () => {
  const legacy = await adopt();
  const schema = readFileSync(join(legacy.project.folder, "schema.ts"), "utf8");
  legacy.project.write(
    "schema.ts",
    schema
      .replace(/\.references\(\(\) => teams\.id, \{[^}]*\}\)/, "")
      .replace(/^.*points_range.*$/m, "")
      .replace(/^ *low: .*$/m, "")
      .replace("nick: ", "nickname: ")
      .replaceAll("t.nick", "t.nickname")
      .replace(/defineSchema\((.*?)\}, [^]*$/, "defineSchema($1});\n"),
  );
  const answers = ["--rename", "users.nick=nickname", "--drop", "users.low"];
  await legacy.run("migrate", "generate", "less", ...answers);
  await legacy.byHand("drop index by_hand");
  await legacy.run("migrate", "up");
  expect(await legacy.texts()).not.toMatch(/points_range|references|stored/);
  await legacy.run("migrate", "down");
  expect(await legacy.texts()).toMatch(/points_range/);
});
