import { expect, test } from "vitest";
import { compile } from "./compile.ts";

const tableCount = 100;
/** What the tables cost, in instantiations, which are the same on every machine. A tenth more fails. */
const budget = { queries: 111_500, relations: 368_000 };

/** Twelve columns, a foreign key to the table before, an index; and a join, an insert, an update and a row's type. */
function tableAndQuery(index: number): string {
  const previous = Math.max(0, index - 1);
  return `
export const table${index} = table("table_${index}", {
  id: uuid().primaryKey().$default(uuidv7),
  name: varchar({ length: 255 }).notNull().unique(),
  email: varchar({ length: 255 }).notNull(),
  title: text(),
  kind: text().$type<"a" | "b" | "c">().notNull().default("a"),
  isActive: boolean().notNull().default(true),
  visits: integer().notNull().default(0),
  score: bigint(),
  price: decimal({ precision: 10, scale: 2 }).notNull(),
  settings: json<{ dark: boolean; size: number }>(),
  createdAt: timestamp().notNull().defaultNow(),
  parentId: uuid().references(() => table${previous}.id),
}, (t) => [index().on(t.kind, t.createdAt)]);

export async function find${index}(name: string): Promise<{ id: string; parent: string | null }[]> {
  const rows = await db
    .select({ id: table${index}.id, parent: parent${index}.name, whole: table${index}, n: count() })
    .from(table${index})
    .leftJoin(parent${index}, eq(parent${index}.id, table${index}.parentId))
    .where(and(eq(table${index}.name, name), gt(table${index}.visits, 3), isNull(table${index}.title)))
    .orderBy(desc(table${index}.createdAt))
    .limit(20);
  return rows.map(({ id, parent, whole }) => ({ id: whole.name + id, parent }));
}
const parent${index} = alias(table${previous}, "parent");

export async function write${index}(row: NewRowOf<typeof table${index}>): Promise<RowOf<typeof table${index}>[]> {
  await db.insert(table${index}).values({ name: "a", email: "b", price: "1.00" });
  await db.update(table${index}).set({ visits: sql<number>\`\${table${index}.visits} + 1\` }).where(eq(table${index}.id, "0190"));
  return db.insert(table${index}).values(row).onConflict(table${index}.name).update(["email"]).returning();
}
`;
}

const indexes = Array.from({ length: tableCount }, (_, index) => index);
const head = `
import {
  alias, and, bigint, boolean, count, decimal, defineSchema, desc, eq, gt, index, integer, isNull, json, sql, table, text, timestamp,
  uuid, uuidv7, varchar, type Database, type NewRowOf, type RowOf,
} from "plinth";
declare const db: Database;
`;
const queries = head + indexes.map(tableAndQuery).join("");

/** Two relations for each table, and a load of four levels. */
const relations = `${queries}
const schema = defineSchema({ ${indexes.map((index) => `table${index}`).join(", ")} }, (r) => ({
${indexes.map((index) => `  table${index}: { parent: r.one(table${Math.max(0, index - 1)}, { on: table${index}.parentId }), children: r.many(table${Math.min(tableCount - 1, index + 1)}) },\n`).join("")}}));
declare const later: Database<typeof schema>;
${indexes
  .map(
    (index) => `
export async function load${index}(): Promise<string | undefined> {
  const [row] = await later.from(table${index}).with({
    parent: true,
    children: { limit: 3, with: { parent: true, children: { with: { children: true } } } },
  });
  return row?.children[0]?.children[0]?.children[0]?.name ?? row?.parent?.name;
}
`,
  )
  .join("")}`;

const nothing = compile(head);

test.each([
  ["queries", queries],
  ["relations", relations],
] as const)("costs an editor no more than it did: %s over 100 tables", (name, source) => {
  const { checkMs, errors, instantiations } = compile(source);
  const cost = instantiations - nothing.instantiations;
  console.log(
    `${name}: ${cost} instantiations, ${budget[name]} in the budget, ` +
      `${Math.round(checkMs - nothing.checkMs)} ms of checking`,
  );

  expect([...errors.values()]).toEqual([]);
  expect(cost).toBeGreaterThan(tableCount);
  expect(cost).toBeLessThanOrEqual(budget[name] * 1.1);
});
