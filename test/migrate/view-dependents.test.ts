// A view that changes is dropped and made anew, and what hangs on it stays.
import { connect, type Transaction } from "plinth";
import { expect, test } from "vitest";
import { Session } from "../../src/connect/session.ts";
import { registered, type RegisteredMigration } from "../../src/migrate/migration.ts";
import { applyMigrations, revertMigrations } from "../../src/migrate/run/runner.ts";
import { script } from "../inspect/kit.ts";
import { createTestDatabase, testServers } from "../servers/databases.ts";

type Given = RegisteredMigration<Transaction>;

const TABLE = `create table people (id integer primary key, name text);
  create view named as select id, name from people where name is not null;`;

const BY_HAND: Readonly<Record<string, string>> = {
  sqlite: `create trigger add_named instead of insert on named
    begin insert into people (id, name) values (new.id, upper(new.name)); end;`,
  postgres: `create function add_named() returns trigger language plpgsql as
      $$ begin insert into people (id, name) values (new.id, upper(new.name)); return new; end $$;
    create trigger add_named instead of insert on named for each row execute function add_named();
    create rule forget as on delete to named do instead delete from people where id = old.id;
    alter view named set (security_barrier = true);
    grant select on named to public;`,
};

const CHANGE: Omit<Given, "name"> = {
  up: "drop view named; create view named as select id, name, 1 as one from people;",
  down: "drop view named; create view named as select id, name from people where name is not null;",
};

for (const server of testServers().filter(({ name }) => name !== "mariadb")) {
  const product = server.name.split(" ")[0]!;

  test(`triggers of a view stay on ${server.name}, there and back`, async () => {
    const database = await createTestDatabase(server);
    await using db = await connect(database.url);
    await script(db, TABLE);
    await script(db, BY_HAND[product]!);
    const all = registered<Transaction>([{ name: "001_change", ...CHANGE } as Given]);
    const read = async (text: string): Promise<unknown[]> => {
      const session = await Session.open(db["~engine"]);
      try {
        return (await session.askRaw(text)).map((row) => ({ ...row }));
      } finally {
        session.release();
      }
    };
    let id = 0;
    const look = async (): Promise<void> => {
      await script(db, `insert into named (id, name) values (${++id}, 'ada')`);
      expect(await read(`select name from people where id = ${id}`)).toEqual([{ name: "ADA" }]);
      if (product !== "postgres") return;
      await script(db, `delete from named where id = ${id}`);
      expect(await read("select count(*)::int as n from people")).toEqual([{ n: 0 }]);
      expect(
        await read(
          "select reloptions::text as options, relacl::text like '%=r/%' as granted from pg_class where relname = 'named'",
        ),
      ).toEqual([{ options: "{security_barrier=true}", granted: true }]);
    };
    await look();
    await applyMigrations(db, all);
    await look();
    await revertMigrations(db, all);
    await look();
    await applyMigrations(db, [
      ...all,
      ...registered<Transaction>([
        {
          name: "002_gone",
          up: `drop trigger add_named ${product === "postgres" ? "on named" : ""};
            drop view named; create view named as select 1 as id, 'a' as name;`,
        },
      ]),
    ]);
    await expect(script(db, "insert into named (id, name) values (9, 'x')")).rejects.toThrow();
    await db.close();
    await database.drop();
  });
}
