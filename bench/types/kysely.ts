import { eachTable, type TypeContender } from "./program.ts";

const tree = (at: number, id: string) => `db.selectFrom("t${at}").selectAll("t${at}")
    .select((e) => [
      jsonObjectFrom(e.selectFrom("t${at - 1}").selectAll("t${at - 1}").whereRef("t${at - 1}.id", "=", "t${at}.parentId")).as("parent"),
      jsonArrayFrom(
        e.selectFrom("t${at + 1}").selectAll("t${at + 1}").whereRef("t${at + 1}.parentId", "=", "t${at}.id")
          .select((c) =>
            jsonArrayFrom(c.selectFrom("t${at + 2}").selectAll("t${at + 2}").whereRef("t${at + 2}.parentId", "=", "t${at + 1}.id")).as("children"),
          ),
      ).as("children"),
    ])
    .where("t${at}.id", "=", ${id}).executeTakeFirst()`;

export const kysely: TypeContender = {
  name: "kysely",
  title: "kysely",
  schema: (count) => ({
    "schema.ts": `import type { Generated, Kysely } from "kysely";
${eachTable(
  count,
  (at) => `export interface T${at} {
  id: Generated<number>;
  name: string;
  email: string;
  title: string | null;
  kind: "a" | "b" | "c";
  visits: number;
  score: number | null;
  note: string | null;
  createdAt: Date;
  parentId: number | null;
}`,
)}
export interface Tables {
${eachTable(count, (at) => `  t${at}: T${at};`)}
}
export declare const db: Kysely<Tables>;
`,
  }),
  head: `import { jsonArrayFrom, jsonObjectFrom } from "kysely/helpers/sqlite";
import { db } from "./schema.ts";`,
  queries: (at, place) => `
export async function find${place}(name: string) {
  const rows = await db
    .selectFrom("t${at}")
    .leftJoin("t${at - 1}", "t${at - 1}.id", "t${at}.parentId")
    .select(["t${at}.id", "t${at}.name", "t${at - 1}.name as parent"])
    .where("t${at}.name", "=", name)
    .where("t${at}.visits", ">", 3)
    .orderBy("t${at}.createdAt", "desc")
    .limit(20)
    .execute();
  return rows.map(({ id, parent }) => parent ?? String(id));
}
export async function add${place}(name: string) {
  const row = await db
    .insertInto("t${at}")
    .values({ name, email: name, kind: "a", visits: 0, createdAt: new Date() })
    .returningAll()
    .executeTakeFirstOrThrow();
  return row.id;
}
export async function change${place}(id: number) {
  await db.updateTable("t${at}").set({ visits: 1, title: null }).where("id", "=", id).execute();
}
export async function tree${place}(id: number) {
  const row = await ${tree(at, "id")};
  return row?.children[0]?.children[0]?.name ?? row?.parent?.name;
}`,
  tree: (at) => tree(at, "1"),
};
