import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { root } from "../../scripts/prepare.mjs";
import { blocksOf, type Block } from "../docs/blocks.ts";
import { compile } from "./compile.ts";

const declarations = `
import { defineSchema, eq, integer, named, softDelete, table, text, uuid, type Database } from "plinth";
const users = table("users", { id: uuid().primaryKey(), name: text().notNull(), age: integer(), ...softDelete() });
const posts = table("posts", { id: integer().primaryKey(), userId: uuid().notNull(), title: text().notNull() });
const likes = table("likes", { userId: uuid().primaryKey(), postId: integer().primaryKey() });
const schema = defineSchema({ users, posts }, (r) => ({ users: { posts: r.many(posts) }, posts: { author: r.one(users) } }));
declare const db: Database;
declare const related: Database<typeof schema>;
declare global {
  namespace Plinth {
    interface Queries {
      "select name from users where id = :id": { params: { id: string }; row: { name: string } };
      "select count(*) as n from users": { row: { n: number } };
    }
    interface NamedQueries {
      userById: { params: [string]; row: { name: string } };
    }
  }
}
`;

interface Mistake {
  readonly title: string;
  readonly code: string;
  readonly says: readonly string[];
}

/** The mistakes that are made most, and what the compiler then says: whole, as the user reads it. */
const mistakes: readonly Mistake[] = [
  {
    title: "a missing column in an insert",
    code: `db.insert(posts).values({ id: 1, userId: "" });`,
    says: [
      "Argument of type '{ id: number; userId: string; }' is not assignable to parameter of type 'OneOrMany<Insertable<{ id: number; title: string; userId: string; }>>'.",
      "  Property 'title' is missing in type '{ id: number; userId: string; }' but required in type 'Insertable<{ id: number; title: string; userId: string; }>'.",
    ],
  },
  {
    title: "a misspelt column in an insert",
    code: `db.insert(posts).values({ id: 1, userId: "", titel: "x", title: "x" });`,
    says: [
      "Object literal may only specify known properties, and 'titel' does not exist in type 'OneOrMany<Insertable<{ id: number; title: string; userId: string; }>>'.",
    ],
  },
  {
    title: "a value of another type in an insert",
    code: `db.insert(posts).values({ id: 1, userId: "", title: 1 });`,
    says: ["Type 'number' is not assignable to type 'string | Expression<string, string>'."],
  },
  {
    title: "undefined in an insert",
    code: `db.insert(posts).values({ id: 1, userId: "", title: undefined });`,
    says: ["Type 'undefined' is not assignable to type 'string | Expression<string, string>'."],
  },
  {
    title: "a misspelt column in an update",
    code: `db.update(posts).set({ titel: "x" });`,
    says: [
      "Object literal may only specify known properties, but 'titel' does not exist in type 'Settable<{ id: number; userId: string; title: string; }>'. Did you mean to write 'title'?",
    ],
  },
  {
    title: "NULL in a column that is not null",
    code: "db.update(posts).set({ title: null });",
    says: ["Type 'null' is not assignable to type 'string | Expression<string, string>'."],
  },
  {
    title: "a misspelt column in onConflict",
    code: `db.insert(posts).values([]).onConflict(posts.id).update(["titel"]);`,
    says: [
      'Type \'"titel"\' is not assignable to type \'"id" | "title" | "userId"\'. Did you mean \'"title"\'?',
    ],
  },
  {
    title: "the column of another table in onConflict",
    code: "db.insert(posts).values([]).onConflict(users.id).ignore();",
    says: [
      "Argument of type 'Column<\"users\", string>' is not assignable to parameter of type 'Column<\"posts\", unknown>'.",
      "  Type '\"users\"' is not assignable to type '\"posts\"'.",
    ],
  },
  {
    title: "a comparison with NULL",
    code: "eq(users.age, null);",
    says: ["Argument of type 'null' is not assignable to parameter of type 'Operand<number>'."],
  },
  {
    title: "a comparison with a value of another type",
    code: `eq(users.age, "7");`,
    says: ["Argument of type 'string' is not assignable to parameter of type 'Operand<number>'."],
  },
  {
    title: "a comparison of columns of different types",
    code: "eq(users.age, users.name);",
    says: [
      "Argument of type 'Column<\"users\", string>' is not assignable to parameter of type 'Operand<number>'.",
      "  Type 'Column<\"users\", string>' is not assignable to type 'Expression<number | null, string>'.",
      "    Types of property '\"~value\"' are incompatible.",
      "      Type 'string' is not assignable to type 'number'.",
    ],
  },
  {
    title: "a column that there isn't",
    code: "db.select({ title: posts.titel }).from(posts);",
    says: [
      "Property 'titel' does not exist on type 'Table<\"posts\", { id: ColumnBuilder<number, \"key\">; userId: ColumnBuilder<string, never>; title: ColumnBuilder<string, never>; }>'. Did you mean 'title'?",
    ],
  },
  {
    title: "a value in a selection",
    code: "db.select({ five: 5 }).from(posts);",
    says: [
      "Type 'number' is not assignable to type 'AnyTable | Expression<unknown, string> | SelectionInput'.",
    ],
  },
  {
    title: "a key of another type",
    code: `db.from(posts).find("1");`,
    says: ["Argument of type 'string' is not assignable to parameter of type 'number'."],
  },
  {
    title: "a part of a composite key",
    code: `db.from(likes).find({ userId: "" });`,
    says: [
      "Property 'postId' is missing in type '{ userId: string; }' but required in type '{ userId: string; postId: number; }'.",
    ],
  },
  {
    title: "a condition that may be missing",
    code: "db.from(posts).where(undefined);",
    says: ["Argument of type 'undefined' is not assignable to parameter of type 'Condition'."],
  },
  {
    title: "awaiting an unfinished delete",
    code: "await db.delete(posts);",
    says: [
      "Type of 'await' operand must either be a valid promise or must not contain a callable 'then' member.",
    ],
  },
  {
    title: "returning an unfinished update",
    code: `export async function f() { return db.update(posts).set({ title: "x" }); }`,
    says: [
      "The return type of an async function must either be a valid promise or must not contain a callable 'then' member.",
    ],
  },
  {
    title: "a relation that was not loaded",
    code: "related.from(users).then(([user]) => user?.posts.length);",
    says: [
      "Property 'posts' does not exist on type 'RowWithout<\".with({ posts: true })\", { id: string; name: string; age: number | null; deletedAt: Date | null; }>'.",
    ],
  },
  {
    title: "a relation that was not loaded, of a row taken apart",
    code: `related.from(posts).find(1).then((post) => { const { author } = post!; });`,
    says: [
      "Property 'author' does not exist on type 'RowWithout<\".with({ author: true })\", { id: number; userId: string; title: string; }>'.",
    ],
  },
  {
    title: "a relation that was not loaded, at the third level",
    code: "related.from(users).with({ posts: { with: { author: true } } }).then(([user]) => user!.posts[0]!.author!.posts);",
    says: [
      "Property 'posts' does not exist on type 'RowWithout<\"with: { posts: true }\", { id: string; name: string; age: number | null; deletedAt: Date | null; }>'.",
    ],
  },
  {
    title: "a relation of a client that knows none",
    code: "db.from(users).then(([user]) => user?.posts);",
    says: [
      "Property 'posts' does not exist on type '{ id: string; name: string; age: number | null; deletedAt: Date | null; }'.",
    ],
  },
  {
    title: "a misspelt relation",
    code: "related.from(users).with({ postz: true });",
    says: [
      "Type 'true' is not assignable to type '\"'users' has no relation 'postz'\" | \"it has 'posts'\"'.",
    ],
  },
  {
    title: "a misspelt relation beside one that is right",
    code: "related.from(users).with({ posts: true, postz: true });",
    says: [
      "Type 'true' is not assignable to type '\"'users' has no relation 'postz'\" | \"it has 'posts'\"'.",
    ],
  },
  {
    title: "a misspelt relation at the third level",
    code: "related.from(users).with({ posts: { with: { author: { with: { post: true } } } } });",
    says: [
      "Type 'true' is not assignable to type '\"'users' has no relation 'post'\" | \"it has 'posts'\"'.",
    ],
  },
  {
    title: "a misspelt relation of rows in hand",
    code: `related.load([{ id: "" }], schema.relations.users.posts, { with: { autor: true } });`,
    says: [
      "Type 'true' is not assignable to type '\"'posts' has no relation 'autor'\" | \"it has 'author'\"'.",
    ],
  },
  {
    title: "a relation among the options of another",
    code: "related.from(users).with({ posts: { author: true } });",
    says: [
      "Type 'true' is not assignable to type '\"A relation stands in with: { author: true }\"'.",
    ],
  },
  {
    title: "relations in a list",
    code: `related.from(users).with(["posts"]);`,
    says: ["Type '\"posts\"' is not assignable to type '\"Write { posts: true }\"'."],
  },
  {
    title: "relations of a client that wasn't given the schema",
    code: "db.from(users).with({ posts: true });",
    says: [
      "Type 'true' is not assignable to type '\"This client knows no relations: connect(url, { schema })\"'.",
    ],
  },
  {
    title: "a misspelt option",
    code: "related.from(users).with({ posts: { limti: 1 } });",
    says: [
      "Type 'number' is not assignable to type '\"There is no option 'limti', but where, orderBy, limit, offset, select, withDeleted and with\"'.",
    ],
  },
  {
    title: "an option that one row hasn't, deeper",
    code: "related.from(users).with({ posts: { limit: 1, with: { author: { limit: 1 } } } });",
    says: [
      "Type 'number' is not assignable to type '\"There is no option 'limit' for one row, but where, select, withDeleted and with\"'.",
    ],
  },
  {
    title: "a misspelt column of a related row",
    code: `related.from(users).with({ posts: { select: ["id", "tilte"] } });`,
    says: [
      'Type \'"tilte"\' is not assignable to type \'"id" | "title" | "userId"\'. Did you mean \'"title"\'?',
    ],
  },
  {
    title: "a relation that has a column's name",
    code: "defineSchema({ users, posts }, (r) => ({ users: { name: r.many(posts) } }));",
    says: [
      "Type 'RelationDraft<Table<\"posts\", { id: ColumnBuilder<number, \"key\">; userId: ColumnBuilder<string, never>; title: ColumnBuilder<string, never>; }>, \"many\">' is not assignable to type '\"'users' has a column 'name' already\"'.",
    ],
  },
  {
    title: "relations of a table that the schema hasn't",
    code: "defineSchema({ users }, (r) => ({ userz: {} }));",
    says: ["Type '{}' is not assignable to type '\"The schema has no table 'userz'\"'."],
  },
  {
    title: "SQL that was not checked",
    code: `db.query("select 1 as one");`,
    says: [
      "Argument of type '\"select 1 as one\"' is not assignable to parameter of type '\"This SQL is not checked yet. Run: npx plinth check\"'.",
    ],
  },
  {
    title: "SQL made at run time",
    code: `db.query("select " + users.name.key);`,
    says: [
      "Argument of type 'string' is not assignable to parameter of type '\"query() takes SQL that is written in the call, as one literal text. For SQL made at run time: execute(sql`…`)\"'.",
    ],
  },
  {
    title: "SQL with a value in its text",
    code: "db.query(`select name from users where id = ${users.name.key}`, { id: 1 });",
    says: [
      "Argument of type '`select name from users where id = ${string}`' is not assignable to parameter of type '\"query() takes SQL that is written in the call, as one literal text. For SQL made at run time: execute(sql`…`)\"'.",
    ],
  },
  {
    title: "a name of SQL that was not checked",
    code: 'named("userByIdd");',
    says: [
      "Argument of type '\"userByIdd\"' is not assignable to parameter of type '\"No SQL of this name is checked yet. Run: npx plinth check\"'.",
    ],
  },
  {
    title: "checked SQL without its values",
    code: 'db.query("select name from users where id = :id");',
    says: ["Expected 2 arguments, but got 1."],
  },
  {
    title: "checked SQL with a misspelt parameter",
    code: 'db.query("select name from users where id = :id", { idd: "" });',
    says: [
      "Object literal may only specify known properties, and 'idd' does not exist in type '{ id: string; }'.",
    ],
  },
  {
    title: "checked SQL with a value of another type",
    code: 'db.query("select name from users where id = :id", { id: 1 });',
    says: ["Type 'number' is not assignable to type 'string'."],
  },
  {
    title: "a named value of another type",
    code: 'named("userById")`select name from users where id = ${1}`;',
    says: ["Argument of type 'number' is not assignable to parameter of type 'string'."],
  },
  {
    title: "values for checked SQL that takes none",
    code: 'db.query("select count(*) as n from users", { id: "" });',
    says: ["Expected 1 arguments, but got 2."],
  },
  {
    title: "restoring rows that are never deleted softly",
    code: "db.restore(posts);",
    says: [
      "Argument of type 'Table<\"posts\", { id: ColumnBuilder<number, \"key\">; userId: ColumnBuilder<string, never>; title: ColumnBuilder<string, never>; }>' is not assignable to parameter of type '\"'posts' has no softDelete()\"'.",
    ],
  },
  {
    title: "seeing deleted rows where there are none",
    code: "db.from(posts).withDeleted();",
    says: [
      "The 'this' context of type 'TableQuery<Table<\"posts\", { id: ColumnBuilder<number, \"key\">; userId: ColumnBuilder<string, never>; title: ColumnBuilder<string, never>; }>, AnySchema>' is not assignable to method's 'this' of type '\"'posts' has no softDelete()\"'.",
    ],
  },
];

const firstLine = declarations.split("\n").length;
const { errors } = compile(declarations + mistakes.map(({ code }) => `${code}\n`).join(""));

for (const [index, { says, title }] of mistakes.entries()) {
  test(`says what is wrong: ${title}`, () => {
    expect(
      errors
        .get(firstLine + index)
        ?.split("\n")
        .slice(0, -1),
    ).toEqual(says);
  });
}

test("says nothing about what is right", () => {
  expect([...errors.keys()].filter((line) => line < firstLine)).toEqual([]);
});

test("the guide shows what is said of a relation that was not loaded", () => {
  const page = readFileSync(join(root, "docs/guide/relations.md"), "utf8");
  const expected = "// @ts-expect-error";
  const blocks = blocksOf("relations.md", page).filter(({ code }) => code.includes(expected));
  const [{ code, setupLineCount }] = blocks as [Block];
  const setup = code.split("\n").slice(0, setupLineCount);
  const bodies = blocks.map((block) => block.code.split("\n").slice(setupLineCount));
  const source = [...setup, ...bodies.map((lines) => `{ ${lines.join("\n")} }`)].join("\n");
  const said = [...compile(source.replaceAll(expected, "//")).errors.values()];

  const shown = [...page.matchAll(/^```text\n(Property [^`…]+)/gm)].map(([, text]) => text!);
  expect(shown).toHaveLength(2);
  const lines = shown.map((text) => text.trim().replaceAll("\n", " "));
  expect(said.map((text, index) => text.slice(0, lines[index]?.length))).toEqual(lines);
});
