// How long it takes to compare two schemas of 1,000 tables with 20 columns each, and to render what differs.
// node bench/spikes/migrations.ts
import {
  integer,
  sql,
  table,
  text,
  timestamp,
  varchar,
  defineSchema,
  index,
} from "../../src/entry/main.ts";
import { mysqlDialect } from "../../src/entry/mysql.ts";
import { postgresDialect } from "../../src/entry/postgres.ts";
import { sqliteDialect } from "../../src/entry/sqlite.ts";
import { modelOf } from "../../src/migrate/model-of.ts";
import { planMigration } from "../../src/migrate/diff/plan.ts";
import { matchSnapshot } from "../../src/migrate/diff/rename.ts";
import { renderPlan, writeSqlFile } from "../../src/migrate/render.ts";
import { emptySnapshot, readSnapshot, writeSnapshot } from "../../src/migrate/snapshot/snapshot.ts";
import { createNames } from "../../src/schema/naming.ts";

const TABLES = 1_000;
const COLUMNS = 20;

/** Every tenth table has another default, another type, a column more and a column less. */
function makeSchema(isChanged: boolean): ReturnType<typeof defineSchema> {
  const tables: Record<string, never> = {};
  for (let at = 0; at < TABLES; at++) {
    const differs = isChanged && at % 10 === 0;
    const columns: Record<string, unknown> = {
      id: integer().primaryKey().autoIncrement(),
      name: varchar({ length: differs ? 80 : 40 })
        .notNull()
        .unique(),
      level: integer().default(differs ? 2 : 1),
      createdAt: timestamp().notNull().defaultNow(),
      twice: integer().generatedAs(() => sql`2 * 2`),
    };
    for (let more = 5; more < COLUMNS - 1; more++) columns[`text${more}`] = text();
    columns[differs ? "added" : "gone"] = differs ? integer() : text();
    tables[`t${at}`] = table(`table_${at}`, columns as never, (t: never) => [
      index().on((t as { level: never }).level),
    ]) as never;
  }
  return defineSchema(tables);
}

const names = createNames();
const dialects = [
  sqliteDialect({ product: "sqlite", version: [3, 50, 0] }),
  postgresDialect({ product: "postgres", version: [18, 0, 0] }),
  mysqlDialect({ product: "mariadb", version: [10, 11, 0] }),
];

function timed<Result>(what: string, run: () => Result): Result {
  const startMs = performance.now();
  const result = run();
  console.log(`${what.padEnd(28)} ${(performance.now() - startMs).toFixed(0).padStart(6)} ms`);
  return result;
}

const [before, after] = [makeSchema(false), makeSchema(true)];
for (const dialect of dialects) {
  console.log(`\n${dialect.name}, ${TABLES} tables of ${COLUMNS} columns`);
  const models = [before, after].map((schema) =>
    timed("resolve", () => modelOf(schema, names, dialect)),
  );
  const first = timed("first snapshot", () => matchSnapshot(emptySnapshot, models[0]!).snapshot);
  const file = timed("write snapshot", () => writeSnapshot(first));
  const read = timed("read snapshot", () => readSnapshot(file, "snapshot.json"));
  const startMs = performance.now();
  const drops = Array.from({ length: TABLES / 10 }, (_, at) => `table_${at * 10}.gone`);
  const { snapshot } = timed("match", () => matchSnapshot(read, models[1]!, { drops }));
  const plan = timed("diff", () => planMigration(read, snapshot, dialect));
  const text = timed("render", () => writeSqlFile(renderPlan(plan, dialect)));
  const totalMs = performance.now() - startMs;
  console.log(
    `${plan.steps.length} steps, ${text.length} characters: ${totalMs.toFixed(0)} ms; all anew:`,
  );
  const all = timed("diff from nothing", () => planMigration(emptySnapshot, first, dialect));
  timed("render", () => writeSqlFile(renderPlan(all, dialect)));
  console.log(`${Math.round(process.memoryUsage().rss / 2 ** 20)} MiB resident`);
}
