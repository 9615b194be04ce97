// A right that the user lacks is told with the name of what it is about.
import { connect, integer, table } from "plinth";
import { expect, test } from "vitest";
import { script } from "../inspect/kit.ts";
import { createTestDatabase, testServers } from "../servers/databases.ts";

const secrets = table("Secret rows", { id: integer().primaryKey() });

for (const server of testServers().filter(({ name }) => !name.startsWith("sqlite"))) {
  test(`names the table that may not be read on ${server.name}`, async () => {
    const isPostgres = server.name.startsWith("postgres");
    const database = await createTestDatabase(server);
    const url = new URL(database.url);
    const role = `few_${url.pathname.slice(1)}`.slice(0, 30);
    await using own = await connect(database.url);
    const name = isPostgres ? '"Secret rows"' : "`Secret rows`";
    await script(own, `create table ${name} (id int primary key)`);
    await script(
      own,
      isPostgres
        ? `create role ${role} login password 'few'`
        : `create table open_to_all (id int); create user ${role}@'%' identified by 'few';
           grant select on open_to_all to ${role}@'%'`,
    );
    url.username = role;
    url.password = "few";
    const db = await connect(url.href);
    try {
      await expect(db.from(secrets)).rejects.toMatchObject({
        code: "E_PERMISSION",
        message: expect.stringMatching(
          /^The user (?:of the URL )?may not do this \(table (?:\w+\.)?Secret rows\)\. Grant/,
        ),
      });
    } finally {
      await db.close();
      await script(own, isPostgres ? `drop role ${role}` : `drop user ${role}@'%'`);
      await own.close();
      await database.drop();
    }
  });
}
