// Prisma. Its client is generated at the first run, so its types are open: hence `any`.
/* oxlint-disable typescript/no-explicit-any -- see above */
import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

import { tables, type ColumnKind, type Database, type TableName } from "../../data/tables.ts";
import type { Operations } from "../../work/operations.ts";

const models: Record<TableName, string> = {
  customers: "Customer",
  employees: "Employee",
  suppliers: "Supplier",
  products: "Product",
  orders: "Order",
  order_details: "Detail",
  accounts: "Account",
  audit: "Audit",
};

const relationLines: Partial<Record<TableName, string[]>> = {
  orders: ["details Detail[]"],
  products: ["details Detail[]"],
  order_details: [
    "order Order @relation(fields: [order_id], references: [id])",
    "product Product @relation(fields: [product_id], references: [id])",
  ],
};

const dates: Record<Database, { provider: string; type: string }> = {
  sqlite: { provider: "sqlite", type: "Int" },
  postgres: { provider: "postgresql", type: "DateTime" },
  mariadb: { provider: "mysql", type: "DateTime" },
};
const dateAttributes = { sqlite: "", postgres: " @db.Timestamptz(6)", mariadb: " @db.DateTime(0)" };

function schemaText(database: Database): string {
  const types: Record<ColumnKind, string> = {
    key: "Int",
    countedKey: "Int",
    integer: "Int",
    number: "Float",
    string: "String",
    text: "String",
    date: dates[database].type,
  };
  const written = Object.entries(tables).map(([table, columns]) => {
    const lines = Object.entries(columns).map(([name, { kind, nullable = false }]) => {
      const key = name === "id" ? " @id" : "";
      const counted = kind === "countedKey" ? " @default(autoincrement())" : "";
      const date = kind === "date" ? dateAttributes[database] : "";
      return `  ${name} ${types[kind]}${nullable ? "?" : ""}${key}${counted}${date}`;
    });
    const related = (relationLines[table as TableName] ?? []).map((line) => `  ${line}`);
    return `model ${models[table as TableName]} {\n${[...lines, ...related].join("\n")}\n  @@map("${table}")\n}`;
  });
  return [
    `generator client {\n  provider = "prisma-client-js"\n  output = "./client"\n}`,
    `datasource db {\n  provider = "${dates[database].provider}"\n}`,
    ...written,
  ].join("\n\n");
}

/** The generated client's class. It is generated when it isn't there, which takes some seconds. */
export async function prismaClient(database: Database): Promise<new (options: any) => any> {
  const folder = new URL(`../../.data/prisma/${database}/`, import.meta.url);
  const index = new URL("client/index.js", folder);
  if (!existsSync(index)) generate(database, folder);
  return (await import(index.href)).default.PrismaClient;
}

function generate(database: Database, folder: URL): void {
  mkdirSync(folder, { recursive: true });
  writeFileSync(new URL("schema.prisma", folder), schemaText(database));
  generatePrisma(folder);
}

/** Makes the client of the `schema.prisma` that stands in a folder. */
export function generatePrisma(folder: URL): void {
  const file = fileURLToPath(new URL("schema.prisma", folder));
  const program = fileURLToPath(import.meta.resolve("prisma/build/index.js"));
  const done = spawnSync(process.execPath, [program, "generate", "--schema", file], {
    encoding: "utf8",
    env: {
      ...process.env,
      CHECKPOINT_DISABLE: "1",
      PRISMA_HIDE_UPDATE_MESSAGE: "1",
      // Not used to generate: named, so that it isn't downloaded.
      PRISMA_SCHEMA_ENGINE_BINARY: process.execPath,
    },
  });
  if (done.status !== 0) throw new Error(`Prisma's client could not be generated: ${done.stderr}`);
}

/** @param hasMode Whether `mode: "insensitive"` is there. */
export function prismaOperations(db: any, hasMode: boolean): Operations {
  const mode = hasMode ? { mode: "insensitive" } : {};
  return {
    byKey: (id) => db.customer.findUnique({ where: { id } }),
    page: (offset) => db.order.findMany({ orderBy: { id: "desc" }, take: 50, skip: offset }),
    search: (term) =>
      db.supplier.findMany({ where: { company_name: { contains: term, ...mode } } }),
    tree: (id) =>
      db.order.findUnique({
        where: { id },
        include: { details: { include: { product: true } } },
      }),
    // It can't join and group: the rows are loaded and summed here, as its users do.
    aggregate: async (after, upTo) => {
      const rows: any[] = await db.order.findMany({
        where: { id: { gt: after, lte: upTo } },
        orderBy: { id: "asc" },
        select: {
          id: true,
          ship_name: true,
          ship_city: true,
          ship_country: true,
          details: { select: { quantity: true, unit_price: true } },
        },
      });
      return rows.map(({ details, ...order }) => {
        let quantity = 0;
        let total = 0;
        for (const detail of details) {
          quantity += detail.quantity;
          total += detail.quantity * detail.unit_price;
        }
        const sums = { quantity_sum: quantity, total_price: total };
        return { ...order, products_count: details.length, ...sums };
      });
    },
    update: (id, balance, version) =>
      db.account.update({ where: { id }, data: { balance, version } }),
    transaction: (from, to, amount, row) =>
      db.$transaction(async (tx: any) => {
        await tx.account.findUnique({ where: { id: from }, select: { balance: true } });
        const debit = { balance: { decrement: amount } };
        const credit = { balance: { increment: amount } };
        await tx.account.update({ where: { id: from }, data: debit });
        await tx.account.update({ where: { id: to }, data: credit });
        await tx.audit.create({ data: row });
      }),
    insert: async (row) => (await db.audit.create({ data: row, select: { id: true } })).id,
    bulk: (rows) => db.audit.createMany({ data: rows }),
  };
}
