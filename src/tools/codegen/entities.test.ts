import { expect, test } from "vitest";
import type { Model, TableModel } from "../../schema/model.ts";
import { createNames, type Naming } from "../../schema/naming.ts";
import { writeSections } from "./entities.ts";
import { writeModule } from "./module.ts";

const column = (name: string, more: object = {}) => ({
  name,
  type: { kind: "integer", bits: 32 } as const,
  nullable: true,
  isAutoIncrement: false,
  default: undefined,
  generated: undefined,
  ...more,
});

const tableOf = (name: string, more: Partial<TableModel> = {}): TableModel => ({
  name,
  columns: [column("id", { nullable: false }), column("owner_id")],
  primaryKey: { name: `${name}_pkey`, columns: ["id"] },
  uniques: [],
  indexes: [],
  checks: [],
  foreignKeys: [],
  ...more,
});

function written(model: Partial<Model>, naming: Naming = {}): string {
  const names = createNames(naming);
  const whole: Model = { enums: [], tables: [], ...model };
  return writeModule(writeSections({ model: whole, others: [], names, formOf: () => "text" }));
}

test("a table of two keys alone gives relations through it, several keys are told apart", () => {
  const key = (columns: string[], target: string, name = `${columns[0]}_fkey`) => ({
    name,
    columns,
    target,
    targetColumns: ["id"],
    onDelete: "no action" as const,
    onUpdate: "no action" as const,
  });
  const members = tableOf("members", {
    columns: [column("user_id", { nullable: false }), column("friend_id", { nullable: false })],
    primaryKey: { name: "members_pkey", columns: ["user_id", "friend_id"] },
    foreignKeys: [key(["user_id"], "users"), key(["friend_id"], "users")],
  });
  const posts = tableOf("posts", {
    columns: [
      column("id", { nullable: false }),
      column("author_id", { nullable: false }),
      column("editor_id"),
      column("parent_id"),
    ],
    foreignKeys: [
      key(["author_id"], "users"),
      key(["editor_id"], "users"),
      key(["parent_id"], "posts"),
    ],
  });
  const text = written({ tables: [tableOf("users"), members, posts] });
  expect(text.slice(text.indexOf("defineSchema({"))).toMatchInlineSnapshot(`
    "defineSchema({ users, members, posts }, (r) => ({
      users: {
        userMembers: r.many(members, { on: members.userId }),
        friendMembers: r.many(members, { on: members.friendId }),
        authorPosts: r.many(posts, { on: posts.authorId }),
        editorPosts: r.many(posts, { on: posts.editorId }),
        friends: r.many(users, {
          through: { table: members, from: members.userId, to: members.friendId },
        }),
        users: r.many(users, {
          through: { table: members, from: members.friendId, to: members.userId },
        }),
      },
      members: {
        user: r.one(users, { on: members.userId }),
        friend: r.one(users, { on: members.friendId }),
      },
      posts: {
        author: r.one(users, { on: posts.authorId }),
        editor: r.one(users, { on: posts.editorId }),
        parent: r.one(posts, { on: posts.parentId }),
        children: r.many(posts, { on: posts.parentId }),
      },
    }));
    "
  `);
});

test("timestamps() stands for what it makes, and for nothing else", () => {
  const stamp = (name: string, precision = 3) =>
    column(name, {
      type: { kind: "timestamp", mode: "date", precision },
      nullable: false,
      default: { kind: "now" },
    });
  const make = (precision: number) =>
    written({
      tables: [
        tableOf("t", {
          columns: [column("id"), stamp("created_at"), stamp("updated_at", precision)],
        }),
      ],
    });
  expect(make(3)).toContain("  ...timestamps(),\n");
  expect(make(0)).not.toContain("timestamps()");
});

test("a naming of tables is followed, and one that spells no such name is refused", () => {
  const tables = [tableOf("UserRoles")];
  expect(written({ tables }, { tables: "PascalCase" })).toContain('table("UserRoles"');
  expect(written({ tables: [tableOf("user_roles")] }, { tables: "snake_case" })).toContain(
    'table("user_roles"',
  );
  expect(() => written({ tables }, { tables: "snake_case" })).toThrow(
    expect.objectContaining({ code: "E_CONFIG" }),
  );
  expect(written({ tables }, { columns: "as-is" })).toContain('ownerId: integer("owner_id")');
});

test("lines are told of what is left alone, at its table or at the schema", () => {
  const names = createNames();
  const others = [
    { kind: "trigger", name: "a\n*/ b", table: "t" },
    { kind: "function", name: "f", schema: "auth", detail: "two\nlines" },
  ] as const;
  const model = { enums: [], tables: [tableOf("t")] };
  const text = writeModule(writeSections({ model, others, names, formOf: () => "text" }));
  expect(text).toContain('// - trigger "a\\n*/ b"\nexport const tTable = table(');
  expect(text).toContain('// - function "auth.f": two lines\nexport const schema');
});
