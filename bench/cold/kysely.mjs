import Database from "better-sqlite3";
import { Kysely, SqliteDialect } from "kysely";

import { answer } from "./answer.mjs";

const database = new Database(process.argv[2]);
database.pragma("journal_mode = wal");
const db = new Kysely({ dialect: new SqliteDialect({ database }) });
answer(await db.selectFrom("customers").selectAll().where("id", "=", 77).executeTakeFirst());
