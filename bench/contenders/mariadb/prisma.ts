import { PrismaMariaDb } from "@prisma/adapter-mariadb";

import type { Targets } from "../../run/targets.ts";
import type { Contender } from "../../work/operations.ts";
import { prismaClient, prismaOperations } from "../shared/prisma.ts";

export const title = "prisma (mariadb)";

export async function open(targets: Targets): Promise<Contender> {
  const Client = await prismaClient("mariadb");
  const adapter = new PrismaMariaDb({ ...targets.mariadb!, connectionLimit: targets.poolSize });
  const db = new Client({ adapter, transactionOptions: { maxWait: 30_000, timeout: 30_000 } });
  return { operations: prismaOperations(db, false), close: () => db.$disconnect() };
}
