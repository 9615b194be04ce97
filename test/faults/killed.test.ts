import { spawn, spawnSync } from "node:child_process";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { connect, count, createTables, defineSchema, integer, table } from "plinth";
import { describe, expect, test } from "vitest";
import { createTestDatabase, testServers } from "../servers/databases.ts";
import { report, socketServers } from "./behind-proxy.ts";

const isLong = process.env["PLINTH_TEST_LONG"] !== undefined;

const rows = table("rows", { id: integer().primaryKey(), half: integer().primaryKey() });
const schema = defineSchema({ rows });

const nodeOptions = [
  "--no-warnings",
  "--import",
  fileURLToPath(new URL("../docs/plinth-from-sources.mjs", import.meta.url)),
  "--input-type=module",
  "--eval",
];

/** Commits pairs of rows, and says of each whether it is committed: until it is killed, or so many. */
function committer(url: string, from: number, most = Infinity): string {
  return `
    import { writeSync } from "node:fs";
    import { connect, integer, table } from "plinth";
    const rows = table("rows", { id: integer().primaryKey(), half: integer().primaryKey() });
    const db = await connect(${JSON.stringify(url)});
    let id = ${from};
    const work = async () => {
      while (id < ${from} + ${most}) {
        const own = ++id;
        try {
          await db.transaction(async (tx) => {
            await tx.insert(rows).values({ id: own, half: 1 });
            await tx.insert(rows).values({ id: own, half: 2 });
          });
          // Waits until the pipe has it: what a stream would keep to itself is acknowledged to nobody.
          writeSync(1, own + "\\n");
        } catch (error) {
          writeSync(1, error.code + "\\n");
        }
      }
    };
    await Promise.all([work(), work(), work(), work()]);
    await db.close();
  `;
}

// A file of SQLite is killed beside the other tests of its processes.
describe.each(socketServers)("kill -9 of a program on $name", (server) => {
  test("loses no acknowledged commit, and leaves nothing by half", async () => {
    const kills = isLong ? 50 : 4;
    const database = await createTestDatabase(server);
    const db = await connect(database.url);
    await createTables(db, schema);
    const acknowledged = new Set<number>();
    for (let kill = 0; kill < kills; kill++) {
      const program = committer(database.url, kill * 100_000);
      const child = spawn(process.execPath, [...nodeOptions, program], {
        stdio: ["ignore", "pipe", "inherit"],
      });
      const ended = new Promise((resolve) => child.once("close", resolve));
      let isKilled = false;
      for await (const line of createInterface({ input: child.stdout })) {
        acknowledged.add(Number(line));
        if (isKilled) continue;
        isKilled = true;
        setTimeout(() => child.kill("SIGKILL"), 20 + kill * 13);
      }
      await ended;
      expect(child.signalCode).toBe("SIGKILL");
    }
    const stored = await db.select({ id: rows.id, halves: count() }).from(rows).groupBy(rows.id);
    expect(stored.filter(({ halves }) => halves !== 2)).toEqual([]);
    const ids = new Set(stored.map(({ id }) => id));
    expect([...acknowledged].filter((id) => !ids.has(id))).toEqual([]);
    expect(acknowledged.size).toBeGreaterThanOrEqual(kills);
    report(`${server.name}: ${kills} kills, ${acknowledged.size} acknowledged, ${ids.size} stored`);
    await db.close();
    await database.drop();
  });
});

/** strace makes system calls fail; it is not on every machine, nor allowed on each. */
const hasStrace =
  spawnSync("strace", ["-qq", "-o", "/dev/null", "-e", "trace=fsync", process.execPath, "-e", "0"])
    .status === 0;
if (!hasStrace) report("not run: a disk that fails, as there is no strace here");

const files = testServers().filter(({ name }) => hasStrace && name === "sqlite file");

describe.each(files)("a disk that fails to sync under $name", (server) => {
  test("is told, and nothing of it is acknowledged; later commits are", async () => {
    const database = await createTestDatabase(server);
    const db = await connect(database.url);
    await createTables(db, schema);
    await db.close();
    const { stdout } = spawnSync(
      "strace",
      [
        "-f",
        "-qq",
        "--output=/dev/null",
        "--trace=fsync,fdatasync",
        "--inject=fsync,fdatasync:error=EIO:when=5..10",
        process.execPath,
        ...nodeOptions,
        committer(database.url, 0, 20),
      ],
      { encoding: "utf8" },
    );
    const lines = stdout.trim().split("\n");
    const acknowledged = lines.filter((line) => !line.startsWith("E_")).map(Number);
    await using again = await connect(database.url);
    const stored = await again.select({ id: rows.id, halves: count() }).from(rows).groupBy(rows.id);
    report(
      `${server.name}: ${lines.length - acknowledged.length} failed syncs, ${acknowledged.length} commits`,
    );
    expect(lines.length).toBe(20);
    expect(lines).toContain("E_QUERY");
    expect(stored.filter(({ halves }) => halves !== 2)).toEqual([]);
    expect(stored.map(({ id }) => id).toSorted((a, b) => a - b)).toEqual(
      acknowledged.toSorted((a, b) => a - b),
    );
    await again.close();
    await database.drop();
  });
});
