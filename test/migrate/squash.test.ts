// A list of migrations that a program brings with it, of which one stands for several.
import { connect, sql, type Transaction } from "plinth";
import { describe, expect, test } from "vitest";
import { registered, type RegisteredMigration } from "../../src/migrate/migration.ts";
import {
  applyMigrations,
  readPending,
  readStatus,
  repairMigrations,
  revertMigrations,
} from "../../src/migrate/run/runner.ts";
import { writeMarks } from "../../src/migrate/squash/marks.ts";
import { createTestDatabase, testServers } from "../servers/databases.ts";

type Given = RegisteredMigration<Transaction>;

const OLD: readonly Given[] = [
  {
    name: "001_users",
    up: "create table users (id integer primary key)",
    down: "drop table users",
  },
  { name: "002_pets", up: "create table pets (id integer primary key)", down: "drop table pets" },
  { name: "003_toys", up: "create table toys (id integer primary key)", down: "drop table toys" },
];
const [FIRST, SECOND, THIRD] = registered(OLD);
const MARKS = writeMarks(
  [FIRST!, SECOND!].map(({ name, up }) => ({ name, checksum: up.checksum })),
);
const NEW: readonly Given[] = [
  {
    name: "001_squashed",
    up: `${MARKS}create table users (id integer primary key);\ncreate table pets (id integer primary key);`,
    down: "drop table pets; drop table users",
  },
  OLD[2]!,
  { name: "004_food", up: "create table food (id integer primary key)", down: "drop table food" },
];

describe.each(testServers().filter(({ name }) => name !== "sqlite memory"))(
  "on $name",
  (server) => {
    test("eight at once take what is applied for applied, and run only what is new", async () => {
      const database = await createTestDatabase(server);
      const first = await connect(database.url);
      await applyMigrations(first, registered(OLD));
      const all = await Promise.all(
        Array.from({ length: 8 }, async () => {
          const db = await connect(database.url);
          const runs = await applyMigrations(db, registered(NEW));
          await db.close();
          return runs.map(({ name }) => name);
        }),
      );
      expect(all.flat()).toEqual(["004_food"]);
      const { rows } = await first.execute<{ name: string }>(
        sql`select name from plinth_migrations order by place`,
      );
      expect(rows.map(({ name }) => name)).toEqual(["001_squashed", "003_toys", "004_food"]);

      // What came behind goes first, and the squashed one last.
      const runs = await revertMigrations(first, registered(NEW), 3);
      expect(runs.map(({ name }) => name)).toEqual(["004_food", "003_toys", "001_squashed"]);
      await first.close();
      await database.drop();
    });

    test("looking changes nothing, and a part of them is told by its own word", async () => {
      const database = await createTestDatabase(server);
      const db = await connect(database.url);
      await applyMigrations(db, registered(OLD));
      const states = async (): Promise<unknown> =>
        (await readStatus(db, registered(NEW))).map(({ name, state }) => [name, state]);
      expect(await states()).toEqual([
        ["001_squashed", "applied"],
        ["003_toys", "applied"],
        ["004_food", "pending"],
      ]);
      expect((await readPending(db, registered(NEW))).map(({ name }) => name)).toEqual([
        "004_food",
      ]);
      const { rows } = await db.execute(sql`select name from plinth_migrations`);
      expect(rows).toHaveLength(3);

      await revertMigrations(db, [FIRST!, SECOND!, THIRD!], 2);
      expect(await states()).toEqual([
        ["001_squashed", "partial"],
        ["003_toys", "pending"],
        ["004_food", "pending"],
      ]);
      for (const refused of [
        () => applyMigrations(db, registered(NEW)),
        () => readPending(db, registered(NEW)),
        () => revertMigrations(db, registered(NEW)),
      ])
        await expect(refused()).rejects.toMatchObject({
          code: "E_MIGRATION_MISSING",
          hint: expect.stringContaining("repair --mark-applied 001_squashed") as string,
        });

      await db.execute(sql.raw("create table pets (id integer primary key)") as never);
      await repairMigrations(db, registered(NEW), { kind: "mark-applied", name: "001_squashed" });
      expect((await applyMigrations(db, registered(NEW))).map(({ name }) => name)).toEqual([
        "003_toys",
        "004_food",
      ]);
      await db.close();
      await database.drop();
    });

    test("an empty database gets the one, and goes back", async () => {
      const database = await createTestDatabase(server);
      const db = await connect(database.url);
      expect(await applyMigrations(db, registered(NEW))).toHaveLength(3);
      expect(await revertMigrations(db, registered(NEW), 3)).toHaveLength(3);
      await db.close();
      await database.drop();
    });
  },
);
