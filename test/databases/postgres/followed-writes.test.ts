// Writes that somebody follows are done in a transaction that is begun for them, and run again where another is in the way.
import { eq, integer, json, table } from "plinth";
import { describe, expect, test } from "vitest";
import { followWrites } from "../../../src/query/follow/followers.ts";
import { connected, postgresServers } from "./connected.ts";

const notes = table("notes", { id: integer().primaryKey(), body: json<{ n: number }>() });

describe.each(postgresServers())("followed writes on $name", (server) => {
  test("a followed write that is run again writes what it was given", async () => {
    await using own = await connected(server);
    const { db, aside } = own;
    await aside(`
      create table notes (id integer primary key, body jsonb);
      create sequence turns;
      create function fail_first() returns trigger language plpgsql as $$ begin
        if nextval('turns') % 2 = 1 then
          raise exception 'another one was first' using errcode = 'serialization_failure';
        end if;
        return new;
      end $$;
      create trigger fail_first after insert or update on notes
        for each row execute function fail_first()`);
    const told: string[] = [];
    followWrites(db, {
      needsTransaction: true,
      beforeCommit: async (_, items) => void told.push(...items.map((item) => item.table)),
      tell: async () => {},
    });
    await db.insert(notes).values({ id: 1, body: { n: 1 } });
    await db
      .update(notes)
      .set({ body: { n: 2 } })
      .where(eq(notes.id, 1));
    const returned = await db
      .insert(notes)
      .values({ id: 2, body: { n: 3 } })
      .returning();
    expect(returned).toEqual([{ id: 2, body: { n: 3 } }]);
    expect(await db.from(notes).orderBy(notes.id)).toEqual([
      { id: 1, body: { n: 2 } },
      { id: 2, body: { n: 3 } },
    ]);
    expect(await aside("select last_value::int as turns from turns")).toEqual([{ turns: 6 }]);
    expect(told).toEqual(["notes", "notes", "notes"]);
  });
});
