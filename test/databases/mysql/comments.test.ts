import { comment, createTables, defineSchema, integer, sql, table, text } from "plinth";
import { expect, test } from "vitest";
import { connected, mariadbServers } from "./connected.ts";

const HOSTILE = `it's "quoted" \\ back \\' -- ; /* 語 */ ? \n end\\`;

for (const server of mariadbServers) {
  test("comments are read back as they were declared", async () => {
    await using own = await connected(server);
    const notes = table(
      "notes",
      { id: integer().primaryKey(), body: text().comment(HOSTILE) },
      () => [comment(HOSTILE)],
    );
    await createTables(own.db, defineSchema({ notes }));
    const { rows } = await own.db.execute(
      sql`select table_comment as told from information_schema.tables where table_schema = database()
        union all select column_comment from information_schema.columns
        where table_schema = database() and column_name = 'body'`,
    );
    expect(rows).toEqual([{ told: HOSTILE }, { told: HOSTILE }]);
  });

  test("comments that the server would cut or change are refused before anything is sent", async () => {
    await using own = await connected(server);
    const columns = { id: integer().primaryKey() };
    for (const table_ of [
      table("refused", { id: integer().primaryKey().comment("x".repeat(1025)) }),
      table("refused", { id: integer().primaryKey().comment("😀") }),
      table("refused", columns, () => [comment("x".repeat(2049))]),
      table("refused", columns, () => [comment("a 😀 table")]),
    ]) {
      await expect(createTables(own.db, defineSchema({ table_ }))).rejects.toMatchObject({
        code: "E_UNSUPPORTED",
      });
    }
    const longest = table(
      "longest",
      { id: integer().primaryKey().comment("語".repeat(1024)) },
      () => [comment("語".repeat(2048))],
    );
    await createTables(own.db, defineSchema({ longest }));
  });
}
