// MariaDB and MySQL say a whole column anew to change it, and what no declaration tells of it stays, or is asked for.
import { connect, type Transaction } from "plinth";
import { expect, test } from "vitest";
import { Session } from "../../src/connect/session.ts";
import { registered } from "../../src/migrate/migration.ts";
import { applyMigrations, revertMigrations } from "../../src/migrate/run/runner.ts";
import { script } from "../inspect/kit.ts";
import { createTestDatabase, testServers } from "../servers/databases.ts";

for (const server of testServers().filter(({ name }) => name === "mariadb")) {
  test("a column doesn't lose `on update current_timestamp` on MariaDB", async () => {
    const database = await createTestDatabase(server);
    await using db = await connect(database.url);
    await script(
      db,
      "create table users (id int primary key, seen timestamp not null default current_timestamp on update current_timestamp)",
    );
    const extra = async (): Promise<string> => {
      const session = await Session.open(db["~engine"]);
      try {
        const [row] = await session.askRaw(
          "select extra from information_schema.columns where table_schema = database() and column_name = 'seen'",
        );
        return String(row!["extra"]);
      } finally {
        session.release();
      }
    };
    const change = (type: string, more = ""): string =>
      `alter table users modify column seen ${type} not null default current_timestamp(${/\d/.exec(type)?.[0] ?? ""}) ${more};`;
    const all = (up: string, down: string): ReturnType<typeof registered<Transaction>> =>
      registered<Transaction>([{ name: "001_next", up, down }]);
    const run = (up: string, down: string): Promise<unknown> => applyMigrations(db, all(up, down));
    const kept = change("timestamp(3)", "on update current_timestamp(3)");
    const back = change("timestamp", "on update current_timestamp");
    await expect(run(change("timestamp(3)"), back)).rejects.toMatchObject({
      code: "E_MIGRATION_LOSSY",
      message: expect.stringContaining(
        'Migration "001_next" says columns anew without what they have (users: on update current_timestamp of seen); nothing was executed.',
      ),
      hint: expect.stringMatching(/way up, line 1\..*-- lint:allow MY109/s),
    });
    await expect(run(kept, change("timestamp"))).rejects.toMatchObject({
      message: expect.stringMatching(/^The way back of migration "001_next"/),
    });
    expect(await extra()).toBe("on update current_timestamp()");
    await run(kept, back);
    expect(await extra()).toBe("on update current_timestamp(3)");
    await revertMigrations(db, all(kept, back));
    expect(await extra()).toBe("on update current_timestamp()");
    const meant = `-- lint:allow MY109 the program does it\n${change("timestamp(3)")}`;
    await run(meant, change("timestamp"));
    expect(await extra()).toBe("");
    await db.close();
    await database.drop();
  });
}
