import { eq, type Executor } from "plinth";
import { record, type Actor } from "./audit.ts";
import { requireAdmin } from "./permissions.ts";
import { settings } from "./schema/administration.ts";

/** What holds until an administrator says otherwise. */
export const defaultSettings = {
  "registration.approval": "required",
  "uploads.max_bytes": "20971520",
  "audit.keep_days": "365",
} as const;

export type SettingKey = keyof typeof defaultSettings;

export async function readSetting(db: Executor, key: SettingKey): Promise<string> {
  const setting = await db.from(settings).find(key);
  return setting?.value ?? defaultSettings[key];
}

export function allSettings(db: Executor) {
  return db.from(settings).orderBy(settings.key);
}

/** Writes a setting, whether or not it was there. */
export async function writeSetting(
  db: Executor,
  actor: Actor,
  setting: { readonly key: SettingKey; readonly value: string; readonly description?: string },
): Promise<void> {
  await db.transaction(async (tx) => {
    await requireAdmin(tx, actor);
    const before = await readSetting(tx, setting.key);
    await tx.insert(settings).values(setting).onConflict(settings.key).update(["value"]);
    await record(tx, actor, {
      action: "setting.changed",
      entityType: "setting",
      entityId: setting.key,
      details: { from: before, to: setting.value },
    });
  });
}

/** Back to what holds by default. */
export async function resetSetting(db: Executor, actor: Actor, key: SettingKey): Promise<void> {
  await db.transaction(async (tx) => {
    await requireAdmin(tx, actor);
    await tx.delete(settings).where(eq(settings.key, key));
    await record(tx, actor, { action: "setting.reset", entityType: "setting", entityId: key });
  });
}
