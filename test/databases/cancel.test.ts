import { expect, test } from "vitest";
import { openMysql } from "../../src/databases/mysql/dialect.ts";
import { openPostgres } from "../../src/databases/postgres/dialect.ts";
import type { DriverStatement } from "../../src/dialect/driver.ts";
import { testServers } from "../servers/databases.ts";

const slow = { postgres: "select pg_sleep(10)", mariadb: "select sleep(10)" };

let lastId = 0;

function statementOf(text: string): DriverStatement {
  const id = --lastId;
  return { id, text, isWrite: false, isKept: false, isWide: false, untyped: [] };
}

const servers = testServers().filter(({ url }) => url !== undefined);

test.each(servers)(
  "a cancelled statement of $name ends at once, and none after it",
  async (server) => {
    const isPostgres = server.name.startsWith("postgres");
    const open = isPostgres ? openPostgres : openMysql;
    const { dialect, first: connection } = await open({ url: server.url! });
    const slowText = isPostgres ? slow.postgres : slow.mariadb;
    for (let round = 0; round < 5; round++) {
      const startMs = performance.now();
      const error = Promise.resolve(connection.rows(statementOf(slowText), [])).then(
        () => undefined,
        (failure: unknown) => failure,
      );
      await new Promise((resolve) => setTimeout(resolve, 5 * round));
      // A request may overtake the statement that it is to end, and is repeated then, as those do who use it.
      let isAnswered = false;
      const answered = error.then(() => (isAnswered = true));
      while (!isAnswered) {
        await connection.cancel();
        await Promise.race([answered, new Promise((resolve) => setTimeout(resolve, 250))]);
      }
      expect(dialect.isInterrupted(await error)).toBe(true);
      expect(performance.now() - startMs).toBeLessThan(9_000);
      // What was idle when it was cancelled is not met later.
      await connection.cancel();
      expect(await connection.row(statementOf("select 1"), [])).toEqual([isPostgres ? "1" : 1]);
    }
    await connection.close();
  },
);
