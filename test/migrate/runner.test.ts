import { connect, type Database, type Transaction } from "plinth";
import { sql } from "plinth";
import { afterAll, describe, expect, test } from "vitest";
import {
  applyMigrations,
  dropAll,
  readStatus,
  repairMigrations,
  revertMigrations,
} from "../../src/migrate/run/runner.ts";
import { baselineMigrations } from "../../src/migrate/run/baseline.ts";
import { registered, type RegisteredMigration } from "../../src/migrate/migration.ts";
import { createTestDatabase, testServers } from "../servers/databases.ts";

type Given = RegisteredMigration<Transaction>;

const first: Given = {
  name: "001_people",
  up: "create table people (id integer primary key, name varchar(20)); insert into people values (1, 'a;b');",
  down: "drop table people",
};
const second: Given = {
  name: "002_ages",
  up: "alter table people add column age integer;\n-- then\nupdate people set age = 7;",
  down: "alter table people drop column age",
};
const third: Given = {
  name: "003_code",
  up: async (tx) => {
    await tx.execute(sql`insert into people (id, name, age) values (${2}, ${"two"}, ${8})`);
  },
  down: async (tx) => {
    await tx.execute(sql`delete from people where id = ${2}`);
  },
};

async function peopleOf(db: Database): Promise<unknown[]> {
  return (await db.execute(sql`select * from people order by id`)).rows;
}

for (const server of testServers()) {
  describe(server.name, () => {
    const closers: (() => Promise<void>)[] = [];
    afterAll(async () => {
      for (const close of closers) await close();
    });

    async function open(): Promise<Database> {
      const database = await createTestDatabase(server);
      const db = await connect(database.url);
      closers.push(async () => {
        await db.close();
        await database.drop();
      });
      return db;
    }

    test("touches nothing where a later version of Plinth keeps the history", async () => {
      const laters = [
        sql`update plinth_migrations set state = 'resting'`,
        sql`alter table plinth_migrations rename column place to position`,
      ];
      for (const later of laters) {
        const db = await open();
        await applyMigrations(db, registered([first]));
        await db.execute(later);
        const all = registered([first, second]);
        const refusal = {
          code: "E_CONFIG",
          message: expect.stringContaining("plinth_migrations is of a later version of Plinth"),
          hint: expect.stringContaining("Use that version"),
        };
        await expect(readStatus(db, all)).rejects.toMatchObject(refusal);
        await expect(applyMigrations(db, all)).rejects.toMatchObject(refusal);
        expect(await peopleOf(db)).toEqual([{ id: 1, name: "a;b" }]);
      }
    });

    test("applies, reverts and applies again, by SQL and by code", async () => {
      const db = await open();
      const all = registered([third, first, second]);
      expect((await readStatus(db, all)).map(({ state }) => state)).toEqual([
        "pending",
        "pending",
        "pending",
      ]);
      expect((await applyMigrations(db, all, { count: 2 })).map(({ name }) => name)).toEqual([
        "001_people",
        "002_ages",
      ]);
      expect((await applyMigrations(db, all)).map(({ name }) => name)).toEqual(["003_code"]);
      expect(await applyMigrations(db, all)).toEqual([]);
      expect(await peopleOf(db)).toEqual([
        { id: 1, name: "a;b", age: 7 },
        { id: 2, name: "two", age: 8 },
      ]);
      expect((await revertMigrations(db, all, 2)).map(({ name }) => name)).toEqual([
        "003_code",
        "002_ages",
      ]);
      expect(await peopleOf(db)).toEqual([{ id: 1, name: "a;b" }]);
      await revertMigrations(db, all, 99);
      expect(await revertMigrations(db, all, 99)).toEqual([]);
      await applyMigrations(db, all, { to: "002_ages" });
      expect((await readStatus(db, all)).map(({ state }) => state)).toEqual([
        "applied",
        "applied",
        "pending",
      ]);
    });

    test("refuses to run on a history that doesn't agree with the files", async () => {
      const db = await open();
      await applyMigrations(db, registered([first, second]));
      const edited = registered([{ ...first, up: `${String(first.up)} ` }, second, third]);
      await expect(applyMigrations(db, edited)).rejects.toMatchObject({
        code: "E_MIGRATION_EDITED",
      });
      await expect(revertMigrations(db, edited)).rejects.toMatchObject({
        code: "E_MIGRATION_EDITED",
      });
      await expect(applyMigrations(db, registered([second, third]))).rejects.toMatchObject({
        code: "E_MIGRATION_MISSING",
      });
      await repairMigrations(db, edited, { kind: "accept", name: "001_people" });
      expect(await applyMigrations(db, edited)).toHaveLength(1);
      // What is gone goes back by what the history kept; a function can't be kept.
      await expect(revertMigrations(db, registered([first]), 1)).rejects.toMatchObject({
        code: "E_MIGRATION_EDITED",
      });
      await revertMigrations(db, edited, 1);
      expect(await revertMigrations(db, registered([]), 1)).toHaveLength(1);
      expect(await peopleOf(db)).toEqual([{ id: 1, name: "a;b" }]);
    });

    test("runs what a branch brings late, or refuses it by name", async () => {
      const db = await open();
      await applyMigrations(db, registered([first, third].slice(0, 1).concat(second)));
      const late: Given = {
        name: "001_z_late",
        up: "create table late (id integer)",
        down: "drop table late",
      };
      const all = registered([first, late, second]);
      await expect(applyMigrations(db, all, { strictOrder: true })).rejects.toMatchObject({
        code: "E_MIGRATION_ORDER",
      });
      expect((await applyMigrations(db, all)).map(({ name }) => name)).toEqual(["001_z_late"]);
      expect((await revertMigrations(db, all)).map(({ name }) => name)).toEqual(["001_z_late"]);
    });

    test("undoes what failed, or tells how far it came", async () => {
      const db = await open();
      const bad: Given = {
        name: "002_bad",
        up: "create table one (id integer primary key);\ncreate table two (id integer primary key);\ninsert into nowhere values (1);\ncreate table three (id integer primary key)",
        down: "drop table three; drop table two; drop table one",
      };
      const all = registered([first, bad]);
      const failure = applyMigrations(db, all);
      await expect(failure).rejects.toMatchObject({ code: "E_MIGRATION_FAILED" });
      await expect(failure).rejects.toThrow(/"002_bad" failed at statement 3 .* line 3/);
      // What mends it stands there once.
      await expect(failure).rejects.toThrow(/^(?!.*(Run: ).*\1)/);
      const [, status] = await readStatus(db, all);
      if (db.can.transactionalDdl) {
        expect(status).toMatchObject({ state: "pending" });
        await db.execute(sql`create table one (id integer)`);
        return;
      }
      expect(status).toMatchObject({ state: "dirty", progress: { doneCount: 2, way: "up" } });
      await expect(applyMigrations(db, all)).rejects.toMatchObject({ code: "E_MIGRATION_DIRTY" });
      await expect(repairMigrations(db, all, { kind: "resume" })).rejects.toMatchObject({
        code: "E_MIGRATION_FAILED",
      });
      await db.execute(sql`create table nowhere (id integer)`);
      await repairMigrations(db, all, { kind: "resume" });
      expect(await readStatus(db, all)).toMatchObject([{ state: "applied" }, { state: "applied" }]);
      expect(await revertMigrations(db, all)).toHaveLength(1);
      await db.execute(sql`drop table nowhere`);
      await expect(applyMigrations(db, all)).rejects.toMatchObject({ code: "E_MIGRATION_FAILED" });
      // Its files may be gone by then: the history keeps the way back.
      await expect(
        repairMigrations(db, registered([first]), { kind: "resume" }),
      ).rejects.toMatchObject({
        code: "E_MIGRATION_MISSING",
        hint: expect.stringMatching(/repair --roll-back.*repair --forget 002_bad/),
      });
      await repairMigrations(db, registered([first]), { kind: "roll-back" });
      expect(await readStatus(db, all)).toMatchObject([{ state: "applied" }, { state: "pending" }]);
      await db.execute(sql`create table one (id integer)`);
    });

    test("takes a database that has its tables for migrated, and drops everything", async () => {
      const db = await open();
      await db.execute(sql`create table people (id integer primary key)`);
      await db.execute(
        sql`create table pets (id integer primary key, person_id integer references people (id))`,
      );
      await db.execute(sql`create view both_of_them as select * from people`);
      const all = registered([first, second]);
      expect((await baselineMigrations(db, all, "001_people")).names).toEqual(["001_people"]);
      expect((await readStatus(db, all)).map(({ state }) => state)).toEqual(["applied", "pending"]);
      await dropAll(db);
      expect(await applyMigrations(db, all)).toHaveLength(2);
    });

    test("lets eight processes in at once, and each migration run once", async () => {
      if (server.name === "sqlite memory") return;
      const database = await createTestDatabase(server);
      const many = await Promise.all(Array.from({ length: 8 }, () => connect(database.url)));
      const all = registered([first, second, third]);
      const runs = await Promise.all(many.map((db) => applyMigrations(db, all)));
      expect(
        runs
          .flat()
          .map(({ name }) => name)
          .toSorted(),
      ).toEqual(["001_people", "002_ages", "003_code"]);
      expect(await peopleOf(many[0]!)).toHaveLength(2);
      for (const db of many) await db.close();
      await database.drop();
    });
  });
}
