// The migrations that server/migration/src/lib.ts registers: up, down [-n N], status, and generate NAME for a new one.
import { writeFileSync } from "node:fs";
import { parseArgs } from "node:util";
import { connect, DbError } from "plinth";
import { migrate, migrateDown, migrationStatus } from "plinth/migrate";
import { migrations } from "../server/migration/src/lib.ts";
import config from "../plinth.config.ts";

const usage =
  "node script/db-migration.ts up | down [-n N] | status | generate NAME, each with [--url URL]";

const template = `import { defineMigration } from "plinth/migrate";

export default defineMigration({
  up: async (tx, schema) => {},
  down: async (tx, schema) => {},
});
`;

const { positionals, values } = parseArgs({
  allowPositionals: true,
  options: { number: { type: "string", short: "n", default: "1" }, url: { type: "string" } },
});

const [verb = "", name = ""] = positionals;
try {
  if (verb === "generate") generate(name);
  else await run(verb);
} catch (error) {
  if (!(error instanceof DbError)) throw error;
  console.error(`${error.message} [${error.code}]`);
  process.exitCode = 1;
}

function generate(feature: string): void {
  if (!/^[a-z][a-z0-9_]*$/.test(feature)) return refuse("A name is words_like_these.");
  const [day = "", time = ""] = new Date().toISOString().replaceAll(/[-:]/g, "").split(/[T.]/);
  const module = `m${day}_${time}_${feature}`;
  const file = new URL(`../server/migration/src/${module}.ts`, import.meta.url);
  writeFileSync(file, template, { flag: "wx" });
  console.log(`wrote server/migration/src/${module}.ts; to be registered in lib.ts beside it:`);
  console.log(`  import ${module} from "./${module}.ts";`);
}

async function run(way: string): Promise<void> {
  const count = Number(values.number);
  if (!Number.isSafeInteger(count) || count < 1) return refuse("-n is a whole number from 1 on.");
  if (!["up", "down", "status"].includes(way)) return refuse(usage);
  await using db = await connect(values.url ?? config);
  if (way === "status") {
    for (const step of await migrationStatus(db, { migrations })) told(step.state, step.name);
    return;
  }
  const runs =
    way === "up" ? await migrate(db, { migrations }) : await migrateDown(db, { migrations, count });
  for (const step of runs) told(way === "up" ? "applied" : "reverted", step.name);
  if (runs.length === 0) console.log("nothing to do");
}

function told(state: string, migration: string): void {
  console.log(`${state.padEnd(8)}  ${migration}`);
}

function refuse(message: string): void {
  console.error(message);
  process.exitCode = 1;
}
