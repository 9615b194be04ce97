import { expect } from "vitest";
import {
  activityByDay,
  auditTrail,
  entriesWithDetail,
  forgetBefore,
  historyOf,
  record,
} from "../src/audit.ts";
import { auditLogs } from "../src/schema/administration.ts";
import { keepHouse } from "../src/housekeeping.ts";
import { allSettings, readSetting, resetSetting, writeSetting } from "../src/settings.ts";
import {
  addUpload,
  publicUploads,
  removeUpload,
  storageUse,
  updateUpload,
} from "../src/uploads.ts";
import { everywhere } from "./databases.ts";
import { people } from "./people.ts";

const picture = {
  filename: "0001.webp",
  originalFilename: "sea at dusk.webp",
  mimeType: "image/webp",
  fileSize: 184_320,
};

everywhere(
  "a setting has its default until it is written, and again when it is reset",
  async ({ db }) => {
    const { admin, owner } = await people(db);
    expect(await readSetting(db, "audit.keep_days")).toBe("365");
    await writeSetting(db, admin, { key: "audit.keep_days", value: "30", description: "In days" });
    await writeSetting(db, admin, { key: "audit.keep_days", value: "90" });
    expect(await readSetting(db, "audit.keep_days")).toBe("90");
    expect(await allSettings(db)).toEqual([
      {
        key: "audit.keep_days",
        value: "90",
        description: "In days",
        updatedAt: expect.any(Date),
      },
    ]);
    await expect(resetSetting(db, owner, "audit.keep_days")).rejects.toMatchObject({
      reason: "forbidden",
    });
    await resetSetting(db, admin, "audit.keep_days");
    expect(await readSetting(db, "audit.keep_days")).toBe("365");
    expect(
      (await historyOf(db, "setting", "audit.keep_days")).map(({ details }) => details),
    ).toEqual([{ from: "365", to: "30" }, { from: "30", to: "90" }, null]);
  },
);

everywhere(
  "files are public when they are made so, and counted for each account",
  async ({ db }) => {
    const { admin, owner, neighbour } = await people(db);
    const first = await addUpload(db, owner, picture);
    const second = await addUpload(db, owner, {
      ...picture,
      filename: "0002.webp",
      isPublic: true,
    });
    expect(first).toMatchObject({ ...picture, isPublic: false, altText: null });
    expect((await publicUploads(db, { page: 1, size: 10 })).items).toEqual([second]);

    await expect(updateUpload(db, neighbour, first.id, { isPublic: true })).rejects.toMatchObject({
      reason: "not found",
    });
    const shown = await updateUpload(db, owner, first.id, { isPublic: true, altText: "The sea" });
    expect(shown).toEqual({ ...first, isPublic: true, altText: "The sea" });
    expect(await publicUploads(db, { page: 1, size: 1 })).toMatchObject({ total: 2, pages: 2 });
    expect(await storageUse(db)).toEqual([
      { username: "owner", files: 2, bytes: 368_640 },
      { username: "admin", files: 0, bytes: 0 },
      { username: "neighbour", files: 0, bytes: 0 },
    ]);

    await writeSetting(db, admin, { key: "uploads.max_bytes", value: "184319" });
    await expect(addUpload(db, owner, picture)).rejects.toMatchObject({ reason: "forbidden" });
    expect(await removeUpload(db, admin, second.id)).toEqual(second);
    expect((await storageUse(db))[0]).toMatchObject({ files: 1 });
  },
);

everywhere("the audit log is walked from cursor to cursor, each entry once", async ({ db }) => {
  const { owner } = await people(db);
  await db.delete(auditLogs).all();
  const noon = Date.UTC(2026, 0, 31, 12);
  // Three entries of each millisecond.
  await db.insert(auditLogs).values(
    Array.from({ length: 100 }, (_, at) => ({
      userId: owner.userId,
      action: at % 2 === 0 ? "alter.created" : "alter.updated",
      createdAt: new Date(noon + Math.floor(at / 3)),
    })),
  );
  const seen: number[] = [];
  for await (const { items } of auditTrail(db, {}, { size: 7 }))
    seen.push(...items.map(({ id }) => id));
  const ids = await db.select({ id: auditLogs.id }).from(auditLogs).orderBy(auditLogs.id).list();
  expect(seen).toEqual(ids.toReversed());

  const filter = { action: "alter.updated", userId: owner.userId, since: new Date(noon + 30) };
  expect((await auditTrail(db, filter, { size: 100 })).items).toHaveLength(5);
  expect(await activityByDay(db, new Date(0))).toEqual([
    { day: new Date(Date.UTC(2026, 0, 31)), action: "alter.created", entries: 50 },
    { day: new Date(Date.UTC(2026, 0, 31)), action: "alter.updated", entries: 50 },
  ]);
  expect(await forgetBefore(db, new Date(noon + 30))).toBe(90);
  expect(await db.from(auditLogs).count()).toBe(10);
});

everywhere("entries of the audit log go after as many days as a setting says", async ({ db }) => {
  const { admin } = await people(db);
  await writeSetting(db, admin, { key: "audit.keep_days", value: "30" });
  const before = await db.from(auditLogs).count();
  const daysAgo = (days: number): Date => new Date(Date.now() - days * 24 * 60 * 60 * 1_000);
  await db
    .insert(auditLogs)
    .values([29, 31, 365].map((days) => ({ action: "test", createdAt: daysAgo(days) })));

  expect(await Promise.all([keepHouse(db), keepHouse(db)])).toEqual(expect.arrayContaining([0, 2]));
  expect(await db.from(auditLogs).count()).toBe(before + 1);
});

everywhere("details of the audit log are JSON that is looked into", async ({ db }) => {
  const details = { name: `"Night" \\ watch's`, count: 3, isNew: true, note: null };
  const from = { userId: null, ipAddress: "2001:db8::8a2e:370:7334", userAgent: "x".repeat(2_000) };
  await record(db, from, { action: "group.created", entityType: "group", entityId: 7, details });
  await record(db, from, { action: "group.removed", details: { name: "Other" } });

  const [found, ...others] = await entriesWithDetail(db, "name", details.name);
  expect(others).toEqual([]);
  expect(found).toMatchObject({ ...from, entityType: "group", entityId: "7", details });
  expect(await entriesWithDetail(db, "name' or '1'='1", "Other")).toEqual([]);
});

everywhere("what fails leaves no trace in the audit log", async ({ db }) => {
  const { admin } = await people(db);
  const before = await db.from(auditLogs).count();
  await expect(
    db.transaction(async (tx) => {
      await writeSetting(tx, admin, { key: "audit.keep_days", value: "1" });
      throw new Error("Not this.");
    }),
  ).rejects.toThrow("Not this.");
  expect(await db.from(auditLogs).count()).toBe(before);
  expect(await readSetting(db, "audit.keep_days")).toBe("365");
});
