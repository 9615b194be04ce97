// How long 500 migrations take on a new SQLite file, and then on one that has them; and how much memory.
// node bench/spikes/apply-migrations.ts
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { connect } from "../../src/entry/main.ts";
import { migrate, migrateDown } from "../../src/entry/migrate.ts";

const COUNT = 500;

const root = mkdtempSync(join(tmpdir(), "plinth-bench-"));
const folder = join(root, "migrations");

/** A table with an index, a column more for it, rows: as histories go. */
function sqlOf(at: number): { up: string; down: string } {
  const table = `t${Math.floor(at / 3)}`;
  switch (at % 3) {
    case 0:
      return {
        up: `create table ${table} (id integer primary key, name text not null);\ncreate index ${table}_name on ${table} (name);`,
        down: `drop table ${table};`,
      };
    case 1:
      return {
        up: `alter table ${table} add column level integer not null default 1;`,
        down: `alter table ${table} drop column level;`,
      };
    default:
      return {
        up: `insert into ${table} (name) values ('one'), ('two');\nupdate ${table} set level = 2;`,
        down: `delete from ${table};`,
      };
  }
}

for (let at = 0; at < COUNT; at++) {
  const own = join(folder, `${20_260_101_000_000 + at}_step`);
  mkdirSync(own, { recursive: true });
  const { up, down } = sqlOf(at);
  writeFileSync(join(own, "sqlite.up.sql"), up);
  writeFileSync(join(own, "sqlite.down.sql"), down);
}

async function timed(what: string, run: () => Promise<unknown>): Promise<void> {
  const startMs = performance.now();
  await run();
  const text = `${(performance.now() - startMs).toFixed(0).padStart(6)} ms`;
  const memory = `${Math.round(process.memoryUsage().rss / 2 ** 20)} MiB resident`;
  console.log(`${what.padEnd(28)} ${text}  ${memory}`);
}

try {
  const db = await connect(`sqlite:${join(root, "app.db")}`);
  await timed(`apply ${COUNT}`, () => migrate(db, { folder }));
  await timed("find nothing pending", () => migrate(db, { folder }));
  await timed(`take back ${COUNT}`, () => migrateDown(db, { folder, count: COUNT }));
  await db.close();
} finally {
  rmSync(root, { recursive: true, force: true });
}
