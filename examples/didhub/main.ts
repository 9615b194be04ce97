// The story of DIDHub, told on a database of its own: `npm run story`, or `npm run story -- --url postgres://…`
//
// Without a URL that is a file which is removed at the end. With one the database has to be empty, and is empty again
// at the end.
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import type { Database } from "plinth";
import { openDatabase, productOf, removeTables } from "./src/database.ts";
import { schema } from "./src/schema/schema.ts";
import { approve, letIn } from "./story/accounts.ts";
import { changeSettings, keepFiles, leave, readTrail } from "./story/administration.ts";
import * as print from "./story/print.ts";
import { makeGroups, makeSubsystems, makeSystem } from "./story/systems.ts";

const { values } = parseArgs({ options: { url: { type: "string" } } });

if (values.url === undefined) {
  const folder = await mkdtemp(join(tmpdir(), "didhub-"));
  try {
    await tell(`sqlite:${join(folder, "didhub.sqlite")}`);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
} else {
  await tell(values.url);
}

async function tell(url: string): Promise<void> {
  const db = await openDatabase(url);
  try {
    if ((await db.from(schema.tables.users).count()) > 0) {
      console.error("This database has accounts in it. The story wants an empty one.");
      process.exitCode = 1;
    } else await tellAndTakeBack(db);
  } finally {
    await db.close();
  }
}

async function tellAndTakeBack(db: Database): Promise<void> {
  try {
    await tellChapters(db);
  } finally {
    await removeTables(db);
  }
}

async function tellChapters(db: Database): Promise<void> {
  print.title("DIDHub, a system for people who are many");
  print.say(
    `Everything below happens now, on ${productOf(db)}. The same eleven tables, ` +
      "declared once, and the same code give the same answers on SQLite, PostgreSQL, MariaDB and MySQL.",
  );
  const people = await letIn(db);
  const { admin, owner } = people;
  await approve(db, admin);
  const lighthouse = await makeSystem(db, people);
  await makeGroups(db, owner, lighthouse);
  await makeSubsystems(db, owner, lighthouse);
  await keepFiles(db, owner);
  await changeSettings(db, admin, owner);
  await readTrail(db);
  await leave(db, owner);
  print.say(
    "That was the story. Its tables are taken back now, by the migration's own way down, and " +
      "the database is as it was.",
  );
  console.log();
}
