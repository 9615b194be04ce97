// The story of Cobalt, told on a database of its own: `make story`, or `node main.ts --url postgres://…`
//
// Without a URL that is a file which is removed at the end. With one the database has to be empty, and is empty again
// at the end.
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { migrateDown } from "plinth/migrate";
import { migrations, openDatabase, prepare, productOf } from "./backend/src/database.ts";
import { users } from "./backend/src/schema/users.ts";
import { administer, disable, exchangeTokens, related, signUpAndVerify } from "./story/accounts.ts";
import * as print from "./story/print.ts";

const { values } = parseArgs({ options: { url: { type: "string" } } });

if (values.url === undefined) {
  const folder = await mkdtemp(join(tmpdir(), "cobalt-"));
  try {
    await tell(`sqlite:${join(folder, "cobalt.sqlite")}`);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
} else {
  await tell(values.url);
}

async function tell(url: string): Promise<void> {
  const db = await openDatabase(url);
  try {
    await prepare(db);
    if ((await db.from(users).count()) > 0) {
      console.error("This database has users in it. The story wants an empty one.");
      process.exitCode = 1;
      return;
    }
    print.title("Cobalt, accounts and how they are let in");
    print.say(
      `Everything below happens now, on ${productOf(db)}. The same three tables, declared once, and the same code give the ` +
        "same answers on SQLite, PostgreSQL, MariaDB and MySQL.",
    );
    try {
      await signUpAndVerify(db);
      await exchangeTokens(db);
      await disable(db);
      await related(db);
      await administer(db);
    } finally {
      await migrateDown(db, { folder: migrations, count: Infinity });
    }
    print.say(
      "That was the story. Its tables are taken back now, by the migrations' own way down, and the database is as it was.",
    );
    console.log();
  } finally {
    await db.close();
  }
}
