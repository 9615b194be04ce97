// A live database that others changed, and the migration that makes it again what its schema says.
import {
  databaseSchema,
  defineSchema,
  enumType,
  integer,
  table,
  text,
  varchar,
  check,
  sql,
  index,
  view,
} from "plinth";
import { describe, expect, test } from "vitest";
import { findDrift } from "../../src/migrate/drift/find-drift.ts";
import { registered } from "../../src/migrate/migration.ts";
import { renderPlan, writeSqlFile } from "../../src/migrate/render.ts";
import { applyMigrations } from "../../src/migrate/run/runner.ts";
import { testServers } from "../servers/databases.ts";
import { everything } from "./everything.ts";
import { createTables, dialectOf, onDatabase, script } from "./kit.ts";

const colour = enumType("colour", ["red", "green"]);
const owners = table("owners", { id: integer().primaryKey(), name: text().notNull() });
const things = table(
  "things",
  {
    id: integer().primaryKey().autoIncrement(),
    name: varchar({ length: 40 }).notNull().default("it's"),
    ownerId: integer().references(() => owners.id, { onDelete: "cascade" }),
    colour: colour().notNull().default("red"),
    note: text(),
  },
  (t) => [check("named", sql`${t.name} <> 'x'`), index("by_name").on(t.name)],
);
const schema = defineSchema({ owners, things });

/** What somebody did by hand, on every database. */
const CHANGES = [
  "drop index by_name",
  "create index by_hand on things (owner_id, name)",
  "alter table things add column extra integer",
  "alter table things drop column note",
  "create table theirs (id integer)",
];

test.for(testServers().filter(({ name }) => name.startsWith("sqlite")))(
  "on $name a view stays the same when a table that it reads was made anew",
  async (server) => {
    const query = sql`select id, 'an "id"' as said from owners`;
    const said = view("said", { id: integer(), said: text() }).as(query);
    const declared = defineSchema({ owners, said });
    await onDatabase(server, async (db) => {
      await createTables(db, declared);
      // As a migration does at its end, so that views that read what is gone are found.
      await script(db, 'alter table owners rename column "id" to "id"');

      const drift = await onDatabase(server, (scratch) => findDrift(db, scratch, declared));
      expect(drift.differences).toEqual([]);

      await script(
        db,
        `drop view said; create view said as select id, 'an id' as said from owners`,
      );
      const other = await onDatabase(server, (scratch) => findDrift(db, scratch, declared));
      expect(other.differences).toMatchObject([{ kind: "different" }]);
    });
  },
);

describe.each(testServers())("on $name", (server) => {
  test("a foreign key to a table that the schema doesn't have is told, and left alone", async () => {
    await onDatabase(server, async (db) => {
      await createTables(db, schema);
      const some = defineSchema({
        things: table(
          "things",
          {
            id: integer().primaryKey().autoIncrement(),
            name: varchar({ length: 40 }).notNull().default("it's"),
            ownerId: integer(),
            colour: colour().notNull().default("red"),
            note: text(),
          },
          (t) => [check("named", sql`${t.name} <> 'x'`), index("by_name").on(t.name)],
        ),
      });

      const drift = await onDatabase(server, (scratch) => findDrift(db, scratch, some));
      expect(drift.differences).toEqual([]);
      expect(drift.mend().steps).toEqual([]);
      expect(drift.undeclared).toEqual([{ name: "owners" }]);
      expect(drift.others).toEqual([
        {
          kind: "foreign key",
          name: "things_owner_id_fkey",
          table: "things",
          detail: "to owners",
        },
      ]);
    });
  });

  test("a database as it was made has no drift", async () => {
    await onDatabase(server, async (db) => {
      await createTables(db, everything);

      const drift = await onDatabase(server, (scratch) => findDrift(db, scratch, everything));
      expect(drift.mend().steps).toEqual([]);
      expect(drift.undeclared).toEqual([]);
      expect(drift.others).toEqual([]);
    });
  });

  test("the plan makes of a changed database what its schema says, and leaves other tables alone", async () => {
    await onDatabase(server, async (db) => {
      await createTables(db, schema);
      await db.insert(owners).values({ id: 1, name: "Ada" });
      await db.insert(things).values({ ownerId: 1, note: "gone" });
      const isMysql = dialectOf(db).migrations.families.includes("mysql");
      for (const change of CHANGES)
        await script(
          db,
          change.startsWith("drop index") && isMysql ? `${change} on things` : change,
        );

      const find = () => onDatabase(server, (scratch) => findDrift(db, scratch, schema));
      const drift = await find();
      expect(drift.undeclared).toEqual([{ name: "theirs" }]);
      const kinds = new Set(drift.mend().steps.map(({ change }) => change.kind));
      expect([...kinds]).toEqual(expect.arrayContaining(["createIndex"]));

      const up = writeSqlFile(renderPlan(drift.mend(), dialectOf(db)));
      await applyMigrations(db, registered([{ name: "001_mend", up }]));
      expect((await find()).mend().steps).toEqual([]);
      expect(await db.from(things)).toEqual([
        { id: 1, name: "it's", ownerId: 1, colour: "red", note: null },
      ]);
    });
  });

  test("tables in schemas are compared, and only the scratch database is written to", async () => {
    await onDatabase(server, async (db) => {
      if (!db.can.schemas) return;
      await onDatabase(server, async (other) => {
        const [{ name } = { name: "" }] = (
          await other.execute<{ name: string }>(
            sql`select ${sql.raw(db.can.schemasAreDatabases ? "database()" : "'side'")} as name`,
          )
        ).rows;
        const side = databaseSchema(name);
        const place = side.table("places", {
          id: integer().primaryKey(),
          town: varchar({ length: 9 }).notNull(),
        });
        const both = defineSchema({ owners, place });
        await createTables(db, both);
        await db.insert(place).values({ id: 1, town: "Bern" });

        const find = () => onDatabase(server, (scratch) => findDrift(db, scratch, both));
        expect((await find()).mend().steps).toEqual([]);
        expect(await db.from(place).count()).toBe(1);
      });
    });
  });
});
