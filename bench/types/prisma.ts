import { generatePrisma } from "../contenders/shared/prisma.ts";
import { eachTable, type TypeContender } from "./program.ts";

const tree = (at: number, id: string) =>
  `db.t${at}.findUnique({ where: { id: ${id} }, include: { parent: true, children: { include: { children: true } } } })`;

export const prisma: TypeContender = {
  name: "prisma",
  title: "prisma 7",
  schema: (count) => ({
    "schema.prisma": `generator client {
  provider = "prisma-client-js"
  output = "./client"
}
datasource db {
  provider = "sqlite"
}
${eachTable(
  count,
  (at) => `model t${at} {
  id Int @id @default(autoincrement())
  name String
  email String
  title String?
  kind Kind
  visits Int
  score Float?
  note String?
  createdAt DateTime
  parentId Int?
${at === 0 ? "" : `  parent t${at - 1}? @relation("r${at}", fields: [parentId], references: [id])\n`}${at === count - 1 ? "" : `  children t${at + 1}[] @relation("r${at + 1}")\n`}}`,
)}
enum Kind {
  a
  b
  c
}
`,
    "schema.ts": `import type { PrismaClient } from "./client/index.js";
export declare const db: PrismaClient;
`,
  }),
  head: `import { db } from "./schema.ts";`,
  queries: (at, place) => `
export async function find${place}(name: string) {
  const rows = await db.t${at}.findMany({
    select: { id: true, name: true, parent: { select: { name: true } } },
    where: { name, visits: { gt: 3 } },
    orderBy: { createdAt: "desc" },
    take: 20,
  });
  return rows.map(({ id, parent }) => parent?.name ?? String(id));
}
export async function add${place}(name: string) {
  const row = await db.t${at}.create({
    data: { name, email: name, kind: "a", visits: 0, createdAt: new Date() },
  });
  return row.id;
}
export async function change${place}(id: number) {
  await db.t${at}.update({ data: { visits: 1, title: null }, where: { id } });
}
export async function tree${place}(id: number) {
  const row = await ${tree(at, "id")};
  return row?.children[0]?.children[0]?.name ?? row?.parent?.name;
}`,
  tree: (at) => tree(at, "1"),
  prepare: (folder) => generatePrisma(folder),
};
