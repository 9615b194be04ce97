// What the migrations of others have been known to destroy, and what must not happen here.
import {
  array,
  boolean,
  check,
  connect,
  decimal,
  defineSchema,
  enumType,
  index,
  integer,
  json,
  jsonText,
  ne,
  sql,
  table,
  text,
  timestamp,
  varchar,
  view,
  type Database,
  type Schema,
} from "plinth";
import { afterEach, describe, expect, test } from "vitest";
import { createTables } from "../../../src/migrate/create-tables.ts";
import { registered } from "../../../src/migrate/migration.ts";
import { modelOf } from "../../../src/migrate/model-of.ts";
import { familyOf, planMigration } from "../../../src/migrate/diff/plan.ts";
import {
  matchSnapshot,
  questionsError,
  type RenameAnswers,
} from "../../../src/migrate/diff/rename.ts";
import { renderPlan, writeSqlFile } from "../../../src/migrate/render.ts";
import { applyMigrations, revertMigrations } from "../../../src/migrate/run/runner.ts";
import {
  emptySnapshot,
  readSnapshot,
  writeSnapshot,
} from "../../../src/migrate/snapshot/snapshot.ts";
import type { Model } from "../../../src/schema/model.ts";
import { createTestDatabase, testServers, type TestServer } from "../../servers/databases.ts";
import { wholeDialect } from "../../servers/whole-dialect.ts";

const closers: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0)) await close();
});

async function open(server: TestServer): Promise<Database> {
  const database = await createTestDatabase(server);
  const db = await connect(database.url);
  closers.push(async () => {
    await db.close();
    await database.drop();
  });
  return db;
}

/** The files of a migration from one schema to another. */
function generate(db: Database, before: Schema, after: Schema, answers: RenameAnswers = {}) {
  const { names } = db["~engine"];
  const dialect = wholeDialect(db);
  const viewsOf = ({ views = [] }: Model) => ({ views: { [familyOf(dialect)]: views } });
  const [old, now] = [modelOf(before, names, dialect), modelOf(after, names, dialect)];
  const first = matchSnapshot(emptySnapshot, old, viewsOf(old)).snapshot;
  const kept = readSnapshot(writeSnapshot(first), "snapshot.json");
  const { snapshot, questions } = matchSnapshot(kept, now, { ...answers, ...viewsOf(now) });
  if (questions.length > 0) throw questionsError(questions);
  const up = planMigration(kept, snapshot, dialect);
  const down = planMigration(snapshot, kept, dialect, { isFilling: true });
  const lost = up.hazards.filter(({ kind }) => kind === "lossy");
  return {
    name: "001_change",
    up: writeSqlFile(renderPlan(up, dialect)),
    down: writeSqlFile(renderPlan(down, dialect), { lost }),
  };
}

const embedded = testServers().filter(({ name }) => name.startsWith("sqlite"));

function usersWith(level: number): { schema: Schema; users: ReturnType<typeof makeUsers> } {
  const users = makeUsers(level);
  const posts = table("posts", {
    id: integer().primaryKey(),
    userId: integer()
      .notNull()
      .references(() => users.id, { onDelete: "cascade" }),
  });
  return { schema: defineSchema({ users, posts }), users };
}

function makeUsers(level: number) {
  return table(
    "users",
    {
      id: integer().primaryKey().autoIncrement(),
      name: varchar({ length: 40 }).notNull().comment("as it is spelt"),
      level: integer().notNull().default(level),
    },
    (t) => [index("by_name").on(t.name)],
  );
}

describe.each(testServers())("$name", (server) => {
  test("what is computed of JSON follows another name of it", async () => {
    const db = await open(server);
    const make = (name: string, path: readonly string[]) => {
      const made = table(
        "sheets",
        {
          id: integer().primaryKey(),
          data: json<Record<string, string>>(name),
          part: varchar({ length: 20 }).generatedAs((): unknown =>
            jsonText(made.data, path as never),
          ),
        },
        (t) => [check("not_empty", ne(jsonText(t.data, ["it's"]), ""))],
      );
      return made;
    };
    const [one, other] = [make("data", ["it's"]), make(`da"ta'`, ["it's"])];
    await createTables(db, defineSchema({ one }));
    await db.insert(one).values({ id: 1, data: { "it's": "kept", b: "other" } });
    const answers = { renames: [`sheets.data=da"ta'`] };
    const first = generate(db, defineSchema({ one }), defineSchema({ other }), answers);
    await applyMigrations(db, registered([first]));
    expect(await db.select({ part: other.part }).from(other).list()).toEqual(["kept"]);
    const last = make(`da"ta'`, ["b"]);
    const second = generate(db, defineSchema({ other }), defineSchema({ last }));
    await applyMigrations(db, registered([first, { ...second, name: "002_path" }]));
    expect(await db.select({ part: last.part }).from(last).list()).toEqual(["other"]);
    await expect(db.insert(last).values({ id: 2, data: { "it's": "" } })).rejects.toMatchObject({
      code: "E_CHECK_VIOLATION",
    });
  });

  test("another default deletes no rows, and none that point at them", async () => {
    const db = await open(server);
    const [one, other] = [usersWith(1), usersWith(2)];
    await createTables(db, one.schema);
    await db.insert(one.users).values([{ name: "Ada" }, { name: "Grace" }]);
    await db.execute(sql`insert into posts (id, user_id) values (${1}, ${1}), (${2}, ${2})`);
    const made = generate(db, one.schema, other.schema);
    await applyMigrations(db, registered([made]));
    expect((await db.execute(sql`select count(*) as n from posts`)).rows).toEqual([{ n: 2 }]);
    const [joan] = await db.insert(other.users).values({ name: "Joan" }).returning();
    expect(joan).toEqual({ id: 3, name: "Joan", level: 2 });
    await revertMigrations(db, registered([made]));
    expect((await db.execute(sql`select count(*) as n from posts`)).rows).toEqual([{ n: 2 }]);
  });

  test("a name that is gone beside one that came is asked, and never dropped unasked", async () => {
    const db = await open(server);
    const before = table("people", { id: integer().primaryKey(), name: text() });
    const after = table("people", { id: integer().primaryKey(), fullName: text() });
    const [old, now] = [defineSchema({ before }), defineSchema({ after })];
    expect(() => generate(db, old, now)).toThrow(
      /--rename people\.name=full_name, or --drop people\.name/,
    );
    const answered = generate(db, old, now, { renames: ["people.name=full_name"] });
    expect(answered.up).not.toMatch(/drop/);
    expect(generate(db, old, now, { drops: ["people.name"] }).up).toMatch(/-- LOSSY DS103/);
    expect(() => generate(db, old, now, { renames: ["people.nam=full_name"] })).toThrow(
      /fits no change/,
    );
    await createTables(db, old);
    await db.insert(before).values({ id: 1, name: "Ada" });
    await applyMigrations(db, registered([answered]));
    expect(await db.from(after)).toEqual([{ id: 1, fullName: "Ada" }]);
  });

  test("a text that doesn't fit makes the change fail, and is not cut", async () => {
    const db = await open(server);
    const before = table("notes", { id: integer().primaryKey(), note: varchar({ length: 20 }) });
    const after = table("notes", { id: integer().primaryKey(), note: varchar({ length: 5 }) });
    const made = generate(db, defineSchema({ before }), defineSchema({ after }));
    expect(made.up).toMatch(/-- MAY FAIL DS104/);
    await createTables(db, defineSchema({ before }));
    await db.insert(before).values({ id: 1, note: "much too long" });
    await expect(applyMigrations(db, registered([made]))).rejects.toMatchObject({
      code: "E_MIGRATION_FAILED",
    });
    expect(await db.from(before)).toEqual([{ id: 1, note: "much too long" }]);
  });

  test("values stay what they are when their type changes", async () => {
    const db = await open(server);
    const before = table("kinds", {
      id: integer().primaryKey(),
      a: integer(),
      b: decimal({ precision: 10, scale: 2 }),
      c: decimal({ precision: 10, scale: 2 }),
      d: timestamp(),
      e: timestamp({ precision: 6 }),
      f: boolean(),
      g: decimal({ precision: 10, scale: 3 }),
      h: text(),
    });
    const after = table("kinds", {
      id: integer().primaryKey(),
      a: text(),
      b: decimal({ precision: 14, scale: 4 }),
      c: text(),
      d: timestamp({ precision: 6 }),
      e: timestamp({ precision: 0 }),
      f: integer(),
      g: decimal({ precision: 10, scale: 2 }),
      h: integer(),
    });
    const [old, now] = [defineSchema({ before }), defineSchema({ after })];
    const made = generate(db, old, now);
    await createTables(db, old);
    const instant = new Date("1969-12-31T23:59:58.250Z");
    const row = {
      id: 1,
      a: -42,
      b: "-1.50",
      c: "-0.05",
      d: instant,
      e: instant,
      f: true,
      g: "-1.125",
      h: "17",
    };
    await db.insert(before).values(row);
    await applyMigrations(db, registered([made]));
    const cut = new Date("1969-12-31T23:59:58.000Z");
    expect(await db.from(after)).toEqual([
      { id: 1, a: "-42", b: "-1.5000", c: "-0.05", d: instant, e: cut, f: 1, g: "-1.13", h: 17 },
    ]);
  });

  test("a view that reads what changes is dropped before it and made anew behind it", async () => {
    const db = await open(server);
    const declare = (column: string, length: number) => {
      const people = table("people", {
        id: integer().primaryKey(),
        name: varchar(column, { length }),
      });
      const names = view("names").as((q) => q.select({ named: people.name }).from(people));
      const again = view("again").as((q) => q.select({ named: names.named }).from(names));
      return { people, again, schema: defineSchema({ people, names, again }) };
    };
    const [old, now] = [declare("name", 20), declare("full_name", 40)];
    await createTables(db, old.schema);
    await db.insert(old.people).values({ id: 1, name: "Ada" });
    const made = generate(db, old.schema, now.schema, { renames: ["people.name=full_name"] });
    await applyMigrations(db, registered([made]));
    expect(await db.from(now.again)).toEqual([{ named: "Ada" }]);
    await revertMigrations(db, registered([made]));
    expect(await db.from(old.again)).toEqual([{ named: "Ada" }]);
  });

  test("an enum may lose a value and change its order, in columns and in lists", async () => {
    const db = await open(server);
    const declare = (...values: [string, ...string[]]) => {
      const mood = enumType("mood", values);
      const days = table("days", {
        id: integer().primaryKey(),
        mood: mood().notNull().default(values[0]),
        moods: array(mood()),
      });
      return { days, schema: defineSchema({ days }) };
    };
    const [old, now] = [declare("good", "bad", "odd"), declare("odd", "good", "new")];
    await createTables(db, old.schema);
    const rows = [{ id: 1, mood: "odd", moods: ["good", "odd"] }];
    await db.insert(old.days).values(rows);
    const made = generate(db, old.schema, now.schema, { drops: ["mood.bad"] });
    expect(made.up).toMatch(/-- MAY FAIL DS105: mood loses "bad"/);
    await applyMigrations(db, registered([made]));
    expect(await db.from(now.days)).toEqual(rows);
    await revertMigrations(db, registered([made]));
    expect(await db.from(old.days)).toEqual(rows);
  });

  test("a column that came without a default fails where there are rows, instead of making one up", async () => {
    const db = await open(server);
    const before = table("notes", { id: integer().primaryKey() });
    const after = table("notes", { id: integer().primaryKey(), note: integer().notNull() });
    const made = generate(db, defineSchema({ before }), defineSchema({ after }));
    expect(made.up).toMatch(/-- MAY FAIL MF103/);
    await createTables(db, defineSchema({ before }));
    await db.insert(before).values({ id: 1 });
    await expect(applyMigrations(db, registered([made]))).rejects.toThrow();
  });

  test("the way back of a lossy change says so, and fills what must not be NULL", async () => {
    const db = await open(server);
    const before = table("notes", { id: integer().primaryKey(), note: text().notNull() });
    const after = table("notes", { id: integer().primaryKey() });
    const made = generate(db, defineSchema({ before }), defineSchema({ after }));
    expect(made.up).toMatch(/^-- LOSSY DS103: drops column notes\.note/);
    expect(made.down).toMatch(/-- IRREVERSIBLE DS103/);
    await createTables(db, defineSchema({ before }));
    await db.insert(before).values({ id: 1, note: "x" });
    await applyMigrations(db, registered([made]));
    await revertMigrations(db, registered([made]));
    expect(await db.from(before)).toEqual([{ id: 1, note: "" }]);
  });
});

describe.each(embedded)("a table made anew on $name", (server) => {
  test("keeps triggers, indexes by hand, views and the counter", async () => {
    const db = await open(server);
    const [one, other] = [usersWith(1), usersWith(2)];
    await createTables(db, one.schema);
    await db.insert(one.users).values([{ name: "Ada" }, { name: "Grace" }, { name: "gone" }]);
    await db.delete(one.users).where(sql`id = 3`);
    await db.execute(sql`create index by_hand on users (level, name)`);
    await db.execute(sql`create view names as select name from users`);
    await db.execute(sql`create table log (name text) strict`);
    await db.execute(
      sql`create trigger on_users after insert on users begin insert into log values (new.name); end`,
    );
    await applyMigrations(db, registered([generate(db, one.schema, other.schema)]));
    const [joan] = await db.insert(other.users).values({ name: "Joan" }).returning();
    expect(joan!.id).toBe(4);
    expect((await db.execute(sql`select name from log`)).rows).toEqual(
      [{ name: "Ada" }, { name: "Grace" }, { name: "gone" }, { name: "Joan" }].slice(3),
    );
    expect((await db.execute(sql`select count(*) as n from names`)).rows).toEqual([{ n: 3 }]);
    const { rows } = await db.execute(
      sql`select name from sqlite_schema where tbl_name = 'users' and type = 'index' order by name`,
    );
    expect(rows).toEqual([{ name: "by_hand" }, { name: "by_name" }]);
  });

  test("fails as a whole when a view or a trigger names a column that goes", async () => {
    const db = await open(server);
    const before = table("notes", { id: integer().primaryKey(), note: text().unique() });
    const after = table("notes", { id: integer().primaryKey() });
    const made = generate(db, defineSchema({ before }), defineSchema({ after }));
    await createTables(db, defineSchema({ before }));
    await db.insert(before).values({ id: 1, note: "kept" });
    await db.execute(sql`create view noted as select note from notes`);
    await expect(applyMigrations(db, registered([made]))).rejects.toMatchObject({
      code: "E_MIGRATION_FAILED",
    });
    expect(await db.from(before)).toEqual([{ id: 1, note: "kept" }]);
  });

  test("refuses to run where foreign keys are on, before a row is deleted", async () => {
    const db = await open(server);
    const [one, other] = [usersWith(1), usersWith(2)];
    await createTables(db, one.schema);
    await db.insert(one.users).values({ name: "Ada" });
    await db.execute(sql`insert into posts (id, user_id) values (${1}, ${1})`);
    const { up, ...rest } = generate(db, one.schema, other.schema);
    const careless = { ...rest, up: up.replace("-- plinth: rebuild\n", "") };
    await expect(applyMigrations(db, registered([careless]))).rejects.toThrow();
    expect((await db.execute(sql`select count(*) as n from posts`)).rows).toEqual([{ n: 1 }]);
  });
});
