// Published failures of the tools that people come from, each as it must not be here. Those of diffs and rebuilds are
// beside the law, those of killed processes among the faults.
import { connect, sql, type Database, type Transaction } from "plinth";
import { afterAll, describe, expect, test } from "vitest";
import { Session } from "../../src/connect/session.ts";
import { takeSessionLock } from "../../src/migrate/run/lock.ts";
import { registered, type RegisteredMigration } from "../../src/migrate/migration.ts";
import { applyMigrations, readStatus, revertMigrations } from "../../src/migrate/run/runner.ts";
import { createTestDatabase, testServers } from "../servers/databases.ts";

type Given = RegisteredMigration<Transaction>;

const one: Given = { name: "001_one", up: "create table one (id integer)", down: "drop table one" };
const two: Given = { name: "002_two", up: "create table two (id integer)", down: "drop table two" };
const three: Given = {
  name: "003_three",
  up: "create table three (id integer)",
  down: "drop table three",
};

async function tablesOf(db: Database): Promise<string[]> {
  const found: string[] = [];
  for (const name of ["one", "two", "three"]) {
    const isThere = await db.execute(sql.raw(`select * from ${name}`) as never).then(
      () => true,
      () => false,
    );
    if (isThere) found.push(name);
  }
  return found;
}

for (const server of testServers().filter(({ name }) => name !== "sqlite memory")) {
  describe(server.name, () => {
    const closers: (() => Promise<void>)[] = [];
    afterAll(async () => {
      for (const close of closers) await close();
    });

    async function open(): Promise<[Database, Database]> {
      const database = await createTestDatabase(server);
      const both = [await connect(database.url), await connect(database.url)] as [
        Database,
        Database,
      ];
      closers.push(async () => {
        for (const db of both) await db.close();
        await database.drop();
      });
      return both;
    }

    test("drizzle-kit: a migration of a merged branch that is older than the newest isn't skipped", async () => {
      const [db] = await open();
      await applyMigrations(db, registered([one, three]));
      await applyMigrations(db, registered([one, two, three]));
      expect(await tablesOf(db)).toEqual(["one", "two", "three"]);
    });

    test("drizzle-kit: a stored hash is compared, and two replicas at boot don't race", async () => {
      const [db, other] = await open();
      const all = registered([one, two, three]);
      const runs = await Promise.all([applyMigrations(db, all), applyMigrations(other, all)]);
      expect(runs.flat()).toHaveLength(3);
      const edited = registered([
        { ...one, up: "create table one (id integer, more integer)" },
        two,
        three,
      ]);
      await expect(applyMigrations(db, edited)).rejects.toMatchObject({
        code: "E_MIGRATION_EDITED",
      });
      expect((await readStatus(db, edited))[0]).toMatchObject({ state: "edited" });
    });

    test("sqlx: what refuses to run leaves no lock behind, and going back compares checksums too", async () => {
      const [db, other] = await open();
      await applyMigrations(db, registered([one, two]));
      const edited = registered([one, { ...two, down: "drop table one" }]);
      await expect(revertMigrations(db, edited)).rejects.toMatchObject({
        code: "E_MIGRATION_EDITED",
      });
      expect(await tablesOf(db)).toEqual(["one", "two"]);
      const session = await Session.open(other["~engine"]);
      const release = await takeSessionLock(session, 10_000);
      await release();
      session.release();
      expect(
        await applyMigrations(other, registered([one, two, three]), { lockTimeoutMs: 10_000 }),
      ).toHaveLength(1);
    });

    test("sqlx: a failing migration leaves the lock free for the next", async () => {
      const [db, other] = await open();
      const bad: Given = { name: "002_bad", up: "create nonsense", down: "select 1" };
      await expect(applyMigrations(db, registered([one, bad]))).rejects.toMatchObject({
        code: "E_MIGRATION_FAILED",
      });
      const failure = applyMigrations(other, registered([one, bad]), { lockTimeoutMs: 10_000 });
      await expect(failure).rejects.toMatchObject({ code: /^E_MIGRATION_(?:FAILED|DIRTY)$/ });
    });

    test("all of them: what has no way back says so before anything is taken back", async () => {
      const [db] = await open();
      const all = registered([one, { name: two.name, up: two.up }, three]);
      await applyMigrations(db, all);
      await expect(revertMigrations(db, all, 3)).rejects.toMatchObject({
        code: "E_MIGRATION_IRREVERSIBLE",
      });
      expect(await tablesOf(db)).toEqual(["one", "two", "three"]);
    });
  });
}
