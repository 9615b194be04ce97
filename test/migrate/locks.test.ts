import { setTimeout as sleep } from "node:timers/promises";
import { connect, sql, type Database } from "plinth";
import { expect, test } from "vitest";
import { registered } from "../../src/migrate/migration.ts";
import {
  applyMigrations,
  readStatus,
  repairMigrations,
  revertMigrations,
} from "../../src/migrate/run/runner.ts";
import { createTestDatabase, testServers } from "../servers/databases.ts";

const servers = testServers().filter(({ url }) => url !== undefined);
const postgres = servers.filter(({ name }) => name.startsWith("postgres"));

const create = {
  name: "001_people",
  up: "create table people (id integer primary key, name varchar(20)); insert into people values (1, 'a'), (2, 'a');",
};
const alter = {
  name: "002_ages",
  up: "insert into people values (3, 'c'); alter table people add column age integer; update people set age = 7;",
};

for (const server of servers) {
  test(`steps back from a locked table on ${server.name}, and goes on when it is free`, async () => {
    const database = await createTestDatabase(server);
    const db = await connect(database.url);
    await applyMigrations(db, registered([create]));
    const other = await connect(database.url);
    let isFree = false;
    const isHeld = Promise.withResolvers<void>();
    const holding = other.transaction(async (tx) => {
      await tx.execute(sql`select * from people`);
      isHeld.resolve();
      // Longer than a statement waits: a first attempt must fail, and none may keep others out for good.
      await sleep(2_000);
      isFree = true;
    });
    await isHeld.promise;
    const all = registered([create, alter]);
    await applyMigrations(db, all, { tableLockTimeoutMs: 300 });
    expect(isFree).toBe(true);
    await holding;
    const { rows } = await db.execute(sql`select id, age from people order by id`);
    expect(rows).toEqual([1, 2, 3].map((id) => ({ id, age: 7 })));
    expect((await readStatus(db, all)).map(({ state }) => state)).toEqual(["applied", "applied"]);
    await other.close();
    await db.close();
    await database.drop();
  });
}

for (const server of servers) {
  test(`takes what another process is in the midst of for no broken off one on ${server.name}`, async () => {
    const database = await createTestDatabase(server);
    const [db, ...others] = await Promise.all([1, 2, 3].map(() => connect(database.url)));
    const pause = server.name.startsWith("postgres") ? "pg_sleep(1)" : "sleep(1)";
    const slow = {
      name: "002_more",
      up: `-- plinth: no-transaction\ncreate table more (id integer primary key);\nselect ${pause};\ninsert into people values (3, 'c');`,
      down: "-- plinth: no-transaction\ndrop table more;\ndelete from people where id = 3;",
    };
    const all = registered([create, slow]);
    const begin = async (): Promise<{ readonly running: Promise<unknown[]> }> => {
      const running = applyMigrations(db!, all);
      await expect
        .poll(async () => (await readStatus(db!, all)).at(-1)?.state, { interval: 20 })
        .toBe("dirty");
      return { running };
    };

    const { running } = await begin();
    const kinds = ["resume", "roll-back"] as const;
    const repairs = kinds.map((kind, at) => repairMigrations(others[at]!, all, { kind }));
    for (const repair of await Promise.allSettled(repairs))
      expect(repair).toMatchObject({ reason: { code: "E_MIGRATION_INVALID" } });
    expect(await running).toHaveLength(2);
    expect((await readStatus(db!, all)).map(({ state }) => state)).toEqual(["applied", "applied"]);
    const { rows } = await db!.execute(sql`select id from people order by id`);
    expect(rows).toEqual([{ id: 1 }, { id: 2 }, { id: 3 }]);

    await revertMigrations(db!, all);
    const { running: again } = await begin();
    expect(await revertMigrations(others[0]!, all)).toMatchObject([{ name: "002_more" }]);
    expect(await again).toHaveLength(1);
    expect((await readStatus(db!, all)).at(-1)).toMatchObject({ state: "pending" });

    for (const each of [db!, ...others]) await each.close();
    await database.drop();
  });
}

for (const server of postgres) {
  test(`builds an index of ${server.name} while others write, broken off and resumed`, async () => {
    const database = await createTestDatabase(server);
    const db = await connect(database.url);
    await applyMigrations(db, registered([create]));
    const index = {
      name: "002_index",
      up: `-- plinth: no-transaction
alter table people add column age integer;
drop index concurrently if exists people_name_key;
create unique index concurrently people_name_key on people (name);
create index concurrently people_age on people (age);`,
      down: "drop index people_age; drop index people_name_key; alter table people drop column age;",
    };
    const all = registered([create, index]);
    await expect(applyMigrations(db, all)).rejects.toMatchObject({
      code: "E_MIGRATION_FAILED",
      message: expect.stringMatching(/statement 3 of its SQL for up, line 4/),
    });
    const [, status] = await readStatus(db, all);
    expect(status).toMatchObject({ state: "dirty", progress: { doneCount: 2, way: "up" } });
    await expect(applyMigrations(db, all)).rejects.toMatchObject({ code: "E_MIGRATION_DIRTY" });
    // The index that failed is there and useless, so it is never taken for done.
    await expect(repairMigrations(db, all, { kind: "resume" })).rejects.toMatchObject({
      code: "E_MIGRATION_FAILED",
    });
    await db.execute(sql`update people set name = 'b' where id = 2`);
    await db.execute(sql`drop index people_name_key`);
    await repairMigrations(db, all, { kind: "resume" });
    expect((await readStatus(db, all)).map(({ state }) => state)).toEqual(["applied", "applied"]);
    const { rows } = await db.execute(
      sql`select indexrelid::regclass::text as name from pg_index where indrelid = 'people'::regclass and indisvalid order by 1`,
    );
    expect(rows).toEqual([
      { name: "people_age" },
      { name: "people_name_key" },
      { name: "people_pkey" },
    ]);
    await db.close();
    await database.drop();
  });

  test(`keeps the history in the schema that the URL names on ${server.name}`, async () => {
    const database = await createTestDatabase(server);
    const plain = await connect(database.url);
    await plain.execute(sql`create schema app`);
    const db = await connect(`${database.url}?options=-c%20search_path%3Dapp`);
    await applyMigrations(db, registered([create]));
    const { rows } = await plain.execute(
      sql`select schemaname as s, tablename as t from pg_tables where schemaname in ('app', 'public') order by 2`,
    );
    expect(rows).toEqual([
      { s: "app", t: "people" },
      { s: "app", t: "plinth_migrations" },
    ]);
    expect(await readStatus(db, registered([create]))).toMatchObject([{ state: "applied" }]);
    expect(await readStatus(plain, registered([create]))).toMatchObject([{ state: "pending" }]);
    await plain.close();
    await db.close();
    await database.drop();
  });
}

for (const server of testServers().filter(({ name }) => name !== "sqlite memory")) {
  test(`finds the history on ${server.name} however names are spelt`, async () => {
    const database = await createTestDatabase(server);
    const all = registered([create]);
    const states = async (db: Database): Promise<unknown> =>
      (await readStatus(db, all)).map(({ state }) => state);
    const spelt = await connect(database.url, {
      naming: { tables: "PascalCase", columns: (key) => `c_${key}` },
    });
    await applyMigrations(spelt, all);
    expect(await states(spelt)).toEqual(["applied"]);
    await spelt.close();
    const db = await connect(database.url);
    expect(await states(db)).toEqual(["applied"]);
    await db.close();
    await database.drop();
  });
}
