import { seed } from "plinth/seed";
import { expect, vi } from "vitest";
import { auditLogs } from "../src/schema/administration.ts";
import { schema } from "../src/schema/schema.ts";
import { systemsOf } from "../src/systems.ts";
import { everywhere } from "./databases.ts";

const folder = new URL("../seeds", import.meta.url);
const { users, settings } = schema.tables;

everywhere("seeds write what there is to begin with, once", async ({ db }) => {
  const told = vi.spyOn(console, "error").mockImplementation(() => {});
  await seed(db, { folder, environment: "development" });
  expect(told).toHaveBeenCalledExactlyOnceWith(
    expect.stringMatching(/^The password of admin is \S{16}$/),
  );
  const { id } = await db.from(users).orderBy(users.username).offset(1).limit(1).one();
  expect(await systemsOf(db, id)).toMatchObject([{ alters: 4, groups: 1, subsystems: 1 }]);
  expect(await db.from(settings).count()).toBe(3);

  const entries = await db.from(auditLogs).count();
  await seed(db, { folder, environment: "development", again: true });
  expect(await db.from(users).count()).toBe(2);
  expect(await db.from(auditLogs).count()).toBe(entries);
  told.mockRestore();
});

everywhere("production gets nothing that is for developing", async ({ db }) => {
  const told = vi.spyOn(console, "error").mockImplementation(() => {});
  await seed(db, { folder, environment: "production" });
  expect(await db.select({ username: users.username }).from(users).list()).toEqual(["admin"]);
  told.mockRestore();
});
