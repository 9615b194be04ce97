import {
  connect,
  createTables,
  defineSchema,
  integer,
  sql,
  table,
  varchar,
  type Database,
} from "plinth";
import { describe, expect, test } from "vitest";
import { createTestDatabase, testServers } from "../servers/databases.ts";
import { failureOf, report } from "./behind-proxy.ts";

const notes = table("note", {
  id: integer().primaryKey(),
  text: varchar({ length: 2_000 }).notNull(),
});
const schema = defineSchema({ notes });

interface Fullness {
  /** Leaves little room. */
  fill(db: Database): Promise<void>;
  makeRoom(db: Database): Promise<void>;
}

const run = async (db: Database, text: string): Promise<void> => {
  await db.execute(sql.raw(text));
};

/** Without a disk of its own each database is made to say what it says when its disk is full. */
const fullnesses: Readonly<Record<"mariadb" | "postgres" | "sqlite", Fullness>> = {
  // No file grows beyond these pages.
  sqlite: {
    fill: (db) => run(db, "pragma max_page_count = 40"),
    makeRoom: (db) => run(db, "pragma max_page_count = 100000"),
  },
  // PostgreSQL has no such limit; the condition itself can be raised, and goes the way of a real one.
  postgres: {
    fill: async (db) => {
      await run(
        db,
        `create function refuse() returns trigger language plpgsql as $$ begin
           if (select sum(length(text)) from note) > 100000 then
             raise exception 'could not extend file' using errcode = '53100';
           end if;
           return new;
         end $$`,
      );
      await run(
        db,
        "create trigger disk before insert on note for each row execute function refuse()",
      );
    },
    makeRoom: (db) => run(db, "drop trigger disk on note"),
  },
  // The server's own error 1114, of a table in memory; it has no transactions, so that only whole statements are undone.
  mariadb: {
    fill: (db) => run(db, "alter table note engine = memory, max_rows = 100"),
    makeRoom: (db) => run(db, "alter table note engine = innodb"),
  },
};

describe.each(testServers())("a full disk under $name", (server) => {
  const product = server.name.startsWith("postgres")
    ? "postgres"
    : server.name === "mariadb"
      ? "mariadb"
      : "sqlite";
  const { fill, makeRoom } = fullnesses[product];

  test("is told by its own code, reads go on, nothing is there by half, and writes go on once there is room", async () => {
    const database = await createTestDatabase(server);
    const db = await connect(database.url);
    await createTables(db, schema);
    await fill(db);
    const text = "x".repeat(2_000);
    let written = 0;
    let error: unknown;
    while (error === undefined && written < 5_000) {
      const id = written + 1;
      error = await db
        .insert(notes)
        .values({ id, text })
        .then(
          () => undefined,
          (failure: unknown) => failure,
        );
      if (error === undefined) written++;
    }
    expect(error).toMatchObject({ code: "E_DATABASE_FULL" });
    expect((error as Error).message).not.toContain("xxx");
    expect(await db.from(notes).count()).toBe(written);

    const many = Array.from({ length: 200 }, (_, at) => ({ id: 10_000 + at, text }));
    const failed = await failureOf(
      db.transaction(async (tx) => {
        await tx.insert(notes).values(many);
      }),
    );
    expect(failed).toMatchObject({ code: "E_DATABASE_FULL" });
    if (product !== "mariadb") expect(await db.from(notes).count()).toBe(written);
    expect(db.stats()).toMatchObject({ leased: 0, waiting: 0 });

    await makeRoom(db);
    await db.transaction(async (tx) => {
      await tx.insert(notes).values({ id: 20_000, text });
    });
    expect(await db.from(notes).find(20_000)).toEqual({ id: 20_000, text });
    if (product === "sqlite") {
      const { rows } = await db.execute(sql`pragma integrity_check`);
      expect(rows).toEqual([{ integrity_check: "ok" }]);
    }
    report(`${server.name}: full after ${written} rows`);
    await db.close();
    await database.drop();
  });
});
