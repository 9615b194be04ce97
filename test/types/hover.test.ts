import { join } from "node:path";
import ts from "typescript";
import { expect, test } from "vitest";
import { root } from "../../scripts/prepare.mjs";

/** Beside `posts`, so that a table has twelve. */
const relationNames = Array.from({ length: 11 }, (_, index) => `posts${index}`);
const others = relationNames.map((name) => `".with({ ${name}: true })"`).join(" | ");

/** What an editor shows when the mouse rests on the name behind each mark. */
const source = `
import { alias, count, defineSchema, eq, integer, table, text, uuid, type Database, type NewRowOf, type RowOf } from "plinth";
const /*table*/users = table("users", {
  id: uuid().primaryKey(),
  role: text().$type<"admin" | "user">().notNull().default("user"),
  motto: text(),
});
const posts = table("posts", { id: integer().primaryKey().autoIncrement(), userId: uuid().notNull() });
declare const db: Database;
type /*row*/User = RowOf<typeof users>;
type /*new row*/NewUser = NewRowOf<typeof users>;
const [/*found*/user] = await db.from(users);
const [/*selected*/line] = await db
  .select({ motto: users.motto, posts: count(), first: posts })
  .from(users)
  .leftJoin(posts, eq(posts.userId, users.id));
db.insert(posts)./*insert*/values({ userId: "" });
db.update(posts)./*update*/set({ userId: "" });
db.from(posts)./*find*/find(1);
const /*condition*/isMine = /*eq*/eq(posts.userId, users.id);
const /*alias*/others = alias(posts, "others");
const related = defineSchema({ users, posts }, (r) => ({
  users: {
    posts: r.many(posts, { from: users.id, to: posts.userId }),
${relationNames.map((name) => `    ${name}: r.many(posts, { from: users.id, to: posts.userId }),`).join("\n")}
  },
  posts: { user: r.one(users, { from: posts.userId, to: users.id }) },
}));
declare const typed: Database<typeof related>;
const /*rows without*/rowsWithout = await typed.from(users);
const /*rows with*/rowsWith = await typed.from(posts).with({ user: true });
const /*row with*/[rowWith] = await typed.from(users).with({ posts: true });
`;

const path = join(root, "test/types/hover-source.ts");

function createService(): ts.LanguageService {
  const { config } = ts.readConfigFile(join(root, "tsconfig.json"), ts.sys.readFile);
  const { options } = ts.parseJsonConfigFileContent({ ...config, include: [] }, ts.sys, root);
  const read = (file: string) => (file === path ? source : ts.sys.readFile(file));
  return ts.createLanguageService({
    directoryExists: ts.sys.directoryExists,
    getDirectories: ts.sys.getDirectories,
    readDirectory: ts.sys.readDirectory,
    getCompilationSettings: () => options,
    getCurrentDirectory: () => root,
    getDefaultLibFileName: (settings) => ts.getDefaultLibFilePath(settings),
    getScriptFileNames: () => [path],
    getScriptVersion: () => "1",
    getScriptSnapshot: (file) => {
      const text = read(file);
      return text === undefined ? undefined : ts.ScriptSnapshot.fromString(text);
    },
    fileExists: (file) => file === path || ts.sys.fileExists(file),
    readFile: read,
  });
}

const service = createService();

function hover(mark: string): string | undefined {
  const found = source.indexOf(`/*${mark}*/`);
  if (found < 0) throw new Error(`There is no mark "${mark}".`);
  const info = service.getQuickInfoAtPosition(path, found + mark.length + 4);
  return ts
    .displayPartsToString(info?.displayParts)
    .replaceAll(/\s+/g, " ")
    .replace(" import eq", "");
}

test("the source compiles", () => {
  expect(service.getSemanticDiagnostics(path).map(({ messageText }) => messageText)).toEqual([]);
});

const posts = `Table<"posts", { id: ColumnBuilder<number, "key" | "default">; userId: ColumnBuilder<string, never>; }>`;

test.each([
  [
    "table",
    `const users: Table<"users", { id: ColumnBuilder<string, "key">; role: ColumnBuilder<"admin" | "user", "default">; motto: ColumnBuilder<string | null, never>; }>`,
  ],
  ["row", `type User = { id: string; role: "admin" | "user"; motto: string | null; }`],
  ["new row", `type NewUser = { id: string; role?: "admin" | "user"; motto?: string | null; }`],
  [
    "found",
    `const user: { id: string; role: "admin" | "user"; motto: string | null; } | undefined`,
  ],
  [
    "selected",
    `const line: { motto: string | null; posts: number; first: { id: number; userId: string; } | null; } | undefined`,
  ],
  [
    "insert",
    `(method) InsertBuilder<${posts}, AnySchema>.values(rows: OneOrMany<Insertable<{ userId: string; id?: number; }>>): InsertWrite<${posts}, AnySchema>`,
  ],
  [
    "update",
    `(method) UpdateBuilder<${posts}>.set(values: Settable<{ id: number; userId: string; }>): UpdateWithoutCondition<${posts}>`,
  ],
  [
    "find",
    `(method) TableQuery<${posts}, AnySchema>.find(key: number): Promise<{ id: number; userId: string; } | undefined>`,
  ],
  ["condition", `const isMine: Condition`],
  [
    "eq",
    `(alias) eq<Column<"posts", string>>(left: Column<"posts", string>, right: Operand<string>): Condition`,
  ],
  [
    "rows without",
    `const rowsWithout: RowWithout<".with({ posts: true })" | ${others}, { id: string; role: "admin" | "user"; motto: string | null; }>[]`,
  ],
  [
    "rows with",
    `const rowsWith: { id: number; userId: string; user: RowWithout<"with: { posts: true }" | ${others.replaceAll(/\.with\((.*?)\)/g, "with: $1")}, { id: string; role: "admin" | "user"; motto: string | null; }> | null; }[]`,
  ],
  ["alias", `const others: ${posts.replace(`Table<"posts"`, `Alias<"posts", "others"`)}`],
])("an editor shows what it is: %s", (mark, shows) => {
  expect(hover(mark)).toBe(shows);
});
