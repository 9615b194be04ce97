// The story of project-wiz, told on a database of its own: `npm run story`, or `npm run story -- --url postgres://…`
//
// Without a URL that is a file which is removed at the end. With one the database has to be empty, and is empty again
// at the end.
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import type { Database } from "plinth";
import { migrateDown } from "plinth/migrate";
import { migrations, openDatabase, productOf } from "./src/main/database.ts";
import { users } from "./src/main/schemas/user.schema.ts";
import type { schema } from "./src/main/schemas/schema.ts";
import { transfer, turnPages } from "./story/credits.ts";
import * as print from "./story/print.ts";
import { assignRoles, deactivate, join as joinTables, makeUsers } from "./story/users.ts";

const { values } = parseArgs({ options: { url: { type: "string" } } });

if (values.url === undefined) {
  const folder = await mkdtemp(join(tmpdir(), "wizard-"));
  try {
    await tell(`sqlite:${join(folder, "database.sqlite")}`);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
} else {
  await tell(values.url);
}

async function tell(url: string): Promise<void> {
  const db = await openDatabase(url);
  try {
    if ((await db.from(users).withDeleted().count()) > 0) {
      console.error("This database has users in it. The story wants an empty one.");
      process.exitCode = 1;
      return;
    }
    try {
      await tellChapters(db);
    } finally {
      await migrateDown(db, { folder: migrations, count: Infinity });
    }
  } finally {
    await db.close();
  }
}

async function tellChapters(db: Database<typeof schema>): Promise<void> {
  print.title("project-wiz, where nothing is deleted for good");
  print.say(
    `Everything below happens now, on ${productOf(db)}. The same five tables, declared once, and the same code give the ` +
      "same answers on SQLite, PostgreSQL, MariaDB and MySQL.",
  );
  const cast = await makeUsers(db);
  await deactivate(db, cast);
  await joinTables(db, cast);
  await assignRoles(db, cast);
  await transfer(db, cast);
  await turnPages(db);
  print.say(
    "That was the story. Its tables are taken back now, by the migrations' own way down, and the database is as it was.",
  );
  console.log();
}
