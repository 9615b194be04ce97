import { comment, createTables, defineSchema, integer, sql, table, text } from "plinth";
import { expect, test } from "vitest";
import { connected, postgresServers } from "./connected.ts";

const HOSTILE = `it's "quoted" \\ back \\' -- ; /* 😀 語 */ $1 \n end\\`;

test.each(postgresServers())(
  "comments are read back as they were declared, on $name",
  async (server) => {
    await using own = await connected(server);
    const notes = table(
      `no"te's`,
      { id: integer().primaryKey(), body: text(`bo"dy`).comment(HOSTILE) },
      () => [comment(HOSTILE.repeat(60))],
    );
    await createTables(own.db, defineSchema({ notes }));
    const { rows } = await own.db.execute(
      sql`select objsubid as place, description from pg_description
      where objoid = 'no"te''s'::text::regclass order by objsubid`,
    );
    expect(rows).toEqual([
      { place: 0, description: HOSTILE.repeat(60) },
      { place: 2, description: HOSTILE },
    ]);
  },
);
