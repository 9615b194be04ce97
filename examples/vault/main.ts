// The story of the vault, told on a database and a store of its own: `npm run story`, or
// `node main.ts --url postgres://… --store redis://…`
//
// Without URLs those are files which are removed at the end. A database that is named has to be empty, and is empty again
// at the end; in a store it keeps below a prefix of its own.
import { randomUUID } from "node:crypto";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { migrateDown } from "plinth/migrate";
import { migrations } from "./server/migration/src/lib.ts";
import { productOf } from "./server/src/database.ts";
import { users } from "./server/src/entities/schema.ts";
import { openVault, type Vault } from "./server/src/vault.ts";
import { cached, delivered, loggedIn, migrated } from "./story/services.ts";
import { deleted, paged, stored } from "./story/files.ts";
import * as print from "./story/print.ts";

const { values } = parseArgs({ options: { url: { type: "string" }, store: { type: "string" } } });

const folder = await mkdtemp(join(tmpdir(), "vault-"));
try {
  await using vault = await openVault({
    database: values.url ?? `sqlite:${join(folder, "vault.sqlite")}`,
    store: withPrefix(values.store ?? `sqlite:${join(folder, "store.sqlite")}`),
  });
  if ((await vault.db.from(users).withDeleted().count()) > 0) {
    console.error("This database has users in it. The story wants an empty one.");
    process.exitCode = 1;
  } else {
    await tell(vault);
  }
} finally {
  await rm(folder, { recursive: true, force: true });
}

/** Below a prefix of its own, so that it is in nobody's way, and finds all that it leaves. */
function withPrefix(url: string): string {
  return `${url}${url.includes("?") ? "&" : "?"}prefix=story-${randomUUID()}`;
}

async function tell(vault: Vault): Promise<void> {
  const { cache, db, messages, outbox, store } = vault;
  print.title("The vault, what people keep and who may see it");
  print.say(
    `Everything below happens now, on ${productOf(db)}. The same five tables, described once by their migrations, and the ` +
      "same program give the same answers on SQLite, PostgreSQL, MariaDB and MySQL, with Redis beside them or a file.",
  );
  try {
    await migrated(vault);
    await loggedIn(vault);
    await cached(vault);
    await stored(vault);
    await delivered(vault);
    await deleted(vault);
    await paged(vault);
  } finally {
    await messages.purge({ state: "waiting" });
    await cache.clear();
    await store.clear("session");
    await outbox.stop();
    await migrateDown(db, { migrations, count: 100 });
  }
  print.say(
    "That was the story. Its tables are taken back now, by the migrations' own way down, and the database is as it was.",
  );
  console.log();
}
