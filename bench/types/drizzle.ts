import { eachTable, type TypeContender } from "./program.ts";

const tree = (at: number, id: string) =>
  `db.query.t${at}.findFirst({ where: { id: ${id} }, with: { parent: true, children: { with: { children: true } } } })`;

export const drizzle: TypeContender = {
  name: "drizzle",
  title: "drizzle 1.0-rc",
  schema: (count) => ({
    "schema.ts": `import { defineRelations } from "drizzle-orm";
import { drizzle } from "drizzle-orm/node-sqlite";
import { integer, real, sqliteTable, text, type AnySQLiteColumn } from "drizzle-orm/sqlite-core";
${eachTable(
  count,
  (at) => `export const t${at} = sqliteTable("t${at}", {
  id: integer().primaryKey({ autoIncrement: true }),
  name: text().notNull(),
  email: text().notNull(),
  title: text(),
  kind: text({ enum: ["a", "b", "c"] }).notNull(),
  visits: integer().notNull(),
  score: real(),
  note: text(),
  createdAt: integer({ mode: "timestamp_ms" }).notNull(),
  parentId: integer()${at === 0 ? "" : `.references((): AnySQLiteColumn => t${at - 1}.id)`},
});`,
)}
export const relations = defineRelations({ ${Array.from({ length: count }, (_, at) => `t${at}`).join(", ")} }, (r) => ({
${eachTable(count, (at) => `  t${at}: { ${at === 0 ? "" : `parent: r.one.t${at - 1}({ from: r.t${at}.parentId, to: r.t${at - 1}.id }), `}${at === count - 1 ? "" : `children: r.many.t${at + 1}({ from: r.t${at}.id, to: r.t${at + 1}.parentId })`} },`)}
}));
export const db = drizzle(":memory:", { relations });
`,
  }),
  head: `import { and, desc, eq, gt } from "drizzle-orm";
import * as s from "./schema.ts";
const { db } = s;`,
  queries: (at, place) => `
export async function find${place}(name: string) {
  const rows = await db
    .select({ id: s.t${at}.id, name: s.t${at}.name, parent: s.t${at - 1}.name })
    .from(s.t${at})
    .leftJoin(s.t${at - 1}, eq(s.t${at - 1}.id, s.t${at}.parentId))
    .where(and(eq(s.t${at}.name, name), gt(s.t${at}.visits, 3)))
    .orderBy(desc(s.t${at}.createdAt))
    .limit(20);
  return rows.map(({ id, parent }) => parent ?? String(id));
}
export async function add${place}(name: string) {
  const [row] = await db
    .insert(s.t${at})
    .values({ name, email: name, kind: "a", visits: 0, createdAt: new Date() })
    .returning();
  return row!.id;
}
export async function change${place}(id: number) {
  await db.update(s.t${at}).set({ visits: 1, title: null }).where(eq(s.t${at}.id, id));
}
export async function tree${place}(id: number) {
  const row = await ${tree(at, "id")};
  return row?.children[0]?.children[0]?.name ?? row?.parent?.name;
}`,
  tree: (at) => tree(at, "1"),
};
