import { PrismaBetterSqlite3 } from "@prisma/adapter-better-sqlite3";

import type { Targets } from "../../run/targets.ts";
import type { Contender } from "../../work/operations.ts";
import { pragmas } from "../../work/statements.ts";
import { prismaClient, prismaOperations } from "../shared/prisma.ts";

export const title = "prisma (better-sqlite3)";

export async function open(targets: Targets): Promise<Contender> {
  const Client = await prismaClient("sqlite");
  const adapter = new PrismaBetterSqlite3({ url: `file:${targets.sqlite!.file}` });
  const db = new Client({ adapter });
  for (const pragma of pragmas) await db.$queryRawUnsafe(`pragma ${pragma}`);
  return { operations: prismaOperations(db, false), close: () => db.$disconnect() };
}
