// Where the conditions of scopes stand in SQL, and the indexes of live rows.
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import {
  connect,
  defineSchema,
  eq,
  exists,
  index,
  integer,
  softDelete,
  table,
  varchar,
  type ServerInfo,
} from "plinth";
import { mysqlDialect } from "plinth/mysql";
import { postgresDialect } from "plinth/postgres";
import { sqliteDialect } from "plinth/sqlite";
import { expect, test } from "vitest";
import type { SelectStatement } from "../../src/ast/statement.ts";
import { templateOf } from "../../src/ast/template.ts";
import { renderStatement, type Dialect } from "../../src/dialect/dialect.ts";
import { modelOf } from "../../src/migrate/model-of.ts";
import { renderTables } from "../../src/migrate/render-tables.ts";
import { createNames } from "../../src/schema/naming.ts";

const users = table("users", {
  id: integer().primaryKey(),
  tenantId: integer().notNull().scope("tenant"),
  email: varchar({ length: 200 }).notNull().unique({ among: "live" }),
  ...softDelete({ by: { deletedBy: integer() } }),
});
const posts = table(
  "posts",
  {
    id: integer().primaryKey(),
    userId: integer().notNull(),
    ...softDelete({ column: "removedAt", cascade: true }),
  },
  (t) => [index({ among: "live" }).on(t.userId)],
);
const schema = defineSchema({ users, posts });
const names = createNames();
const server = (product: string, ...version: [number, number, number]): ServerInfo => ({
  product,
  version,
});

const dialects: readonly (readonly [string, Dialect])[] = [
  ["sqlite", sqliteDialect(server("sqlite", 3, 50, 0))],
  ["postgres", postgresDialect(server("postgres", 18, 0, 0))],
  ["mariadb-10.11", mysqlDialect(server("mariadb", 10, 11, 0))],
  ["mysql-8.4", mysqlDialect(server("mysql", 8, 4, 0))],
];

await using db = await connect("sqlite::memory:", { schema });
const ids = db.select({ user: users.id, post: posts.id }).from(users);
const on = eq(posts.userId, users.id);
const reads: readonly (readonly [string, { readonly statement: SelectStatement }])[] = [
  ["one table", db.from(users)],
  ["deleted rows, too", db.from(users).withDeleted()],
  ["deleted rows alone, of all tenants", db.from(users).onlyDeleted().without("tenant")],
  ["a left join", ids.leftJoin(posts, on).where(eq(users.email, "a"))],
  ["a right join", ids.rightJoin(posts, on)],
  ["an inner join", ids.innerJoin(posts, on).withDeleted(users)],
  ["a query inside", db.from(posts).where(exists(db.from(users).where(on)))],
  ["a query as a table", db.from(db.select({ id: users.id }).from(users).as("own"))],
];

const full = ids.fullJoin(posts, on);

function render(name: string, dialect: Dialect): string {
  const all = name.startsWith("m") ? reads : [...reads, ["a full join", full] as const];
  const queries = all.map(([title, { statement }]) => {
    const { text } = renderStatement(dialect, names, templateOf(statement));
    return `-- ${title}\n${text};\n`;
  });
  const tables = renderTables(modelOf(schema, names, dialect), dialect);
  return [...tables.map((text) => `${text};\n`), ...queries].join("\n");
}

const isUpdate = process.env["PLINTH_UPDATE_GOLDEN"] === "1";

test.each(dialects)("scopes stand in the SQL of %s as it is kept", (name, dialect) => {
  const path = fileURLToPath(new URL(`scopes.${name}.sql`, import.meta.url));
  const text = render(name, dialect);
  if (isUpdate || !existsSync(path)) writeFileSync(path, text);
  expect(text).toBe(readFileSync(path, "utf8"));
});
