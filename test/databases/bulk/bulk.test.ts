import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { createTestDatabase, testServers } from "../../servers/databases.ts";

const program = fileURLToPath(new URL("insert.ts", import.meta.url));
const ROWS = 100_000;
const MAX_EXTRA_MIB = 64;

interface Told {
  readonly affectedRows: number;
  readonly tookMs: number;
  readonly extraMib: number;
}

// A database in memory holds the rows itself.
const servers = testServers().filter(({ name }) => name !== "sqlite memory");

test.each(servers)(
  `${ROWS} rows that come one after the other are written in bounded memory on $name`,
  { timeout: 60_000 },
  async (server) => {
    const place = await createTestDatabase(server);
    try {
      const { stdout } = await promisify(execFile)(process.execPath, [
        "--expose-gc",
        program,
        place.url,
        String(ROWS),
      ]);
      const told = JSON.parse(stdout) as Told;
      console.info(
        `${server.name}: ${ROWS} rows in ${told.tookMs.toFixed(0)} ms, ${told.extraMib.toFixed(1)} MiB more`,
      );
      expect(told.affectedRows).toBe(ROWS);
      expect(told.extraMib).toBeLessThan(MAX_EXTRA_MIB);
    } finally {
      await place.drop();
    }
  },
);
