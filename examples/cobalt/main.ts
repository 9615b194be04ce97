// The story of Cobalt, told on a database of its own: `make story`, or `node main.ts --url postgres://… --store redis://…`
//
// Without a URL that is a file which is removed at the end. With one the database has to be empty, and is empty again
// at the end.
import { randomUUID } from "node:crypto";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import type { Database } from "plinth";
import { migrateDown } from "plinth/migrate";
import { migrations, openDatabase, prepare, productOf } from "./backend/src/database.ts";
import type { schema } from "./backend/src/schema/schema.ts";
import { users } from "./backend/src/schema/users.ts";
import { openGateStore } from "./backend/src/store.ts";
import { administer, disable, exchangeTokens, related, signUpAndVerify } from "./story/accounts.ts";
import { guard } from "./story/gate.ts";
import * as print from "./story/print.ts";

const { values } = parseArgs({
  options: { url: { type: "string" }, store: { type: "string", default: "memory:" } },
});

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
      await guardWithStore(db);
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

/** Below a prefix of its own, so that it is in nobody's way, and finds all that it leaves. */
async function guardWithStore(db: Database<typeof schema>): Promise<void> {
  const store = await openGateStore(values.store, { prefix: `story-${randomUUID()}` });
  try {
    await guard(db, store);
  } finally {
    for (const namespace of ["cobalt", "ratelimit"]) await store.clear(namespace);
    await store.close();
  }
}
