// What a test's own database costs beside the test's own work, with 30 tables and a few rows in each of ten.
// node bench/spikes/test-databases.ts [URL …]   (default: SQLite, and PLINTH_TEST_POSTGRES_URL, PLINTH_TEST_MARIADB_URL)
import { defineSchema, integer, table, varchar, type AnyTable } from "../../src/entry/main.ts";
import { databaseTest, fixture } from "../../src/entry/testing.ts";

const TABLES = 30;
const ROUNDS = 60;
/** The aims, in milliseconds. */
const AIMS: Readonly<Record<string, number>> = { sqlite: 1, postgres: 30, mariadb: 10 };

const first = table("t0", {
  id: integer().primaryKey().autoIncrement(),
  name: varchar({ length: 40 }).notNull(),
});
const tables: Record<string, AnyTable> = { t0: first };
for (let at = 1; at < TABLES; at++) {
  tables[`t${at}`] = table(`t${at}`, {
    id: integer().primaryKey().autoIncrement(),
    name: varchar({ length: 40 }).notNull().unique(),
    level: integer().notNull().default(1),
    firstId: integer().references(() => first.id),
  });
}
const schema = defineSchema(tables);
const rows = fixture(first, { ada: { name: "Ada" }, grace: { name: "Grace" } });

type Run = () => Promise<void>;

/** Runs each test when it is registered, one after the other. */
async function measure(url: string): Promise<void> {
  const runs: Run[] = [];
  const afters: Run[] = [];
  const test = Object.assign((_name: string, run: Run) => runs.push(run), {
    only: () => {},
    skip: () => {},
  });
  const own = databaseTest.extend({ url, schema, test, after: (run) => afters.push(run) });
  const spent: number[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    own(`round ${round}`, { fixtures: [rows] }, async ({ db }) => {
      const startMs = performance.now();
      await db.insert(first).values({ name: "Linus" });
      await db.from(first);
      spent.push(performance.now() - startMs);
    });
  }
  const times: number[] = [];
  for (const run of runs) {
    const startMs = performance.now();
    await run();
    times.push(performance.now() - startMs - spent.at(-1)!);
  }
  for (const after of afters) await after();
  const warm = times.slice(5).toSorted((left, right) => left - right);
  const median = warm[warm.length >> 1]!;
  const mean = warm.reduce((sum, time) => sum + time, 0) / warm.length;
  const product = url.split(":")[0]!;
  const aim = AIMS[product];
  process.stdout.write(
    `${product.padEnd(9)} first ${times[0]!.toFixed(0)} ms, then median ${median.toFixed(2)} ms, mean ${mean.toFixed(2)} ms` +
      `${aim === undefined ? "" : ` (aim ${aim} ms: ${median < aim ? "met" : "missed"})`}\n`,
  );
}

const { PLINTH_TEST_MARIADB_URL, PLINTH_TEST_POSTGRES_URL } = process.env;
const urls =
  process.argv.length > 2
    ? process.argv.slice(2)
    : ["sqlite::memory:", PLINTH_TEST_POSTGRES_URL, PLINTH_TEST_MARIADB_URL];
for (const url of urls) if (url !== undefined) await measure(url);
