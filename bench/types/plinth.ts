import { eachTable, type TypeContender } from "./program.ts";

export const plinth: TypeContender = {
  name: "plinth",
  title: "plinth",
  schema: (count) => ({
    "schema.ts": `import { defineSchema, double, integer, table, text, timestamp, type Database } from "plinth";
${eachTable(
  count,
  (at) => `export const t${at} = table("t${at}", {
  id: integer().primaryKey().autoIncrement(),
  name: text().notNull(),
  email: text().notNull(),
  title: text(),
  kind: text().$type<"a" | "b" | "c">().notNull(),
  visits: integer().notNull(),
  score: double(),
  note: text(),
  createdAt: timestamp().notNull(),
  parentId: integer()${at === 0 ? "" : `.references(() => t${at - 1}.id)`},
});`,
)}
export const schema = defineSchema({ ${Array.from({ length: count }, (_, at) => `t${at}`).join(", ")} }, (r) => ({
${eachTable(count, (at) => `  t${at}: { ${at === 0 ? "" : `parent: r.one(t${at - 1}), `}${at === count - 1 ? "" : `children: r.many(t${at + 1})`} },`)}
}));
export declare const db: Database<typeof schema>;
`,
  }),
  head: `import { and, desc, eq, gt } from "plinth";
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
  const row = await db.from(s.t${at}).with({ parent: true, children: { with: { children: true } } }).find(id);
  return row?.children[0]?.children[0]?.name ?? row?.parent?.name;
}`,
  tree: (at) =>
    `db.from(s.t${at}).with({ parent: true, children: { with: { children: true } } }).find(1)`,
};
