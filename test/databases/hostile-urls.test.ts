import { connect, sql } from "plinth";
import { expect, test } from "vitest";
import { createTestDatabase, testServers } from "../servers/databases.ts";

/** Text that ends a quote, a name, a statement or a part of a URL somewhere. */
const HOSTILE = `a"b'c\`d;--/*e ?f=g&h#i%25@j:k\\é`;

for (const server of testServers().filter(({ url }) => url !== undefined)) {
  test(`hostile names in a URL name a database of ${server.name}, and nothing else`, async () => {
    const database = await createTestDatabase(server);
    const url = new URL(database.url);
    // A name of its own, as servers are shared; they hold 63 bytes or more.
    const name = `${HOSTILE}${url.pathname.slice(-12)}`;
    url.pathname = `/${encodeURIComponent(name)}`;
    await expect(connect(url.href)).rejects.toMatchObject({ code: "E_MISSING_DATABASE" });
    const made = await connect(url.href, { createDatabase: true });
    try {
      const isPostgres = made.server.product === "postgres";
      const question = isPostgres
        ? sql<{ name: string }>`select current_database() as name`
        : sql<{ name: string }>`select database() as name`;
      expect((await made.execute(question)).rows).toEqual([{ name }]);
      const other = await connect(database.url);
      const quoted = isPostgres
        ? `"${name.replaceAll('"', '""')}"`
        : `\`${name.replaceAll("`", "``")}\``;
      await made.close();
      await other.execute(sql.raw(`drop database ${quoted}`) as never);
      await other.close();
    } finally {
      await made.close();
      await database.drop();
    }
  });

  test(`a hostile user and password of a URL stay what they are on ${server.name}`, async () => {
    const database = await createTestDatabase(server);
    const db = await connect(database.url);
    const isPostgres = db.server.product === "postgres";
    const name = `u"'\`;--${database.url.slice(-8)}`;
    const literal = (text: string): string =>
      `'${text.replaceAll("'", "''").replaceAll("\\", isPostgres ? "\\" : "\\\\")}'`;
    const user = isPostgres ? `"${name.replaceAll('"', '""')}"` : `${literal(name)}@'127.0.0.1'`;
    await db.execute(
      sql.raw(
        isPostgres
          ? `create role ${user} login password ${literal(HOSTILE)}`
          : `create user ${user} identified by ${literal(HOSTILE)}`,
      ) as never,
    );
    const schema = new URL(database.url).pathname.slice(1);
    if (!isPostgres)
      await db.execute(sql.raw(`grant select on \`${schema}\`.* to ${user}`) as never);
    try {
      const url = new URL(database.url);
      url.username = encodeURIComponent(name);
      url.password = encodeURIComponent(HOSTILE);
      const own = await connect(url.href);
      const { rows } = await own.execute(sql`select current_user as who`);
      expect(String(rows[0]?.["who" as never])).toContain(name);
      await own.close();
    } finally {
      await db.execute(sql.raw(isPostgres ? `drop role ${user}` : `drop user ${user}`) as never);
      await db.close();
      await database.drop();
    }
  });
}

test("a hostile path of a URL names a file of SQLite, and nothing else", async () => {
  const database = await createTestDatabase({ name: "sqlite file", url: undefined });
  const name = HOSTILE.replaceAll("/", "_");
  const db = await connect(database.url.replace("test.db", encodeURIComponent(name)));
  const { rows } = await db.execute<{ file: string }>(sql`select file from pragma_database_list`);
  expect(rows[0]?.file.endsWith(`/${name}`)).toBe(true);
  await db.close();
  await database.drop();
});
