import { PrismaPg } from "@prisma/adapter-pg";

import type { Targets } from "../../run/targets.ts";
import type { Contender } from "../../work/operations.ts";
import { prismaClient, prismaOperations } from "../shared/prisma.ts";

export const title = "prisma (pg)";

export async function open(targets: Targets): Promise<Contender> {
  const Client = await prismaClient("postgres");
  const adapter = new PrismaPg({ ...targets.postgres!, max: targets.poolSize });
  const db = new Client({ adapter, transactionOptions: { maxWait: 30_000, timeout: 30_000 } });
  return { operations: prismaOperations(db, true), close: () => db.$disconnect() };
}
