import { expect, test } from "vitest";
import { loadParser } from "./parser.ts";
import { findInProgram } from "./program.ts";

const parse = await loadParser();

function find(text: string, path = "app.ts"): ReturnType<typeof findInProgram> {
  const file = { path, text };
  return findInProgram(file, parse(text, path));
}

function textsOf(text: string, path?: string): string[] {
  return find(text, path).queries.map((query) =>
    query.kind === "tag" ? query.parts.map((part) => part.text).join("${}") : query.text,
  );
}

test("finds literals, templates without values, and constants that are one", () => {
  const texts = textsOf(`
    import { connect } from "plinth";
    const LIST = "select 3";
    const TYPED: string = "select 4";
    let changed = "select 5";
    export async function all(tx) {
      const db = await connect();
      await db.query("select 1");
      await tx.query(\`select 2\`).first();
      await tx?.query(("select 6" as const), []);
      await tx.query<object>("select 7" satisfies string);
      await db.query(LIST);
      await db.query(TYPED);
      await db.query(changed);
      await db.query("select " + "8");
      await db.query(\`select \${changed}\`);
      db["query"]("select 9");
    }
  `);
  expect(texts).toEqual(["select 1", "select 2", "select 6", "select 7", "select 3"]);
});

test("a constant is the one that is in sight", () => {
  const texts = textsOf(`
    const TEXT = "select 1";
    function one(db) { const TEXT = "select 2"; return db.query(TEXT); }
    function two(db, TEXT) { return db.query(TEXT); }
    const three = (db) => db.query(TEXT);
    for (const TEXT of []) db.query(TEXT);
    try {} catch (TEXT) { db.query(TEXT); }
  `);
  expect(texts).toEqual(["select 2", "select 1"]);
});

test("leaves the queries of other libraries alone", () => {
  const texts = textsOf(`
    import pg, { Pool as Pond } from "pg";
    import mysql from "mysql2/promise";
    import type { Connection } from "mariadb";
    import type { Executor } from "plinth";
    const pool = new pg.Pool();
    const client = await pool.connect();
    class Store {
      #own: Executor;
      shared = new Pond();
      constructor(private readonly pond: Pond, readonly db: Executor) {}
      async all(connection: Connection, unknown) {
        await this.pond.query("select 'pond'");
        await this.shared.query("select 'shared'");
        await connection.query("select 'connection'");
        await this.db.query("select 'db'");
        await this.#own.query("select 'own'");
        await unknown.query("select 'unknown'");
      }
    }
    await pool.query("select 'pool'");
    await client.query("select 'client'");
    await (await mysql.createConnection({})).query("select 'mysql'");
    function hidden(pool) { return pool.query("select 'hidden'"); }
  `);
  expect(texts).toEqual(["select 'db'", "select 'own'", "select 'unknown'", "select 'hidden'"]);
});

test("what is no SQL is taken where it is sure to be a query of Plinth", () => {
  const texts = textsOf(`
    import { connect } from "plinth";
    const db = await connect();
    page.query(".title a");
    db.query("selct 1");
    other.query("selct 2");
    other.query("-- why\\n  (select 3)");
    other.query("/* why */ WITH a as (select 4) select * from a");
  `);
  expect(texts).toEqual([
    "selct 1",
    "-- why\n  (select 3)",
    "/* why */ WITH a as (select 4) select * from a",
  ]);
});

test("a comment leaves one out", () => {
  const texts = textsOf(`
    db.query("select 1"); // plinth: unchecked
    db.query("select 0");
    // plinth: unchecked, since the table is made at run time
    db.query("select 2");
    db.query("select 3");
    db.query(
      /* plinth: unchecked */ "select 4",
    );
  `);
  expect(texts).toEqual(["select 0", "select 3"]);
});

test("finds templates with a name", () => {
  const source = `
    import { named as called } from "plinth";
    import * as plinth from "plinth";
    import { named } from "elsewhere";
    const one = called("userById")\`select \${id} as a, \${other}\`;
    const two = plinth.named("all")\`select 1\`;
    const three = named("three")\`select 2\`;
    const later = called("later");
    const five = (named) => later\`select \${named}\`;
    const six = elsewhere\`select 9\`;
    const four = called(name)\`select 3\`;
  `;
  expect(textsOf(source)).toEqual(["select ${} as a, ${}", "select 1", "select ${}"]);
  expect(find(source).queries.map((query) => query.kind === "tag" && query.name)).toEqual([
    "userById",
    "all",
    "later",
  ]);
  expect(find(source).problems).toMatchObject([
    { message: "The name of a query is not a literal." },
  ]);
});

test("reads types, decorators and elements", () => {
  const source = `
    @Injectable()
    export class Page<T extends object> {
      @track accessor count = 1;
      declare db: unknown;
      constructor(@Inject() private readonly other: Other) {}
      render = () => <ul>{this.db.query("select 1")}</ul>;
    }
  `;
  expect(textsOf(source, "page.tsx")).toEqual(["select 1"]);
  expect(textsOf("const a = <Executor>db; (<any>db).query('select 1')", "a.ts")).toEqual([
    "select 1",
  ]);
  expect(() => parse("const = 3", "a.ts")).toThrow(expect.objectContaining({ at: 6 }));
});

test("knows where each character stands", () => {
  const source = [
    'db.query("select \\u{1F44B}, \\x41, \\"nam\\",\\n \\',
    '  next");\r\n',
    "db.query(`select \\`a\\`,\r\n  here, 'é👋' as there`);",
  ].join("\r\n");
  const [one, two] = find(source).queries;
  if (one?.kind !== "text" || two?.kind !== "text") throw new Error("nothing found");
  expect(one.text).toBe('select 👋, A, "nam",\n   next');
  const sourceAt = ({ places, text }: typeof one, word: string): string =>
    source.slice(places[text.indexOf(word)]).slice(0, 5);
  expect(sourceAt(one, "next")).toBe('next"');
  expect(sourceAt(one, "nam")).toBe('nam\\"');
  expect(source.slice(one.places.at(-1))).toMatch(/^"\);/);
  expect(two.text).toBe("select `a`,\n  here, 'é👋' as there");
  expect(sourceAt(two, "here")).toBe("here,");
  expect(sourceAt(two, "there")).toBe("there");
  expect(source.slice(two.places.at(-1))).toBe("`);");
});
