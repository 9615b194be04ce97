// What the guide's chapter on troubleshooting tells of, and what a person sees here.
import { connect, eq, sql } from "plinth";
import { migrate } from "plinth/migrate";
import { expect, test } from "vitest";
import { createUser, findActiveUsers, findUserByUsername } from "../src/users.ts";
import { users } from "../src/schema/users.ts";
import { everywhere, urls } from "./databases.ts";

test("connection refused: says where, and what to look at", async () => {
  const failure = await connect("postgres://postgres:secret@127.0.0.1:9/cobalt_dev").catch(
    (error: unknown) => error as Error,
  );
  expect(failure).toMatchObject({ code: "E_CONNECTION_REFUSED" });
  expect((failure as Error).message).toContain("127.0.0.1:9");
  expect((failure as Error).message).not.toContain("secret");
});

test("relation does not exist: says to migrate", async () => {
  await using db = await connect("sqlite::memory:");
  await expect(findActiveUsers(db)).rejects.toMatchObject({
    code: "E_MISSING_TABLE",
    message: expect.stringContaining("plinth migrate up"),
  });
});

test("migration failed: names the migration, the statement and its line", async () => {
  await using db = await connect("sqlite::memory:");
  const up = "create table first (id integer);\n\ncreate table second (id integer,, name text);\n";
  const failing = migrate(db, { migrations: [{ name: "m20250201_000001_broken", up }] });
  await expect(failing).rejects.toMatchObject({
    message: expect.stringMatching(/m20250201_000001_broken.*line 3/s),
  });
  await expect(db.execute(sql`select * from first`)).rejects.toMatchObject({
    code: "E_MISSING_TABLE",
  });
});

everywhere("a deadlock is run again", async ({ db }) => {
  for (const username of ["ada", "bob"])
    await createUser(db, { username, email: `${username}@example.com`, passwordHash: "none" });
  const touchBoth = (names: readonly string[]): Promise<void> =>
    db.transaction(
      async (tx) => {
        for (const name of names) {
          await tx.update(users).set({ passwordHash: name }).where(eq(users.username, name));
          await new Promise((resolve) => setTimeout(resolve, 20));
        }
      },
      { retries: 5 },
    );
  await Promise.all([touchBoth(["ada", "bob"]), touchBoth(["bob", "ada"])]);
  expect(await findUserByUsername(db, "ada")).toMatchObject({ passwordHash: "ada" });
});

everywhere("a slow query's plan tells what is read, and by which index", async ({ db }) => {
  const plan = await db.from(users).orderBy(users.passwordHash).explain();
  expect(String(plan)).toMatch(/users/i);
});

test.runIf(urls.PostgreSQL !== undefined)("an exhausted pool says so in time", async () => {
  const url = new URL(urls.PostgreSQL!);
  url.searchParams.set("max_connections", "1");
  url.searchParams.set("acquire_timeout", "3");
  await using db = await connect(url.href);
  await db.transaction(async (tx) => {
    await tx.execute(sql`select 1`);
    const other = db.transaction((second) => second.execute(sql`select 1`));
    await expect(other).rejects.toMatchObject({
      code: "E_POOL_TIMEOUT",
      message: expect.stringContaining("max_connections"),
    });
  });
});
