import {
  array,
  arrayContains,
  createTables,
  defineSchema,
  index,
  integer,
  operatorClass,
  sql,
  table,
  text,
} from "plinth";
import { expect, test } from "vitest";
import { connected, postgresServers } from "./connected.ts";

const notes = table(
  "notes",
  { id: integer().primaryKey(), tags: array(text()).notNull(), body: text(), size: integer() },
  (t) => [
    index("gin").on(t.tags).using("gin"),
    index("hash")
      .on(t.body)
      .using("hash")
      .where(sql<boolean>`${t.size} > 1`),
    index("brin").on(t.id, t.size).using("brin"),
    index("class").on(operatorClass(t.body, "text_pattern_ops"), t.size).include(t.id),
  ],
);

test.each(postgresServers())("indexes are made by their methods, on $name", async (server) => {
  await using own = await connected(server);
  const { db } = own;
  await createTables(db, defineSchema({ notes }));
  const rows = await own.aside(
    "select indexdef from pg_indexes where tablename = 'notes' order by 1",
  );
  expect(rows.map((row) => String(row["indexdef"]).replace(/^.* USING /, ""))).toEqual([
    "brin (id, size)",
    "btree (body text_pattern_ops NULLS FIRST, size NULLS FIRST) INCLUDE (id)",
    "gin (tags)",
    "hash (body) WHERE (size > 1)",
    "btree (id)",
  ]);

  await own.aside(
    "insert into notes select n, array['t' || n, 'all'], 'body' from generate_series(1, 5000) as n",
  );
  await own.aside("vacuum analyze notes");
  const { text: select } = db
    .from(notes)
    .where(arrayContains(notes.tags, ["t7"]))
    .toSql();
  const plan = await own.aside(`explain ${select.replace("$1", `'{"t7"}'`)}`);
  expect(JSON.stringify(plan)).toContain("Bitmap Index Scan on gin");
});
