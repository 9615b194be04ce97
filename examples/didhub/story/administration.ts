// Files, settings, the audit log, and what goes when an account goes.
import type { Executor } from "plinth";
import { removeAccount, type Account } from "../src/accounts.ts";
import { auditTrail, entriesWithDetail } from "../src/audit.ts";
import { schema } from "../src/schema/schema.ts";
import { allSettings, writeSetting } from "../src/settings.ts";
import { addUpload, publicUploads, storageUse, updateUpload } from "../src/uploads.ts";
import * as cast from "./cast.ts";
import * as print from "./print.ts";
import { tellRefusal } from "./refused.ts";

export async function keepFiles(db: Executor, owner: Account): Promise<void> {
  print.chapter("What is known of files", "src/uploads.ts");
  const actor = { userId: owner.id };
  for (const file of cast.files) await addUpload(db, actor, file);
  const shown = await addUpload(db, actor, cast.picture);
  await updateUpload(db, actor, shown.id, { isPublic: true, altText: "The sea at dusk" });
  const { items } = await publicUploads(db, { page: 1, size: 10 });
  print.say("What everybody may see:");
  print.rows(
    items.map(({ originalFilename, mimeType, altText }) => ({
      originalFilename,
      mimeType,
      altText,
    })),
  );
  print.say("What each account keeps, in bytes:");
  print.rows(await storageUse(db));
}

export async function changeSettings(db: Executor, admin: Account, owner: Account): Promise<void> {
  print.chapter("Settings, by administrators", "src/settings.ts");
  const limit = {
    key: "uploads.max_bytes",
    value: "1000000",
    description: "The largest file that is taken, in bytes",
  } as const;
  await tellRefusal(owner.username, writeSetting(db, { userId: owner.id }, limit));
  await writeSetting(db, { userId: admin.id }, limit);
  print.rows(
    (await allSettings(db)).map(({ key, value, description }) => ({ key, value, description })),
  );
  const large = { ...cast.picture, filename: "0004.webp", fileSize: 1_000_001 };
  await tellRefusal(owner.username, addUpload(db, { userId: owner.id }, large));
}

export async function readTrail(db: Executor): Promise<void> {
  print.chapter("The audit log", "src/audit.ts");
  print.say("Everything above was written down with what it tells of. The newest first:");
  const page = await auditTrail(db, {}, { size: 5 });
  print.rows(
    page.items.map(({ id, userId, action, entityType }) => ({ id, userId, action, entityType })),
  );
  const next = await auditTrail(db, {}, { after: page.nextCursor, size: 3 });
  print.say("and what comes behind that, from a cursor instead of a number of rows to skip:");
  print.rows(
    next.items.map(({ id, userId, action, entityType }) => ({ id, userId, action, entityType })),
  );
  print.say("Details are JSON, which the database looks into:");
  const named = await entriesWithDetail(db, "name", "Night watch");
  print.rows(named.map(({ action, details }) => ({ action, details: JSON.stringify(details) })));
  print.say("How the database finds the entries of one account:");
  const plan = await auditTrail(db, { userId: 1 }, { size: 5 }).explain();
  print.lines(String(plan));
}

export async function leave(db: Executor, owner: Account): Promise<void> {
  print.chapter("An account goes", "src/schema/");
  const before = await countRows(db);
  await removeAccount(db, { userId: owner.id }, owner.id);
  const after = await countRows(db);
  print.rows(
    before.map(({ table, rows }, at) => ({ table, before: rows, after: after[at]?.rows ?? 0 })),
  );
  print.say(
    "All that was its own went with it, by the foreign keys. The audit log stays, without the name.",
  );
}

async function countRows(db: Executor): Promise<{ table: string; rows: number }[]> {
  const counts = [];
  for (const [name, table] of Object.entries(schema.tables)) {
    counts.push({ table: name, rows: await db.from(table).count() });
  }
  return counts;
}
