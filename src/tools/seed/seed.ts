/** Writes what an application begins with: each seed once, and again when it was edited. */

import { fileURLToPath } from "node:url";
import { ConfigError } from "../../core/error.ts";
import { createTables } from "../../migrate/create-tables.ts";
import { checksumOf } from "../../migrate/migration.ts";
import { QueryError } from "../../core/error.ts";
import type { Database } from "../../query/database.ts";
import type { Transaction } from "../../query/client.ts";
import { table } from "../../schema/table.ts";
import { timestamp, varchar } from "../../schema/types.ts";
import { readSeeds, type SeedCode, type SeedSource } from "./folder.ts";

/** A seed that a program brings with it. */
export interface RegisteredSeed {
  readonly name: string;
  /** SQL, or a function. */
  readonly run: SeedCode | string;
}

export interface SeedRun {
  readonly name: string;
  /** `"unchanged"` was seeded before, and not edited since. `"failed"` is told to `onRun` only. */
  readonly state: "failed" | "seeded" | "unchanged";
  readonly durationMs: number;
}

export interface SeedOptions {
  /** Default `"seeds"`. */
  readonly folder?: URL | string;
  /** Instead of a folder. */
  readonly seeds?: readonly RegisteredSeed[];
  /** Whose folder of seeds is read beside those for all. Default: `NODE_ENV`, else `"development"`. */
  readonly environment?: string;
  /** Whether those that were seeded before, and not edited since, are run once more. Default false. */
  readonly again?: boolean;
  /** Hears of each seed. What it was told counts only when all are done. */
  readonly onRun?: (run: SeedRun) => void;
}

const history = table("plinth_seeds", {
  name: varchar({ length: 200 }).primaryKey(),
  checksum: varchar({ length: 64 }).notNull(),
  seededAt: timestamp().notNull(),
});

const NAME = /^[A-Za-z0-9][\w./-]{0,199}$/;
const ENVIRONMENT = /^[A-Za-z0-9][\w-]{0,63}$/;

/** Gives a seed its types: `export default defineSeed(async (tx) => { … })`. */
export function defineSeed(seed: SeedCode): SeedCode {
  return seed;
}

function registered(seeds: readonly RegisteredSeed[]): SeedSource[] {
  return seeds.map(({ name, run }) => ({
    name,
    run,
    // The text of a function changes when it is bundled, so that it tells nothing of an edit.
    checksum: checksumOf(typeof run === "string" ? run : "code"),
  }));
}

async function readSources(db: Database, options: SeedOptions): Promise<SeedSource[]> {
  const { environment = process.env["NODE_ENV"] || "development", folder = "seeds" } = options;
  if (!ENVIRONMENT.test(environment)) {
    throw new ConfigError("The environment of the seeds is no name.", {
      hint: "Write it with letters, digits, _ and - only, such as development.",
    });
  }
  const { families } = db["~engine"].dialect.migrations;
  const path = folder instanceof URL ? fileURLToPath(folder) : folder;
  const sources =
    options.seeds === undefined
      ? await readSeeds(path, environment, families)
      : registered(options.seeds);
  const names = new Set<string>();
  for (const { name } of sources) {
    if (!NAME.test(name) || names.has(name)) {
      throw new ConfigError(
        `A seed is named ${JSON.stringify(name)}${names.has(name) ? " twice" : ""}.`,
        {
          hint: "Name each with letters, digits, _, - and . only, such as 001_roles.",
        },
      );
    }
    names.add(name);
  }
  return sources;
}

/** Makes the table of what was seeded where it isn't there. */
async function prepareHistory(db: Database): Promise<void> {
  try {
    await db.from(history).first();
  } catch (error) {
    if (!(error instanceof QueryError) || error.code !== "E_MISSING_TABLE") throw error;
    await createTables(db, { tables: { history }, views: {} });
  }
}

async function runSeed(tx: Transaction, { name, run, checksum }: SeedSource): Promise<void> {
  if (typeof run === "string") {
    try {
      await tx["~runner"].script(run);
    } catch (error) {
      throw tx["~engine"].dialect.toDbError(error);
    }
  } else await run(tx);
  const seededAt = new Date(tx["~engine"].clock.nowMs());
  await tx
    .insert(history)
    .values({ name, checksum, seededAt })
    .onConflict(history.name)
    .update(["checksum", "seededAt"]);
}

/**
 * Writes the seeds that weren't written before, or were edited since: all in one transaction, and one process at a time.
 *
 * @returns Each seed with what was done, in their order.
 * @throws what a seed throws; nothing is written then.
 * @example
 * await seed(db, { folder: new URL("../seeds", import.meta.url) });
 */
export async function seed(db: Database, options: SeedOptions = {}): Promise<SeedRun[]> {
  const sources = await readSources(db, options);
  const { clock } = db["~engine"];
  return db.withLock("plinth_seeds", async () => {
    await prepareHistory(db);
    return db.transaction(
      async (tx) => {
        const rows = await tx.from(history);
        const known = new Map(rows.map(({ name, checksum }) => [name, checksum]));
        const runs: SeedRun[] = [];
        for (const source of sources) {
          const { name } = source;
          const startMs = clock.monotonicMs();
          const end = (state: SeedRun["state"]): SeedRun => {
            const run = { name, state, durationMs: clock.monotonicMs() - startMs };
            options.onRun?.(run);
            return run;
          };
          if (known.get(name) === source.checksum && options.again !== true) {
            runs.push(end("unchanged"));
            continue;
          }
          try {
            await runSeed(tx, source);
          } catch (error) {
            end("failed");
            throw error;
          }
          runs.push(end("seeded"));
        }
        return runs;
      },
      // A seed may do what must not be done twice.
      { retries: 0 },
    );
  });
}
