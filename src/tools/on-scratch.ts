import { UnsupportedError } from "../core/error.ts";
import type { QueryDialect } from "../dialect/dialect.ts";
import type { ScratchDatabase } from "../dialect/server/scratch.ts";
import type { Migration } from "../migrate/migration.ts";
import type { Database } from "../query/database.ts";

const SIGNALS = ["SIGINT", "SIGTERM"] as const;

async function withScratch<Result>(
  create: () => Promise<ScratchDatabase>,
  work: (scratch: ScratchDatabase) => Promise<Result>,
): Promise<Result> {
  const made = create();
  const end = (signal: NodeJS.Signals): void => {
    const leave = (): void => {
      for (const other of SIGNALS) process.off(other, end);
      process.kill(process.pid, signal);
    };
    made.then((scratch) => scratch.drop()).then(leave, leave);
  };
  for (const signal of SIGNALS) process.on(signal, end);
  try {
    const scratch = await made;
    try {
      return await work(scratch);
    } finally {
      await scratch.drop();
    }
  } finally {
    for (const signal of SIGNALS) process.off(signal, end);
  }
}

export interface ScratchOptions {
  readonly createScratch: () => Promise<ScratchDatabase>;
  readonly connect: (url: string) => Promise<Database>;
}

/**
 * Works on a scratch database, connected to it. It is dropped afterwards: when the work fails, too, and when the process is
 * told to end meanwhile.
 */
export function onScratch<Result>(
  { createScratch, connect }: ScratchOptions,
  work: (db: Database, scratch: ScratchDatabase) => Promise<Result>,
): Promise<Result> {
  return withScratch(createScratch, async (scratch) => {
    const db = await connect(scratch.url);
    try {
      return await work(db, scratch);
    } finally {
      await db.close();
    }
  });
}

/** @throws {UnsupportedError} for a migration that would leave the scratch database. */
export function refuseReaching<Tx>(
  migrations: readonly Migration<Tx>[],
  scratch: ScratchDatabase,
  { name }: QueryDialect,
): void {
  const found = migrations.find(({ up }) => up.sql !== undefined && scratch.namesOriginal(up.sql));
  if (found === undefined) return;
  throw new UnsupportedError({
    dialect: name,
    feature: `trying migration "${found.name}", which names the database itself`,
    instead:
      "Leave the database's name out of its SQL: a migration runs in the database of the URL.",
  });
}
